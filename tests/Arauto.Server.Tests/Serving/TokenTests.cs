using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Arauto.Server.Tests.Stores;
using Arauto.Server.Tests.Support;
using Arauto.Tests.Auth;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Serving;

public sealed class TokenTests : IDisposable
{
    private const string Secret = "a-secret-of-thirty-two-bytes-or-more-for-production";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task With_a_secret_only_its_tokens_count_and_nothing_of_development_mode_is_there()
    {
        await using var server = await ServerProcess.StartAsync(_folder.Path, ["--jwt-secret", Secret]);
        await using var alice = await server.ConnectAsync("alice");
        Assert.Equal("alice", (string?)(await alice.ReceiveAsync("connected"))["user"]);
        Assert.Equal("unknown_channel", (string?)(await alice.AskAsync(new { type = "subscribe", channel = "public:lobby" }))["code"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, Tokens.Hs256("""{"sub":"alice","exp":4102444800}""", secret: "another-secret-of-thirty-two-bytes")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, $"{Tokens.Encode("""{"alg":"none"}""")}.{Tokens.Encode("""{"sub":"alice","exp":4102444800}""")}."));
        using var http = server.Client();
        using var development = await http.PostAsJsonAsync("/dev/token", new { user = "alice" }, Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, development.StatusCode);
        using var demo = await http.GetAsync("/", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, demo.StatusCode);
        Assert.DoesNotContain(server.Process.Output, line => line.Contains("DEVELOPMENT", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(_folder.Path, "data")), file => file.Contains("key", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_token_verb_signs_with_the_secret_issuer_and_audience_that_the_server_checks()
    {
        string[] settings = ["--jwt-secret", Secret, "--jwt-issuer", "https://login.example", "--jwt-audience", "arauto"];
        await using var server = await ServerProcess.StartAsync(_folder.Path, settings);
        var run = await ArautoProcess.RunAsync(_folder.Path, ["token", "--user", "s1", "--service", .. settings]);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(server, Assert.Single(run.Output)));
        // The same secret without issuer and audience.
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, server.Token("s1", service: true)));
    }

    [Fact]
    public async Task With_jwks_the_published_keys_count_and_a_rotation_takes_effect_while_it_runs()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var issuer = await JwksServer.StartAsync();
        issuer.Document = Document(Tokens.Jwk(rsa, "first"));
        await using var server = await ServerProcess.StartAsync(_folder.Path, ["--jwks", $"{issuer.Url}"]);
        var (old, next) = (Tokens.Rs256(rsa, "first", """{"sub":"alice","exp":4102444800}"""), Tokens.Es256(ec, "second", """{"sub":"bob","exp":4102444800}"""));
        await using var alice = await WireClient.ConnectAsync(server.WebSocket, old);
        Assert.Equal("alice", (string?)(await alice.ReceiveAsync("connected"))["user"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, next));

        issuer.Document = Document(Tokens.Jwk(ec, "second"));
        await using var bob = await WireClient.ConnectAsync(server.WebSocket, next);
        Assert.Equal("bob", (string?)(await bob.ReceiveAsync("connected"))["user"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, old));
        // A public key taken for a shared secret is the classic confusion.
        var confused = Tokens.Hs256("""{"sub":"eve","exp":4102444800}""", """{"alg":"HS256","kid":"second"}""", Convert.ToBase64String(ec.ExportSubjectPublicKeyInfo()));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(server, confused));

        var run = await ArautoProcess.RunAsync(_folder.Path, "token", "--user", "alice", "--jwks", $"{issuer.Url}");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("issuer", Assert.Single(run.Errors), StringComparison.Ordinal);
    }

    private static string Document(params JsonNode[] keys) => new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString();

    private static async Task<HttpStatusCode> AskAsync(ServerProcess server, string token)
    {
        using var http = server.Client(token);
        using var response = await http.GetAsync("/v1/rooms", Cancelled);
        return response.StatusCode;
    }
}
