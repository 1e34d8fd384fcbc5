using System.Net;
using System.Text.Json;

namespace Arauto.Server.CommandLine;

/// <summary>Gets tokens from a server in development mode: <c>POST /dev/token</c>.</summary>
internal sealed class DevelopmentTokens(Uri url, string user) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = 64 * 1024,
    };

    private readonly Uri _address = new(url.AbsoluteUri.TrimEnd('/') + "/dev/token");

    /// <summary>Asks for a token.</summary>
    /// <exception cref="VerbException">The server gives none.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    public async ValueTask<string?> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.PostAsJsonAsync(_address, new Dictionary<string, string> { ["user"] = user }, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
                throw new VerbException($"{url} gives no development tokens, because it runs with a key of its own; give --token (made with: arauto token --user {user})");
            if (!response.IsSuccessStatusCode) throw new VerbException($"{_address} answered with HTTP {(int)response.StatusCode}: {ErrorOf(body)}");
            return TokenOf(body) ?? throw new VerbException($"{_address} answered without a token; is this an Arauto server?");
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException("no answer within 10 s", error);
        }
    }

    private static string? TokenOf(byte[] body) => Read(body, static root => root.GetProperty("token").GetString());

    private static string ErrorOf(byte[] body) => Read(body, static root => root.GetProperty("error").GetProperty("message").GetString()) ?? "no reason given";

    private static string? Read(byte[] body, Func<JsonElement, string?> read)
    {
        try
        {
            return read(JsonElement.Parse(body));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
