using System.CommandLine;
using Arauto.Client;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine;

/// <summary>The options of every verb that connects to a server: where, as whom, and how.</summary>
internal sealed class ConnectOptions
{
    /// <summary>The variable for <c>--url</c>.</summary>
    public const string UrlVariable = "ARAUTO_URL";

    /// <summary>The variable for <c>--token</c>.</summary>
    public const string TokenVariable = "ARAUTO_TOKEN";

    private const string DefaultUrl = "http://127.0.0.1:8085";

    private readonly Option<string> _url = new("--url") { Description = $"The server's address. Also ARAUTO_URL. Default: {DefaultUrl}", HelpName = "URL" };
    private readonly Option<string> _token = new("--token") { Description = "The token. Also ARAUTO_TOKEN, which other users of this machine cannot see.", HelpName = "TOKEN" };
    private readonly Option<string> _user = new("--user") { Description = "Without a token: who to be on a server in development mode. Default: your name on this machine.", HelpName = "NAME" };

    private readonly Option<string> _transport = new("--transport") { Description = "How to connect; auto takes the best that gets through.", HelpName = "auto|ws|sse|poll", DefaultValueFactory = static _ => "auto" };

    /// <summary>Adds the options to a verb.</summary>
    public ConnectOptions(Command verb)
    {
        verb.Options.Add(_url);
        verb.Options.Add(_token);
        verb.Options.Add(_user);
        _transport.AcceptOnlyFromAmong("auto", "ws", "sse", "poll");
        verb.Options.Add(_transport);
    }

    /// <summary>Makes the client's options, with a development token where none is given.</summary>
    /// <exception cref="UsageException">The options contradict each other or are not enough.</exception>
    /// <exception cref="VerbException">The server gives no development tokens.</exception>
    public async Task<Connection> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var connection = await ReadServerAsync(parsed, cancellationToken);
        connection.Options.Transport = parsed.GetRequiredValue(_transport) switch
        {
            "ws" => TransportKind.WebSocket,
            "sse" => TransportKind.ServerSentEvents,
            "poll" => TransportKind.LongPolling,
            _ => TransportKind.Auto,
        };
        return connection;
    }

    private async Task<Connection> ReadServerAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var url = ReadUrl(parsed.GetValue(_url) ?? FromEnvironment(UrlVariable) ?? DefaultUrl);
        var user = parsed.GetValue(_user);
        var token = parsed.GetValue(_token) ?? (user is null ? FromEnvironment(TokenVariable) : null);
        if (token is not null && user is not null) throw new UsageException("--user and --token exclude each other: the token says who you are");
        if (token is not null) return new Connection(new ArautoClientOptions { Url = url, Token = token }, null);
        if (!url.IsLoopback) throw new UsageException($"a token is needed for {url}; give --token or ARAUTO_TOKEN (made with: arauto token --user NAME)");
        return await DevelopmentAsync(url, user ?? Environment.UserName, cancellationToken);
    }

    private static async Task<Connection> DevelopmentAsync(Uri url, string user, CancellationToken cancellationToken)
    {
        var tokens = new DevelopmentTokens(url, user);
        string? first = null;
        try
        {
            first = await tokens.GetAsync(cancellationToken);
        }
        catch (HttpRequestException)
        {
            // Not there yet: the client tries again by itself and says so.
        }
        catch
        {
            tokens.Dispose();
            throw;
        }
        // The provider is never called twice at a time.
        var options = new ArautoClientOptions
        {
            Url = url,
            TokenProvider = async stop =>
            {
                var token = first ?? await tokens.GetAsync(stop);
                first = null;
                return token;
            },
        };
        return new Connection(options, tokens);
    }

    private static Uri ReadUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", UserInfo: "", Query: "" }
            ? url
            : throw new UsageException($"\"{TerminalText.Sanitize(text)}\" is not an address such as {DefaultUrl} (http or https, without user and query)");

    private static string? FromEnvironment(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>What a verb needs to make its client.</summary>
    /// <param name="Options">The client's options.</param>
    /// <param name="Tokens">Lives as long as the client.</param>
    internal sealed record Connection(ArautoClientOptions Options, IDisposable? Tokens) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => Tokens?.Dispose();
    }
}
