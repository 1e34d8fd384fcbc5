using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Arauto.Client.Commands;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Client;

/// <content>Publishing.</content>
public sealed partial class ArautoClient
{
    private const int PublishRetries = 3;
    private static readonly TimeSpan FirstPublishRetry = TimeSpan.FromSeconds(1);

    /// <summary>Publishes a value as JSON; see <see cref="PublishJsonAsync"/>.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="event">The event: 1 to 128 characters, no word of the protocol.</param>
    /// <param name="data">The payload: any value <see cref="JsonSerializer"/> can write, a <see cref="JsonElement"/> included.</param>
    /// <param name="options">How to write it; web defaults (camelCase) without.</param>
    /// <param name="key">The idempotency key; one is made without.</param>
    /// <param name="cancellationToken">Gives up waiting; the message may still be published.</param>
    public Task<PublishResult> PublishAsync<T>(string channel, string @event, T data, JsonSerializerOptions? options = null, string? key = null, CancellationToken cancellationToken = default) =>
        PublishOnceAsync(channel, @event, JsonSerializer.SerializeToUtf8Bytes(data, options ?? JsonSerializerOptions.Web), key, cancellationToken);

    /// <summary>Publishes a value as JSON without reflection; see <see cref="PublishJsonAsync"/>.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="event">The event: 1 to 128 characters, no word of the protocol.</param>
    /// <param name="data">The payload.</param>
    /// <param name="typeInfo">How to write it.</param>
    /// <param name="key">The idempotency key; one is made without.</param>
    /// <param name="cancellationToken">Gives up waiting; the message may still be published.</param>
    public Task<PublishResult> PublishAsync<T>(string channel, string @event, T data, JsonTypeInfo<T> typeInfo, string? key = null, CancellationToken cancellationToken = default) =>
        PublishOnceAsync(channel, @event, JsonSerializer.SerializeToUtf8Bytes(data, typeInfo), key, cancellationToken);

    /// <summary>
    /// Publishes a payload that is JSON already; it is kept byte for byte. Completes when the server has the message
    /// in the channel's log. Waits while there is no connection and is sent again after a reconnect, always with the
    /// same key, so that it takes effect once. A refusal that may pass (<see cref="ArautoException.IsRetryable"/>) is
    /// tried again three times, after about 1, 2 and 4 s or when the server said, then once over HTTP; an answer that
    /// does not come within <see cref="ArautoClientOptions.AnswerTimeout"/> counts as such a refusal.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="event">The event: 1 to 128 characters, no word of the protocol.</param>
    /// <param name="data">One JSON value as UTF-8; copied.</param>
    /// <param name="key">The idempotency key; a UUID version 7 is made without. Give one to make repetitions over the life of your process one.</param>
    /// <param name="cancellationToken">Gives up waiting; the message may still be published.</param>
    /// <exception cref="ArgumentException">The channel, the event or the JSON is not valid.</exception>
    /// <exception cref="ArautoException">The server refused the message or the client.</exception>
    public Task<PublishResult> PublishJsonAsync(string channel, string @event, ReadOnlyMemory<byte> data, string? key = null, CancellationToken cancellationToken = default)
    {
        CheckJson(data.Span);
        return PublishOnceAsync(channel, @event, data.ToArray(), key, cancellationToken);
    }

    private async Task<PublishResult> PublishOnceAsync(string channel, string @event, ReadOnlyMemory<byte> data, string? key, CancellationToken cancellationToken)
    {
        CheckChannel(channel);
        if (ReservedWords.CheckEvent(@event) is { } wrong) throw new ArgumentException(wrong.Message, nameof(@event));
        key ??= Guid.CreateVersion7(_options.TimeProvider.GetUtcNow()).ToString();
        PublishCommand Command(long? id) => new() { Id = id, Channel = channel, Event = @event, Data = data, Key = key };
        var logger = _options.Logger ?? NullLogger.Instance;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var answer = await _session.RequestAsync(id => Command(id), resend: true, _options.AnswerTimeout, cancellationToken).ConfigureAwait(false);
                return new PublishResult(Expect<PublishReply>(answer).Outcome, key, answer.Bytes);
            }
            catch (ArautoException error) when (error.IsRetryable && Status.State != ConnectionState.Closed)
            {
                if (attempt == PublishRetries)
                {
                    Log.PublishOverHttp(logger, error.Code);
                    break;
                }
                var wait = PublishRetryDelay(attempt, error.RetryAfter);
                Log.PublishPutOff(logger, error.Code, attempt + 2, wait.TotalSeconds);
                await Task.Delay(wait, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
        return await PublishOverHttpAsync(Command(null), key, cancellationToken).ConfigureAwait(false);
    }

    private async Task<PublishResult> PublishOverHttpAsync(PublishCommand command, string key, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _calls.CallAsync(command, _session.Token, cancellationToken).ConfigureAwait(false);
            return new PublishResult(((PublishReply)answer.Frame).Outcome, key, answer.Bytes);
        }
        catch (IOException error)
        {
            throw ArautoException.Of(ErrorCode.Unavailable, $"The server could not be reached over HTTP either: {error.Message}", error);
        }
    }

    /// <summary>Half to one and a half of 1, 2, 4 s, and never before the time the server named.</summary>
    private TimeSpan PublishRetryDelay(int attempt, TimeSpan? retryAfter)
    {
        var wait = FirstPublishRetry * (1 << attempt) * (0.5 + _random.NextDouble());
        return retryAfter is { } asked && asked > wait ? asked : wait;
    }

    private static TReply Expect<TReply>(Answer answer)
        where TReply : ServerFrame =>
        answer.Frame as TReply ?? throw ArautoException.Of(ErrorCode.Internal, $"The server answered with {answer.Frame.GetType().Name} where {typeof(TReply).Name} was due.");

    private static void CheckJson(ReadOnlySpan<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException error)
        {
            throw new ArgumentException($"The payload is not one JSON value: {error.Message}", nameof(data), error);
        }
    }
}
