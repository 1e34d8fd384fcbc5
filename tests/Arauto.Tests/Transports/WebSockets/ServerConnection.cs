using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>One accepted connection at the test server.</summary>
internal sealed record ServerConnection(WebSocketTransport Transport, RecordingReceiver Receiver, CountingStream Stream, Task Completion);
