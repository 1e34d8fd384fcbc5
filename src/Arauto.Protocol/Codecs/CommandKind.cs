namespace Arauto.Protocol.Codecs;

/// <summary>The commands, as the decoders tell them apart.</summary>
internal enum CommandKind : byte
{
    /// <summary>No type, or none we know.</summary>
    Unknown,

    Subscribe,
    Unsubscribe,
    Publish,
    Emit,
    History,
    Presence,
    Typing,
    Receipt,
    Auth,
    Ping,
}
