using System.IO.Compression;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Arauto.Protocol.Tests;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Packaging;

/// <summary>The library as others get it: a package, and the first program of its README.</summary>
public sealed partial class PackageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_program_of_the_readme_builds_outside_the_repository_and_serves()
    {
        var feed = await LocalFeed.PackAsync(_folder.Path, "Arauto.Protocol", "Arauto");
        await feed.DotnetAsync("new", "web", "--name", "Shop", "--no-restore");
        await feed.DotnetAsync("add", "Shop", "package", "Arauto");
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "Shop", "Program.cs"), await ProgramOfTheReadmeAsync(), Cancelled);
        await feed.DotnetAsync("build", "Shop", "--output", "built", "--disable-build-servers", "-warnaserror");

        await using var shop = ChildProcess.Start(ArautoProcess.Dotnet, [Path.Combine("built", "Shop.dll"), "--urls", "http://127.0.0.1:0"], _folder.Path);
        var address = ListeningLine().Match(await shop.OutputAsync("the application listens", line => ListeningLine().IsMatch(line))).Groups["address"].Value;
        using var http = new HttpClient { BaseAddress = new Uri(address) };
        using var issued = await http.PostAsync("/token", null, Cancelled);
        var token = await issued.Content.ReadAsStringAsync(Cancelled);
        await using var alice = await WireClient.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri, token);
        Assert.Equal("reply", (string?)(await alice.AskAsync(new { type = "subscribe", channel = "order:7" }))["type"]);
        using var page = await EnterGatewayAsync(new UriBuilder(address) { Scheme = "ws", Path = "/socket.io/", Query = "EIO=4&transport=websocket" }.Uri, "/orders", token);
        await SendAsync(page, """42/orders,0["follow_order","7"]""");
        Assert.Equal("""43/orders,0["You will hear of order 7, alice."]""", await ReceiveAsync(page));
        using var shipped = await http.PostAsync("/orders/7/ship", null, Cancelled);
        Assert.True(shipped.IsSuccessStatusCode);
        Assert.Equal("post", (string?)(await alice.ReceiveAsync("shipped"))["data"]!["carrier"]);
        Assert.StartsWith("""42/orders,["shipped",{"carrier":"post"},""", await ReceiveAsync(page), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Arauto.Protocol")]
    [InlineData("Arauto")]
    [InlineData("Arauto.Client")]
    public async Task A_package_has_what_its_readers_and_debuggers_need_and_no_path_of_the_machine(string project)
    {
        var feed = await LocalFeed.PackAsync(_folder.Path, project);
        using var package = await ZipFile.OpenReadAsync(Assert.Single(Directory.GetFiles(feed.Packages, "*.nupkg")), Cancelled);
        await using var specification = await package.GetEntry($"{project}.nuspec")!.OpenAsync(Cancelled);
        var metadata = (await XDocument.LoadAsync(specification, LoadOptions.None, Cancelled)).Root!.Elements().First();
        Assert.Equal("Apache-2.0", metadata.Elements().Single(element => element.Name.LocalName == "license").Value);
        Assert.Equal("README.md", metadata.Elements().Single(element => element.Name.LocalName == "readme").Value);
        Assert.NotNull(package.GetEntry("README.md"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{project}.xml"));
        using var symbols = await ZipFile.OpenReadAsync(Assert.Single(Directory.GetFiles(feed.Packages, "*.snupkg")), Cancelled);
        foreach (var file in new[] { package.GetEntry($"lib/net10.0/{project}.dll")!, symbols.GetEntry($"lib/net10.0/{project}.pdb")! })
        {
            await using var content = await file.OpenAsync(Cancelled);
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, Cancelled);
            Assert.Equal(-1, bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.PathOf("src"))));
        }
    }

    /// <summary>What Socket.IO's own client says over WebSocket.</summary>
    private static async Task<ClientWebSocket> EnterGatewayAsync(Uri url, string name, string token)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(url, Cancelled);
        Assert.StartsWith("0{", await ReceiveAsync(socket), StringComparison.Ordinal);
        await SendAsync(socket, $$"""40{{name}},{"token":"{{token}}"}""");
        Assert.StartsWith($$"""40{{name}},{"sid":""", await ReceiveAsync(socket), StringComparison.Ordinal);
        return socket;
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16 * 1024];
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        late.CancelAfter(ChildProcess.Deadline);
        var received = await socket.ReceiveAsync(buffer.AsMemory(), late.Token);
        Assert.True(received.EndOfMessage);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private static ValueTask SendAsync(ClientWebSocket socket, string packet) => socket.SendAsync(Encoding.UTF8.GetBytes(packet).AsMemory(), WebSocketMessageType.Text, true, Cancelled);

    private static async Task<string> ProgramOfTheReadmeAsync() =>
        CSharp().Match(await File.ReadAllTextAsync(Repository.PathOf("src", "Arauto", "README.md"), Cancelled)).Groups["code"].Value;

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharp();

    [GeneratedRegex("Now listening on: (?<address>http://[^ ]+)")]
    private static partial Regex ListeningLine();
}
