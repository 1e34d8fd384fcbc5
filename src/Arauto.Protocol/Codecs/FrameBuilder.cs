using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>Turns decoded fields into a server's frame, for every encoding.</summary>
internal static class FrameBuilder
{
    private const string TrueOrFalse = "true or false";
    private const string TimeForm = "a time in ISO 8601";

    public static bool TryBuild(in FrameFields fields, [NotNullWhen(true)] out ServerFrame? frame, [NotNullWhen(false)] out ProtocolError? error)
    {
        var checks = new FieldChecks();
        checks.Refuse(fields.Problem);
        frame = fields.Kind switch
        {
            FrameKind.Message => Message(fields, ref checks),
            FrameKind.Connected => Connected(fields, ref checks),
            FrameKind.Error => Error(fields, ref checks),
            FrameKind.Pong => new PongFrame { Id = checks.OptionalInteger("id", fields.Id) },
            FrameKind.Heartbeat => new HeartbeatFrame { Status = Text("status", fields.Status, ref checks) },
            FrameKind.Presence => Presence(fields, ref checks),
            FrameKind.Typing => new TypingFrame { Channel = checks.Channel(fields.Channel), User = Text("user", fields.User, ref checks) },
            FrameKind.Receipt => new ReceiptFrame { Channel = checks.Channel(fields.Channel), Receipt = Marks(fields, ref checks) },
            FrameKind.Gap => Gap(fields, ref checks),
            FrameKind.Move => new MoveFrame { After = checks.Seconds("after", fields.After), Reason = Text("reason", fields.Reason, ref checks) },
            FrameKind.Unknown => Unknown(fields, ref checks),
            _ => Reply(fields, ref checks),
        };
        error = checks.Error;
        if (error is not null) frame = null;
        return frame is not null;
    }

    public static MessageFrame Message(in FrameFields fields, ref FieldChecks checks)
    {
        if (fields.Data.IsEmpty) checks.Refuse("The field \"data\" is missing; it must be the payload.");
        return new MessageFrame
        {
            Event = checks.Text("type", fields.Type, ReservedWords.MaxEventLength),
            Channel = checks.Channel(fields.Channel),
            Data = fields.Data,
            Timestamp = checks.Value("timestamp", fields.Timestamp, TimeForm),
            Id = checks.Value("id", fields.MessageId, "a UUID"),
            Position = Place(fields, ref checks),
            From = checks.OptionalText("from", fields.From, NativeLimits.MaxServerText),
            Cursor = CursorText(fields, ref checks),
        };
    }

    public static PresentUser User(in FrameFields fields, ref FieldChecks checks) =>
        new(Text("user", fields.User, ref checks), (int)checks.Integer("connections", fields.Connections, 0, int.MaxValue));

    public static Receipt Marks(in FrameFields fields, ref FieldChecks checks) =>
        new(Text("user", fields.User, ref checks), checks.Integer("delivered", fields.Delivered), checks.Integer("read", fields.Read));

    private static ConnectedFrame Connected(in FrameFields fields, ref FieldChecks checks) => new()
    {
        Connection = Text("connection", fields.Connection, ref checks),
        User = Text("user", fields.User, ref checks),
        Node = Text("node", fields.Node, ref checks),
        HeartbeatInterval = (int)checks.Integer("heartbeat.interval", fields.Interval, 0, int.MaxValue),
        HeartbeatTimeout = (int)checks.Integer("heartbeat.timeout", fields.Timeout, 0, int.MaxValue),
    };

    private static ErrorFrame Error(in FrameFields fields, ref FieldChecks checks) => new()
    {
        Id = checks.OptionalInteger("id", fields.Id),
        Code = Text("code", fields.Code, ref checks),
        Message = Text("message", fields.Message, ref checks),
        RetryAfter = checks.OptionalSeconds("retry_after", fields.RetryAfter),
        Channel = fields.Channel.State == FieldState.Absent ? null : checks.Channel(fields.Channel),
    };

    private static PresenceFrame Presence(in FrameFields fields, ref FieldChecks checks)
    {
        var action = Text("action", fields.Action, ref checks);
        if (action is not (FrameWords.Join or FrameWords.Leave)) checks.Refuse("The field \"action\" must be join or leave.");
        return new PresenceFrame { Channel = checks.Channel(fields.Channel), Joined = action == FrameWords.Join, User = Text("user", fields.User, ref checks) };
    }

