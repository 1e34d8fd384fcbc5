using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>
/// Reads a client's JSON frame in one pass. Fields may come in any order, unknown ones are skipped, and of a repeated
/// field the last counts, as in JavaScript and in Protocol Buffers.
/// </summary>
internal static class JsonCommandReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = NativeLimits.MaxDepth };

    public static bool TryRead(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error, out long? id)
    {
        var fields = new CommandFields();
        error = ReadFields(frame, ref fields);
        id = fields.ReadableId;
        command = null;
        return error is null && CommandBuilder.TryBuild(fields, out command, out error);
    }

    private static ProtocolError? ReadFields(ReadOnlySpan<byte> frame, ref CommandFields fields)
    {
        // The reader leaves the bytes of strings it passes over unchecked; unsound ones would break the connections of the receivers.
        if (!Utf8.IsValid(frame)) return JsonFault.NotUtf8("frame");
        var reader = new Utf8JsonReader(frame, Options);
        ReadOnlySpan<byte> data = default;
        Span<char> buffer = stackalloc char[JsonFields.WordBufferLength];
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return JsonFault.NotObject("frame");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = buffer[..JsonFields.Word(ref reader, buffer)];
                reader.Read();
                if (name is "data") data = JsonFields.Raw(ref reader, frame);
                else ReadField(name, ref reader, buffer[name.Length..], ref fields);
            }
            reader.Read(); // Refuses bytes after the object.
        }
        catch (JsonException fault)
        {
            return JsonFault.NotJson("frame", fault, NativeLimits.MaxDepth);
        }
        if (fields.Kind is CommandKind.Publish or CommandKind.Emit && !data.IsEmpty) fields.Data = data.ToArray();
        return null;
    }

    private static void ReadField(scoped ReadOnlySpan<char> name, ref Utf8JsonReader reader, scoped Span<char> buffer, ref CommandFields fields)
    {
        switch (name)
        {
            case "type": ReadType(ref reader, buffer, ref fields); break;
            case "id": fields.Id = JsonFields.Integer(ref reader); break;
            case "channel": fields.Channel = JsonFields.Text(ref reader, ChannelName.MaxLength); break;
            case "gateway": fields.Gateway = JsonFields.Text(ref reader, NativeLimits.MaxGatewayLength); break;
            case "since": fields.Since = JsonFields.Text(ref reader, Cursor.MaxTextLength); break;
            case "event": fields.Event = JsonFields.Text(ref reader, ReservedWords.MaxEventLength); break;
            case "key": fields.Key = JsonFields.Text(ref reader, NativeLimits.MaxKeyLength); break;
            case "correlation_id": fields.CorrelationId = JsonFields.Text(ref reader, NativeLimits.MaxCorrelationIdLength); break;
            case "before": fields.Before = JsonFields.Bound(ref reader); break;
            case "after": fields.After = JsonFields.Bound(ref reader); break;
            case "limit": fields.Limit = JsonFields.Integer(ref reader); break;
            case "delivered": fields.Delivered = JsonFields.Integer(ref reader); break;
            case "read": fields.Read = JsonFields.Integer(ref reader); break;
            case "token": fields.Token = JsonFields.Text(ref reader, NativeLimits.MaxTokenLength); break;
            default: reader.Skip(); break;
        }
    }

    private static void ReadType(ref Utf8JsonReader reader, scoped Span<char> buffer, ref CommandFields fields)
    {
        var word = buffer[..(reader.TokenType == JsonTokenType.String ? JsonFields.Word(ref reader, buffer) : 0)];
        fields.Kind = word switch
        {
            "subscribe" => CommandKind.Subscribe,
            "unsubscribe" => CommandKind.Unsubscribe,
            "publish" => CommandKind.Publish,
            "emit" => CommandKind.Emit,
            "history" => CommandKind.History,
            "presence" => CommandKind.Presence,
            "typing" => CommandKind.Typing,
            "receipt" => CommandKind.Receipt,
            "auth" => CommandKind.Auth,
            "ping" => CommandKind.Ping,
            _ => CommandKind.Unknown,
        };
        if (fields.Kind == CommandKind.Unknown) fields.UnknownType = JsonFields.Text(ref reader, JsonFields.MaxWordLength);
    }
}
