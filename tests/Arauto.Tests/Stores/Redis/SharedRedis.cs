using System.Globalization;
using Arauto.Redis;
using Arauto.Stores.Redis;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Stores.Redis;

/// <summary>One redis-server for the tests of a class; each test has a prefix, and so keys, of its own.</summary>
public sealed class SharedRedis : IAsyncLifetime
{
    private static int _prefixes;

    internal RedisServer Server { get; private set; } = null!;

    internal IRedis Redis => Server.Redis;

    /// <summary>What no other test uses.</summary>
    internal static string NextPrefix() => string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _prefixes)}:");

    /// <summary>A store in an empty part of the server.</summary>
    internal RedisStore CreateStore(TimeProvider time, string? prefix = null, RedisStoreOptions? options = null) =>
        new(Redis, prefix ?? NextPrefix(), options ?? new RedisStoreOptions(), time, NullLoggerFactory.Instance);

    public async ValueTask InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        await Eventually.TrueAsync("the client is connected", () => Redis.IsConnected);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
