using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Arauto.Auth;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Support;

/// <summary>A real <c>arauto serve</c> on free ports, ready to be connected to. Killed at the end.</summary>
internal sealed partial class ServerProcess : INode, IAsyncDisposable
{
    private readonly TokenIssuer? _issuer;

    private ServerProcess(ChildProcess process, Uri http, Uri? metrics, TokenIssuer? issuer)
    {
        Process = process;
        Http = http;
        Metrics = metrics;
        _issuer = issuer;
    }

    public ChildProcess Process { get; }

    public Uri Http { get; }

    public Uri? Metrics { get; }

    /// <inheritdoc/>
    public bool IsKilled { get; private set; }

    public Uri WebSocket => new UriBuilder(Http) { Scheme = "ws", Path = "/ws" }.Uri;

    /// <summary>Starts the server in <paramref name="folder"/> and waits until it is ready. Without <c>--listen</c> and <c>--metrics</c> it takes free ports.</summary>
    public static async Task<ServerProcess> StartAsync(string folder, IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var given = arguments?.ToArray() ?? [];
        string[] free = [.. Unless("--listen"), .. Unless("--metrics")];
        var process = ArautoProcess.Start(folder, ["serve", .. free, .. given], environment);
        try
        {
            var listening = await process.OutputAsync("the server listens", line => ListeningLine().IsMatch(line));
            var match = ListeningLine().Match(listening);
            var server = new ServerProcess(process, new Uri(match.Groups["http"].Value), Uri.TryCreate(match.Groups["metrics"].Value, UriKind.Absolute, out var metrics) ? metrics : null, IssuerOf(folder, given));
            var health = "";
            await Eventually.TrueAsync(() => $"the server is ready, which says {health}", async () =>
            {
                var (status, body) = await server.ReadyAsync();
                health = body.ToString();
                return status == HttpStatusCode.OK;
            });
            return server;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }

        string[] Unless(string option) => given.Contains(option) ? [] : [option, "127.0.0.1:0"];
    }

    /// <summary>A token that this server believes. Not with JWKS.</summary>
    public string Token(string user, bool service = false, TimeSpan? lifetime = null) =>
        _issuer!.Issue(user, lifetime ?? TimeSpan.FromHours(1), service: service);

    public Task<WireClient> ConnectAsync(string user, bool service = false, string? subprotocol = null, bool deflate = false) =>
        WireClient.ConnectAsync(WebSocket, Token(user, service), subprotocol, deflate);

    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Http };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    string INode.Token(string user) => Token(user);

    HttpClient INode.Client(string user) => Client(Token(user));

    /// <summary>kill -9. What clients find broken from now on is no fault.</summary>
    public void Kill()
    {
        IsKilled = true;
        Process.Kill();
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> ReadyAsync()
    {
        using var client = Client();
        using var response = await client.GetAsync("/readyz", TestContext.Current.CancellationToken);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)));
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static TokenIssuer? IssuerOf(string folder, string[] arguments)
    {
        if (arguments.Contains("--jwks")) return null;
        var secret = After("--jwt-secret") ?? DevelopmentKey.LoadOrCreate(Path.Combine(folder, After("--data") ?? "data"));
        return new TokenIssuer(new AuthOptions { JwtSecret = secret }, TimeProvider.System);

        string? After(string option) => Array.IndexOf(arguments, option) is >= 0 and var at ? arguments[at + 1] : null;
    }

    [GeneratedRegex(@"Listening on (?<http>http://[^ ,]+), metrics on (?<metrics>[^ ,]+), node ")]
    private static partial Regex ListeningLine();
}
