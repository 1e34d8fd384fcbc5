using System.Text;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Tests.Codecs;

/// <summary>One command and one frame of every kind and shape, named as in tests/fixtures/wire.</summary>
internal static class Samples
{
    public static readonly Position Place = new(new Epoch(0x0123456789abcdef), 7);
    public static readonly DateTimeOffset Time = new(2026, 11, 20, 10, 0, 0, TimeSpan.Zero);
    public static readonly Guid MessageId = Guid.Parse("019aa0c8-3c00-7000-8000-000000000001");

    public static IReadOnlyDictionary<string, ClientCommand> Commands { get; } = new Dictionary<string, ClientCommand>
    {
        ["subscribe"] = new SubscribeCommand { Id = 1, Channel = "room:r1" },
        ["subscribe without id"] = new SubscribeCommand { Channel = "broadcast" },
        ["subscribe since a cursor"] = new SubscribeCommand { Id = 0, Channel = "room:r1", Since = Cursor.Encode("room:r1", Place) },
        ["unsubscribe"] = new UnsubscribeCommand { Id = 2, Channel = "room:r1" },
        ["publish"] = new PublishCommand { Id = 2, Channel = "room:r1", Event = "chat", Data = Json("""{"content":"hi"}""") },
        ["publish with key and correlation id"] = new PublishCommand
        {
            Id = 9007199254740991,
            Channel = "room:r1",
            Event = "chat",
            Data = Json("""{"content":"olá, 世界 👋 <b>&amp;</b>","n":[1,2.50,-3e2,true,null]}"""),
            Key = "k-1",
            CorrelationId = "4bf92f3577b34da6a3ce929d0e0e4736",
        },
        ["publish null"] = new PublishCommand { Channel = "public:empty", Event = "tick", Data = Json("null") },
        ["emit"] = new EmitCommand { Id = 10, Gateway = "/documents", Event = "join_document", Data = Json("""["d1",{"cursor":[0, 4.0]}]""") },
        ["emit without id and arguments"] = new EmitCommand { Gateway = "/", Event = "ping", Data = Json("[]") },
        ["history"] = new HistoryCommand { Id = 3, Channel = "room:r1" },
        ["history before an offset"] = new HistoryCommand { Id = 3, Channel = "room:r1", Before = HistoryBound.At(100), Limit = 50 },
        ["history after offset 0"] = new HistoryCommand { Id = 3, Channel = "room:r1", After = HistoryBound.At(0), Limit = 1000 },
        ["history after a cursor"] = new HistoryCommand { Id = 3, Channel = "room:r1", After = HistoryBound.At(Cursor.Encode("room:r1", Place)), Limit = 1 },
        ["presence"] = new PresenceCommand { Id = 4, Channel = "room:r1" },
        ["typing"] = new TypingCommand { Channel = "room:r1" },
        ["receipt delivered"] = new ReceiptCommand { Channel = "room:r1", Delivered = 0 },
        ["receipt read"] = new ReceiptCommand { Id = 6, Channel = "room:r1", Read = 7 },
        ["receipts asked for"] = new ReceiptCommand { Id = 7, Channel = "room:r1" },
        ["auth"] = new AuthCommand { Id = 5, Token = "eyJhbGciOiJIUzI1NiJ9.e30.c2ln" },
        ["ping"] = new PingCommand(),
        ["ping with id"] = new PingCommand { Id = 8 },
    };

