using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>Turns decoded fields into a command. The one place that knows which fields a command needs, for every encoding.</summary>
internal static class CommandBuilder
{
    private const string Commands = "subscribe, unsubscribe, publish, emit, history, presence, typing, receipt, auth or ping";
    private const string MainGateway = "/";

    public static bool TryBuild(in CommandFields fields, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error)
    {
        var checks = new FieldChecks();
        var id = checks.OptionalInteger("id", fields.Id);
        command = fields.Kind switch
        {
            CommandKind.Subscribe => new SubscribeCommand
            {
                Id = id,
                Channel = checks.Channel(fields.Channel),
                Since = checks.OptionalText("since", fields.Since, Cursor.MaxTextLength),
            },
            CommandKind.Unsubscribe => new UnsubscribeCommand { Id = id, Channel = checks.Channel(fields.Channel) },
            CommandKind.Publish => Publish(id, fields, ref checks),
            CommandKind.Emit => Emit(id, fields, ref checks),
            CommandKind.History => History(id, fields, ref checks),
            CommandKind.Presence => new PresenceCommand { Id = Answerable(id, "presence", ref checks), Channel = checks.Channel(fields.Channel) },
            CommandKind.Typing => new TypingCommand { Id = id, Channel = checks.Channel(fields.Channel) },
            CommandKind.Receipt => Receipt(id, fields, ref checks),
            CommandKind.Auth => new AuthCommand { Id = id, Token = checks.Text("token", fields.Token, NativeLimits.MaxTokenLength) },
            CommandKind.Ping => new PingCommand { Id = id },
            _ => Unknown(fields.UnknownType, ref checks),
        };
        error = checks.Error;
        if (error is not null) command = null;
        return command is not null;
    }

    private static PublishCommand Publish(long? id, in CommandFields fields, ref FieldChecks checks)
    {
        var channel = checks.Channel(fields.Channel);
        var name = checks.Text("event", fields.Event, ReservedWords.MaxEventLength);
        if (checks.Error is null) checks.Refuse(ReservedWords.CheckEvent(name));
        var correlationId = checks.OptionalText("correlation_id", fields.CorrelationId, NativeLimits.MaxCorrelationIdLength);
        if (correlationId is not null && correlationId.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            checks.Refuse("The field \"correlation_id\" must be printable ASCII.");
        return new PublishCommand
        {
            Id = id,
            Channel = channel,
            Event = name,
            Data = fields.Data.IsEmpty ? JsonPayload.Null : fields.Data,
            Key = checks.OptionalText("key", fields.Key, NativeLimits.MaxKeyLength),
            CorrelationId = correlationId,
        };
    }

    private static EmitCommand Emit(long? id, in CommandFields fields, ref FieldChecks checks)
    {
        var gateway = checks.OptionalText("gateway", fields.Gateway, NativeLimits.MaxGatewayLength) ?? MainGateway;
        if (gateway[0] != '/') checks.Refuse("The field \"gateway\" must begin with \"/\".");
        var name = checks.Text("event", fields.Event, ReservedWords.MaxEventLength);
        if (!fields.Data.IsEmpty && !JsonPayload.IsArray(fields.Data.Span)) checks.Refuse("The field \"data\" must be an array: the event's arguments.");
        return new EmitCommand { Id = id, Gateway = gateway, Event = name, Data = fields.Data.IsEmpty ? JsonPayload.EmptyArray : fields.Data };
    }

    private static HistoryCommand History(long? id, in CommandFields fields, ref FieldChecks checks)
    {
        var command = new HistoryCommand
        {
            Id = Answerable(id, "history", ref checks),
            Channel = checks.Channel(fields.Channel),
            Before = Bound("before", fields.Before, ref checks),
            After = Bound("after", fields.After, ref checks),
            Limit = (int?)checks.OptionalInteger("limit", fields.Limit, 1, NativeLimits.MaxHistoryLimit),
        };
        if (command.Before is not null && command.After is not null)
            checks.Refuse("The fields \"before\" and \"after\" exclude each other; send one of them.");
        return command;
    }

    private static ReceiptCommand Receipt(long? id, in CommandFields fields, ref FieldChecks checks)
    {
        var command = new ReceiptCommand
        {
            Id = id,
            Channel = checks.Channel(fields.Channel),
            Delivered = checks.OptionalInteger("delivered", fields.Delivered),
            Read = checks.OptionalInteger("read", fields.Read),
        };
        if (command.Delivered is null && command.Read is null) Answerable(id, "receipt without \"delivered\" and \"read\"", ref checks);
        return command;
    }

    private static HistoryBound? Bound(string name, in Field<HistoryBound> field, ref FieldChecks checks)
    {
        if (!checks.Has(name, field, "an offset (integer) or a cursor (string)")) return null;
        if (field.Value.Cursor is { } cursor)
            checks.OptionalText(name, new Field<string>(cursor), Cursor.MaxTextLength);
        else
            checks.OptionalInteger(name, new Field<long>(field.Value.Offset));
        return field.Value;
    }

    // A question without an id would be answered by silence.
    private static long? Answerable(long? id, string what, ref FieldChecks checks)
    {
        if (id is null) checks.Refuse($"The field \"id\" is missing; {what} is a question, and its reply repeats the id, an integer from 0 to {NativeLimits.MaxInteger}.");
        return id;
    }

    private static ClientCommand? Unknown(in Field<string> type, ref FieldChecks checks)
    {
        if (type.IsPresent) checks.Refuse($"\"{type.Value}\" is not a command; the field \"type\" must be {Commands}.");
        checks.Has("type", type, Commands);
        checks.Refuse($"The field \"type\" is missing; it must be {Commands}.");
        return null;
    }
}
