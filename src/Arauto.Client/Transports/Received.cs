namespace Arauto.Client.Transports;

/// <summary>What came in: a frame, or the server's close.</summary>
/// <param name="Frame">The frame's bytes; empty on close.</param>
/// <param name="CloseCode">The close code, or <see langword="null"/> for a frame.</param>
/// <param name="CloseReason">The close reason.</param>
internal readonly record struct Received(ReadOnlyMemory<byte> Frame, int? CloseCode = null, string? CloseReason = null);
