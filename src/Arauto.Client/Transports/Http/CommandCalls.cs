using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.Http;

/// <summary>Commands of the native protocol as calls of the HTTP API.</summary>
internal sealed class CommandCalls(HttpGateway http, ArautoClientOptions options)
{
    /// <summary>Makes the call and waits for its answer.</summary>
    /// <exception cref="ArautoException">The server refused, or did not answer in time.</exception>
    /// <exception cref="IOException">The server could not be reached.</exception>
    public async Task<Received.Framed> CallAsync(ClientCommand command, string? token, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.AnswerTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var request = RequestOf(command);
            using var response = await http.SendAsync(request, token, either.Token).ConfigureAwait(false);
            return ReplyBody.Read(command, await http.ReadAsync(response, either.Token).ConfigureAwait(false));
        }
        catch (HttpRefusedException refused)
        {
            throw refused.Error;
        }
        catch (OperationCanceledException error) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw ArautoException.Of(ErrorCode.Unavailable, $"The server did not answer within {options.AnswerTimeout.TotalSeconds:0.#} s.", error);
        }
    }

    private HttpRequestMessage RequestOf(ClientCommand command) => command switch
    {
        PublishCommand publish => Post("v1/publish", json => WritePublish(json, publish)),
        HistoryCommand history => Get(Of(history.Channel, "messages"), PageOf(history)),
        PresenceCommand presence => Get(Of(presence.Channel, "presence")),
        TypingCommand typing => new HttpRequestMessage(HttpMethod.Post, ServerAddress.Http(options.Url!, Of(typing.Channel, "typing"))),
        ReceiptCommand { Delivered: null, Read: null } receipts => Get(Of(receipts.Channel, "receipts")),
        ReceiptCommand receipt => Post(Of(receipt.Channel, "receipts"), json => WriteMarks(json, receipt)),
        PingCommand => Get("healthz"),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "There is no HTTP call for this command."),
    };

    private static string Of(string channel, string what) => $"v1/channels/{Uri.EscapeDataString(channel)}/{what}";

    private HttpRequestMessage Get(string path, string query = "") => new(HttpMethod.Get, ServerAddress.Http(options.Url!, path, query));

    private HttpRequestMessage Post(string path, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        var content = new ReadOnlyMemoryContent(body.WrittenMemory);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(HttpMethod.Post, ServerAddress.Http(options.Url!, path)) { Content = content };
    }

    // The key goes into the body: a header would not take every key.
    private static void WritePublish(Utf8JsonWriter json, PublishCommand command)
    {
        json.WriteString("channel"u8, command.Channel);
        json.WriteString("event"u8, command.Event);
        json.WritePropertyName("data"u8);
        json.WriteRawValue(command.Data.Span, skipInputValidation: true);
        if (command.Key is not null) json.WriteString("key"u8, command.Key);
    }

    private static void WriteMarks(Utf8JsonWriter json, ReceiptCommand command)
    {
        if (command.Delivered is { } delivered) json.WriteNumber("delivered"u8, delivered);
        if (command.Read is { } read) json.WriteNumber("read"u8, read);
    }

    private static string PageOf(HistoryCommand command)
    {
        List<string> parts = [];
        if (command.Before is { } before) parts.Add("before=" + TextOf(before));
        if (command.After is { } after) parts.Add("after=" + TextOf(after));
        if (command.Limit is { } limit) parts.Add($"limit={limit}");
        return string.Join('&', parts);
    }

    private static string TextOf(HistoryBound bound) => bound.Cursor is { } cursor ? Uri.EscapeDataString(cursor) : bound.Offset.ToString();
}
