using Arauto.Protocol;

namespace Arauto.Tests.Architecture;

/// <summary>The direction of the folders (ARCHITECTURE.md, the way of a message), read from the built assemblies.</summary>
public sealed class FolderDirectionTests
{
    private static readonly string[] Core = ["Connections", "Hubs", "Feeds", "Publishing", "Presence", "Rooms", "Receipts", "Http", "Hosting"];

    private static readonly Lazy<IReadOnlyDictionary<Type, IReadOnlySet<Type>>> Uses = new(() => TypeUses.Of(typeof(ArautoServices).Assembly));

    [Theory]
    [InlineData("Transports", new string[] { "Channels", "Logs", "Stores", "Auth", "Backplanes", "Protocols" })]
    [InlineData("EngineIo", new string[] { "Channels", "Logs", "Stores", "Auth", "Backplanes", "Protocols" })]
    [InlineData("Protocols", new string[] { "Channels", "Logs", "Stores", "Auth", "Backplanes" })]
    [InlineData("Backplanes", new string[] { "Transports", "Auth" })]
    [InlineData("Redis", new string[] { "Transports", "Channels", "Logs", "Stores", "Auth", "Backplanes", "Protocols", "Limits", "SocketIo", "Gateways", "EngineIo", "Options", "Metrics" })]
    [InlineData("Limits", new string[] { "Transports", "Logs.Memory", "Stores", "Protocols", "Backplanes" })]
    public void A_folder_below_the_core_names_nothing_above_it(string folder, string[] more) => AssertUsesNone(folder, [.. Core, .. more]);

    [Fact]
    public void Logs_and_stores_know_nothing_of_connections()
    {
        AssertUsesNone("Logs", ["Connections", "Hubs", "Feeds", "Publishing", "Presence", "Http", "Hosting", "Transports", "Protocols", "Backplanes"]);
        AssertUsesNone("Stores", ["Connections", "Hubs", "Feeds", "Publishing", "Presence", "Http", "Hosting", "Transports", "Protocols", "Backplanes"]);
    }

    [Fact]
    public void The_core_does_not_know_the_HTTP_endpoints_nor_its_registration()
    {
        foreach (var folder in new[] { "Connections", "Hubs", "Feeds", "Publishing", "Presence", "Rooms", "Receipts", "Auth", "Channels", "Metrics" })
            AssertUsesNone(folder, ["Http", "Hosting", "Gateways", "SocketIo", "EngineIo"]);
    }

    [Theory]
    [InlineData("Arauto.Logs.Memory", new string[] { "Arauto.Stores.Memory", "Arauto.Logs.Island" })]
    [InlineData("Arauto.Stores.Memory", new string[] { })]
    [InlineData("Arauto.Backplanes.SingleNode", new string[] { })]
    [InlineData("Arauto.Redis.Sentinels", new string[] { "Arauto.Redis.RedisClient" })]
    [InlineData("Arauto.Redis.Clusters", new string[] { "Arauto.Redis.RedisClient", "Arauto.Stores.Redis.SlotTags" })]
    [InlineData("Arauto.Transports.WebSockets", new string[] { "Arauto.Http", "Arauto.Hosting", "Arauto.Transports.EngineIo", "Arauto.EngineIo", "Arauto.Protocols.SocketIo", "Arauto.Relays" })]
    [InlineData("Arauto.Transports.EngineIo", new string[] { "Arauto.EngineIo", "Arauto.EngineIoEndpoints", "Arauto.Http", "Arauto.Hosting", "Arauto.SocketIo", "Arauto.Relays" })]
    [InlineData("Arauto.Backplanes.Links", new string[] { "Arauto.Relays", "Arauto.Http" })]
    [InlineData("Arauto.Relays", new string[] { "Arauto.Http", "Arauto.Hosting" })]
    [InlineData("Arauto.SocketIo", new string[] { "Arauto.Gateways", "Arauto.SocketIoEndpoints" })]
    [InlineData("Arauto.Protocols.SocketIo", new string[] { "Arauto.SocketIo", "Arauto.Gateways" })]
    [InlineData("Arauto.Transports.ServerSentEvents", new string[] { "Arauto.Http" })]
    [InlineData("Arauto.Transports.LongPolling", new string[] { "Arauto.Http" })]
    [InlineData("Arauto.Protocols.Notifications", new string[] { "Arauto.Http" })]
    public void An_implementation_is_named_by_its_registration_only(string implementation, string[] also)
    {
        var namers = Uses.Value
            .Where(use => use.Value.Any(used => IsIn(used, implementation)))
            .Select(use => use.Key)
            .Where(type => !IsIn(type, implementation) && type != typeof(ArautoServices) && !also.Any(allowed => IsIn(type, allowed) || type.FullName == allowed));
        Assert.Empty(namers.Select(type => type.FullName));
    }

    [Fact]
    public void The_protocol_needs_neither_ASP_NET_nor_us()
    {
        var references = typeof(ChannelName).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!);
        Assert.DoesNotContain(references, name => name.StartsWith("Microsoft.", StringComparison.Ordinal) || name == "Arauto");
    }

    [Fact]
    public void The_rules_look_at_what_is_there()
    {
        // Guards the tests above against names that no longer exist: each of these uses is real.
        Assert.Contains(Uses.Value, use => IsIn(use.Key, "Arauto.Http") && use.Value.Any(used => IsIn(used, "Arauto.Transports.WebSockets")));
        Assert.Contains(Uses.Value, use => use.Key == typeof(ArautoServices) && use.Value.Any(used => IsIn(used, "Arauto.Logs.Memory")));
        Assert.Contains(Uses.Value, use => IsIn(use.Key, "Arauto.Connections") && use.Value.Any(used => IsIn(used, "Arauto.Feeds")));
        foreach (var folder in (string[])[.. Core, "Channels", "Logs", "Stores", "Auth", "Backplanes", "Protocols", "Limits", "Transports"])
            Assert.Contains(Uses.Value.Keys, type => IsIn(type, $"Arauto.{folder}"));
    }

    private static void AssertUsesNone(string folder, string[] forbidden)
    {
        var wrong =
            from use in Uses.Value
            where IsIn(use.Key, $"Arauto.{folder}")
            from used in use.Value
            where forbidden.Any(name => IsIn(used, $"Arauto.{name}"))
            select $"{use.Key.FullName} uses {used.FullName}";
        Assert.Empty(wrong);
    }

    private static bool IsIn(Type type, string name) => type.Namespace == name || type.Namespace?.StartsWith(name + ".", StringComparison.Ordinal) == true;
}
