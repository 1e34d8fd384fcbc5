using Arauto.Protocol.Frames;

namespace Arauto.Client.Commands;

/// <summary>The server's answer to a command.</summary>
/// <param name="Frame">Decoded.</param>
/// <param name="Bytes">As it stood on the wire, kept only for a publish.</param>
internal readonly record struct Answer(ServerFrame Frame, ReadOnlyMemory<byte> Bytes);
