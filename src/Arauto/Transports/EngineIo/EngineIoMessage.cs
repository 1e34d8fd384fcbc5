using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Arauto.EngineIo;

/// <summary>A message of a client.</summary>
/// <param name="Data">UTF-8 if it is text. The bytes are the message's own and may be kept.</param>
/// <param name="IsBinary">Whether it was sent as binary.</param>
/// <param name="Headers">Those of the request that brought it: the POST, or the handshake of the WebSocket. Only valid until the handler's task has completed.</param>
[SuppressMessage("Performance", "CA1815", Justification = "A record compares itself.")]
public readonly record struct EngineIoMessage(ReadOnlyMemory<byte> Data, bool IsBinary, IHeaderDictionary Headers);
