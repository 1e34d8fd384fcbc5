namespace Arauto.Protocol.Codecs;

/// <summary>The server's frames, as the decoders tell them apart.</summary>
internal enum FrameKind : byte
{
    /// <summary>No type, or a reserved word that no frame of the server has.</summary>
    Unknown,

    Message,
    Connected,
    Error,
    Pong,
    Heartbeat,
    Presence,
    Typing,
    Receipt,
    Gap,
    Move,
    DoneReply,
    PublishReply,
    EmitReply,
    SubscribeReply,
    HistoryReply,
    PresenceReply,
    ReceiptsReply,
    AuthReply,
}
