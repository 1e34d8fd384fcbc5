using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Arauto.Client.Connections;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Publishing;

/// <summary>The way of last resort for a publish: <c>POST /v1/publish</c> with the same key, so that it takes effect once.</summary>
internal sealed class HttpPublisher(Uri baseUrl, TimeProvider time) : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
    {
        MaxResponseContentBufferSize = MaxAnswerBytes,
        Timeout = TimeSpan.FromSeconds(30),
    };

    private readonly Uri _url = ServerAddress.Http(baseUrl, "v1/publish");

    /// <summary>Publishes over HTTP.</summary>
    /// <exception cref="ArautoException">The server refused, could not be reached, or answered something else.</exception>
    public async Task<PublishResult> PublishAsync(string channel, string @event, ReadOnlyMemory<byte> data, string key, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ReadOnlyMemoryContent(Body(channel, @event, data, key)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Idempotency-Key", key);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw Refusal(response, answer);
            return new PublishResult(ReadOutcome(answer), key, answer);
        }
        catch (HttpRequestException error)
        {
            throw ArautoException.Of(ErrorCode.Unavailable, $"The server could not be reached over HTTP either: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw ArautoException.Of(ErrorCode.Unavailable, "The server did not answer over HTTP either.", error);
        }
    }

    private static ReadOnlyMemory<byte> Body(string channel, string @event, ReadOnlyMemory<byte> data, string key)
    {
        var body = new ArrayBufferWriter<byte>(data.Length + 256);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("channel"u8, channel);
        json.WriteString("event"u8, @event);
        json.WritePropertyName("data"u8);
        json.WriteRawValue(data.Span, skipInputValidation: true);
        json.WriteString("key"u8, key);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private ArautoException Refusal(HttpResponseMessage response, byte[] answer)
    {
        var retryAfter = ServerSeconds.Bound(response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - time.GetUtcNow() : null);
        try
        {
            using var body = JsonDocument.Parse(answer);
            var error = body.RootElement.GetProperty("error");
            if (error.GetProperty("code").GetString() is { } code && error.GetProperty("message").GetString() is { } message)
                return new ArautoException(code, message, retryAfter);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Not our server's words: a proxy answered. The status says enough.
        }
        var word = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => ErrorCode.Unauthorized,
            HttpStatusCode.Forbidden => ErrorCode.Forbidden,
            HttpStatusCode.RequestEntityTooLarge => ErrorCode.TooLarge,
            HttpStatusCode.TooManyRequests => ErrorCode.RateLimited,
            _ => ErrorCode.Unavailable,
        };
        return new ArautoException(word.Word(), $"The server answered the publish with HTTP {(int)response.StatusCode}.", retryAfter);
    }

    private static PublishOutcome ReadOutcome(byte[] answer)
    {
        try
        {
            using var body = JsonDocument.Parse(answer);
            var reply = body.RootElement;
            if (!Epoch.TryParse(reply.GetProperty("epoch").GetString(), out var epoch)) throw new FormatException("The epoch is not one.");
            return new PublishOutcome(
                reply.GetProperty("message").GetGuid(),
                new Position(epoch, reply.GetProperty("offset").GetInt64()),
                reply.GetProperty("durable").GetBoolean(),
                reply.GetProperty("fanout").GetString() switch { "full" => Fanout.Full, "local" => Fanout.Local, _ => Fanout.Deferred },
                reply.TryGetProperty("correlation_id", out var correlation) ? correlation.GetString() ?? "" : "");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw ArautoException.Of(ErrorCode.Internal, $"The server's answer to the publish cannot be read: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