    public static IReadOnlyDictionary<string, ServerFrame> Frames { get; } = new Dictionary<string, ServerFrame>
    {
        ["message"] = Message(7, "alice", """{"content":"olá \"você\", 世界 👋 <b>&'+</b>"}"""),
        ["message of the server"] = Message(8, null, "[1, 2.50, {\"a\" : null}]"),
        ["connected"] = new ConnectedFrame { Connection = "c1", User = "alice", Node = "n1", HeartbeatInterval = 30, HeartbeatTimeout = 90 },
        ["reply"] = new DoneReply { Id = 2 },
        ["reply to publish"] = new PublishReply { Id = 2, Outcome = new PublishOutcome(MessageId, Place, true, Fanout.Full, "4bf92f3577b34da6a3ce929d0e0e4736") },
        ["reply to publish without backplane"] = new PublishReply { Id = 2, Outcome = new PublishOutcome(MessageId, Place, false, Fanout.Local, "x") },
        ["reply to publish while delivery waits"] = new PublishReply { Id = 2, Outcome = new PublishOutcome(MessageId, Place, true, Fanout.Deferred, "x") },
        ["reply to emit"] = new EmitReply { Id = 10, Data = Json("""[{"users":["alice"], "version":7}]""") },
        ["reply to emit without arguments"] = new EmitReply { Id = 10, Data = Json("[]") },
        ["reply to subscribe"] = new SubscribeReply { Id = 1, Channel = "room:r1", Position = Place, Resumed = true },
        ["reply to subscribe of an unwritten channel"] = new SubscribeReply { Id = 1, Channel = "room:r1", Position = default, Resumed = false },
        ["reply to history"] = new HistoryReply { Id = 3, Channel = "room:r1", Messages = [Message(6, "bob", "1"), Message(7, null, "\"two\"")], Position = Place, More = true },
        ["reply to history without messages"] = new HistoryReply { Id = 3, Channel = "room:r1", Messages = [], Position = Place, More = false },
        ["reply to presence"] = new PresenceReply { Id = 4, Channel = "room:r1", Users = [new PresentUser("alice", 2), new PresentUser("bob", 1)] },
        ["reply to receipt"] = new ReceiptsReply { Id = 7, Channel = "room:r1", Receipts = [new Receipt("alice", 7, 6), new Receipt("bob", 3, 0)] },
        ["reply to auth"] = new AuthReply { Id = 5, User = "alice", Expires = Time.AddMilliseconds(3_600_250) },
        ["reply to auth with a token that does not end"] = new AuthReply { Id = 5, User = "alice" },
        ["error"] = new ErrorFrame { Code = "invalid_message", Message = "The field \"type\" is missing." },
        ["error of a command"] = new ErrorFrame { Id = 2, Code = "rate_limited", Message = "Wait.", RetryAfter = 1.5, Channel = "room:r1" },
        ["pong"] = new PongFrame(),
        ["pong with id"] = new PongFrame { Id = 8 },
        ["heartbeat"] = new HeartbeatFrame(),
        ["presence join"] = new PresenceFrame { Channel = "room:r1", Joined = true, User = "bob" },
        ["presence leave"] = new PresenceFrame { Channel = "room:r1", Joined = false, User = "bob" },
        ["typing"] = new TypingFrame { Channel = "room:r1", User = "José <j&j> 👋 \"x\"" },
        ["receipt"] = new ReceiptFrame { Channel = "room:r1", Receipt = new Receipt("bob", 7, 5) },
        ["gap trimmed"] = Gap(GapReason.Trimmed),
        ["gap epoch changed"] = Gap(GapReason.EpochChanged),
        ["gap slow consumer"] = Gap(GapReason.SlowConsumer),
        ["gap conflated"] = Gap(GapReason.Conflated),
        ["move"] = new MoveFrame { After = 0.25, Reason = "draining" },
    };

    public static ReadOnlyMemory<byte> Json(string text) => Encoding.UTF8.GetBytes(text);

    public static MessageFrame Message(long offset, string? from, string data) => new()
    {
        Event = "chat",
        Channel = "room:r1",
        Data = Json(data),
        Timestamp = Time,
        Id = MessageId,
        Position = Place with { Offset = offset },
        From = from,
    };

    private static GapFrame Gap(GapReason reason) => new() { Channel = "room:r1", From = 3, To = 5, Reason = reason };
}
