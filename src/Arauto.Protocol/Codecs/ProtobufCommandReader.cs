using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol.Frames;
using Google.Protobuf;

namespace Arauto.Protocol.Codecs;

/// <summary>Reads a client's Protocol Buffers frame into the same fields as the JSON reader.</summary>
internal static class ProtobufCommandReader
{
    private static readonly MessageParser<Wire.ClientFrame> Parser = Wire.ClientFrame.Parser.WithDiscardUnknownFields(true);

    public static bool TryRead(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error, out long? id)
    {
        command = null;
        id = null;
        if (!ProtobufFields.TryParse(Parser, frame, out var wire, out error)) return false;
        var fields = new CommandFields();
        if (wire.HasId) fields.Id = ProtobufFields.Unsigned(wire.Id);
        id = fields.ReadableId;
        ReadCommand(wire, ref fields);
        error = fields.Kind switch
        {
            CommandKind.Unknown => new ProtocolError(ErrorCode.InvalidMessage, "The field \"command\" of ClientFrame is missing; set one of its commands."),
            CommandKind.Publish or CommandKind.Emit when !fields.Data.IsEmpty => JsonPayload.Check(fields.Data.Span),
            _ => null,
        };
        return error is null && CommandBuilder.TryBuild(fields, out command, out error);
    }

    private static void ReadCommand(Wire.ClientFrame wire, ref CommandFields fields)
    {
        switch (wire.CommandCase)
        {
            case Wire.ClientFrame.CommandOneofCase.Subscribe:
                fields.Kind = CommandKind.Subscribe;
                fields.Channel = ProtobufFields.Required(wire.Subscribe.Channel);
                if (wire.Subscribe.HasSince) fields.Since = ProtobufFields.Checked(wire.Subscribe.Since);
                break;
            case Wire.ClientFrame.CommandOneofCase.Unsubscribe:
                fields.Kind = CommandKind.Unsubscribe;
                fields.Channel = ProtobufFields.Required(wire.Unsubscribe.Channel);
                break;
            case Wire.ClientFrame.CommandOneofCase.Publish: ReadPublish(wire.Publish, ref fields); break;
            case Wire.ClientFrame.CommandOneofCase.Emit:
                fields.Kind = CommandKind.Emit;
                if (wire.Emit.HasGateway) fields.Gateway = ProtobufFields.Checked(wire.Emit.Gateway);
                fields.Event = ProtobufFields.Required(wire.Emit.Event);
                fields.Data = wire.Emit.Data.Memory;
                break;
            case Wire.ClientFrame.CommandOneofCase.History: ReadHistory(wire.History, ref fields); break;
            case Wire.ClientFrame.CommandOneofCase.Presence:
                fields.Kind = CommandKind.Presence;
                fields.Channel = ProtobufFields.Required(wire.Presence.Channel);
                break;
            case Wire.ClientFrame.CommandOneofCase.Typing:
                fields.Kind = CommandKind.Typing;
                fields.Channel = ProtobufFields.Required(wire.Typing.Channel);
                break;
            case Wire.ClientFrame.CommandOneofCase.Receipt:
                fields.Kind = CommandKind.Receipt;
                fields.Channel = ProtobufFields.Required(wire.Receipt.Channel);
                if (wire.Receipt.HasDelivered) fields.Delivered = new(wire.Receipt.Delivered);
                if (wire.Receipt.HasRead) fields.Read = new(wire.Receipt.Read);
                break;
            case Wire.ClientFrame.CommandOneofCase.Auth:
                fields.Kind = CommandKind.Auth;
                fields.Token = ProtobufFields.Required(wire.Auth.Token);
                break;
            case Wire.ClientFrame.CommandOneofCase.Ping: fields.Kind = CommandKind.Ping; break;
        }
    }

    private static void ReadPublish(Wire.Publish publish, ref CommandFields fields)
    {
        fields.Kind = CommandKind.Publish;
        fields.Channel = ProtobufFields.Required(publish.Channel);
        fields.Event = ProtobufFields.Required(publish.Event);
        fields.Data = publish.Data.Memory; // Copied out of the frame by the parser and owned by nobody else.
        if (publish.HasKey) fields.Key = ProtobufFields.Checked(publish.Key);
        if (publish.HasCorrelationId) fields.CorrelationId = ProtobufFields.Checked(publish.CorrelationId);
    }

    private static void ReadHistory(Wire.History history, ref CommandFields fields)
    {
        fields.Kind = CommandKind.History;
        fields.Channel = ProtobufFields.Required(history.Channel);
        fields.Before = Bound(history.Before);
        fields.After = Bound(history.After);
        if (history.HasLimit) fields.Limit = new(history.Limit);
    }

    private static Field<HistoryBound> Bound(Wire.HistoryBound? bound) => bound?.AtCase switch
    {
        null => default,
        Wire.HistoryBound.AtOneofCase.Offset => new(HistoryBound.At(bound.Offset)),
        Wire.HistoryBound.AtOneofCase.Cursor => new(HistoryBound.At(bound.Cursor)),
        _ => new(FieldState.Mistyped),
    };
}
