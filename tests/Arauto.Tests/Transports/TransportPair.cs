using Arauto.Transports;

namespace Arauto.Tests.Transports;

/// <summary>Both ends of one connection: the transport under test on a real server, and a client that speaks the same.</summary>
internal abstract class TransportPair : IAsyncDisposable
{
    public abstract ITransport Transport { get; }

    public abstract RecordingReceiver Receiver { get; }

    /// <summary>How many writes the transport made.</summary>
    public abstract int Writes { get; }

    /// <summary>Completes when the server's request has returned.</summary>
    public abstract Task Completion { get; }

    /// <summary>The next message at the client; <see langword="null"/> after the end.</summary>
    public abstract Task<string?> ClientReceiveAsync();

    /// <summary>Ends the connection in order from the client's side.</summary>
    public abstract Task ClientCloseAsync();

    /// <summary>The client is gone without a word (a reset).</summary>
    public abstract void Vanish();

    public abstract ValueTask DisposeAsync();
}
