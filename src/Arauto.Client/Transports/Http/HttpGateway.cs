using System.Net.Http.Headers;
using System.Text.Json;

namespace Arauto.Client.Transports.Http;

/// <summary>Requests to the server over HTTP. One for the whole client, so that its requests share their connections.</summary>
internal sealed class HttpGateway(ArautoClientOptions options) : IDisposable
{
    private const int MaxErrorBytes = 64 * 1024;

    // Every request has a limit of its own, on the clock of the options; a stream has none.
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends a request and waits for the head of a successful answer.</summary>
    /// <exception cref="HttpRefusedException">The answer is an error.</exception>
    /// <exception cref="IOException">The server could not be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string? token, CancellationToken cancellationToken)
    {
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode) return response;
            using (response) throw await ReadRefusalAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            throw new IOException(error.InnerException?.Message ?? error.Message, error);
        }
    }

    /// <summary>Reads the body of an answer.</summary>
    /// <exception cref="IOException">The body is cut off, or larger than the client takes.</exception>
    public async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(options.MaxFrameBytes, cancellationToken).ConfigureAwait(false);
            return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new IOException($"The server sent an answer of more than {options.MaxFrameBytes} bytes (MaxFrameBytes).", error);
        }
        catch (HttpRequestException error)
        {
            throw new IOException(error.InnerException?.Message ?? error.Message, error);
        }
    }

    private async Task<HttpRefusedException> ReadRefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var header = response.Headers.RetryAfter;
        var retryAfter = ServerSeconds.Bound(header?.Delta ?? header?.Date - options.TimeProvider.GetUtcNow());
        return new HttpRefusedException((int)response.StatusCode, retryAfter, await ReadErrorAsync(response, retryAfter, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The server's own words, or <see langword="null"/>: a proxy may have answered.</summary>
    private static async Task<ArautoException?> ReadErrorAsync(HttpResponseMessage response, TimeSpan? retryAfter, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxErrorBytes, cancellationToken).ConfigureAwait(false);
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
            var error = body.RootElement.GetProperty("error");
            // The body has fractions of a second, the header has not.
            var exactly = error.TryGetProperty("retry_after", out var seconds) && seconds.TryGetDouble(out var value) ? ServerSeconds.Read(value) : retryAfter;
            return error.GetProperty("code").GetString() is { } code && error.GetProperty("message").GetString() is { } message
                ? new ArautoException(code, message, exactly)
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