    private static GapFrame Gap(in FrameFields fields, ref FieldChecks checks)
    {
        var reason = FrameWords.ToGapReason(Text("reason", fields.Reason, ref checks));
        if (reason is null) checks.Refuse("The field \"reason\" must be trimmed, epoch_changed, slow_consumer or conflated.");
        return new GapFrame
        {
            Channel = checks.Channel(fields.Channel),
            From = checks.Integer("from", fields.GapFrom),
            To = checks.Integer("to", fields.GapTo),
            Reason = reason.GetValueOrDefault(),
        };
    }

    private static ReplyFrame Reply(in FrameFields fields, ref FieldChecks checks)
    {
        var id = checks.Integer("id", fields.Id);
        return fields.Kind switch
        {
            FrameKind.PublishReply => new PublishReply { Id = id, Outcome = Outcome(fields, ref checks) },
            FrameKind.EmitReply => new EmitReply { Id = id, Data = Arguments(fields.Data, ref checks) },
            FrameKind.SubscribeReply => new SubscribeReply
            {
                Id = id,
                Channel = checks.Channel(fields.Channel),
                Position = Place(fields, ref checks),
                Cursor = CursorText(fields, ref checks),
                Resumed = checks.Value("resumed", fields.Resumed, TrueOrFalse),
            },
            FrameKind.HistoryReply => new HistoryReply
            {
                Id = id,
                Channel = checks.Channel(fields.Channel),
                Messages = checks.Value("messages", fields.Messages, "an array"),
                Position = Place(fields, ref checks),
                Cursor = CursorText(fields, ref checks),
                More = checks.Value("more", fields.More, TrueOrFalse),
            },
            FrameKind.PresenceReply => new PresenceReply { Id = id, Channel = checks.Channel(fields.Channel), Users = checks.Value("users", fields.Users, "an array") },
            FrameKind.ReceiptsReply => new ReceiptsReply { Id = id, Channel = checks.Channel(fields.Channel), Receipts = checks.Value("receipts", fields.Receipts, "an array") },
            FrameKind.AuthReply => new AuthReply
            {
                Id = id,
                User = Text("user", fields.User, ref checks),
                Expires = checks.Has("expires", fields.Expires, TimeForm) ? fields.Expires.Value : null,
            },
            _ => new DoneReply { Id = id },
        };
    }

    private static ReadOnlyMemory<byte> Arguments(ReadOnlyMemory<byte> data, ref FieldChecks checks)
    {
        if (!JsonPayload.IsArray(data.Span)) checks.Refuse("The field \"data\" must be an array.");
        return data;
    }

    private static PublishOutcome Outcome(in FrameFields fields, ref FieldChecks checks)
    {
        var fanout = FrameWords.ToFanout(Text("fanout", fields.Fanout, ref checks));
        if (fanout is null) checks.Refuse("The field \"fanout\" must be full, local or deferred.");
        return new PublishOutcome(
            checks.Value("message", fields.MessageId, "a UUID"),
            Place(fields, ref checks),
            checks.Value("durable", fields.Durable, TrueOrFalse),
            fanout.GetValueOrDefault(),
            checks.Text("correlation_id", fields.CorrelationId, NativeLimits.MaxCorrelationIdLength));
    }

    private static Position Place(in FrameFields fields, ref FieldChecks checks)
    {
        var offset = checks.Integer("offset", fields.Offset);
        if (!Epoch.TryParse(checks.Value("epoch", fields.Epoch, "a string"), out var epoch)) checks.Refuse("The field \"epoch\" must be 16 hexadecimal digits.");
        return new Position(epoch, offset);
    }

    private static string CursorText(in FrameFields fields, ref FieldChecks checks) => checks.Text("cursor", fields.Cursor, Cursor.MaxTextLength);

    private static string Text(string name, in Field<string> field, ref FieldChecks checks) => checks.Text(name, field, NativeLimits.MaxServerText);

    private static ServerFrame? Unknown(in FrameFields fields, ref FieldChecks checks)
    {
        checks.Refuse(fields.Type.IsPresent ? $"\"{fields.Type.Value}\" is not a frame of the server." : "The field \"type\" is missing; it must be a string.");
        return null;
    }
}
