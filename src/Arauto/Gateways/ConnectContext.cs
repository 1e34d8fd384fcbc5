namespace Arauto.Gateways;

/// <summary>A client that wants to enter a namespace.</summary>
public sealed class ConnectContext
{
    internal ConnectContext(Socket socket, CancellationToken cancellationToken)
    {
        Socket = socket;
        CancellationToken = cancellationToken;
    }

    /// <summary>The client: it may be given rooms and data, and hears what is emitted to it once it is in.</summary>
    public Socket Socket { get; }

    /// <summary>What the client brought: query, headers, <c>auth</c>.</summary>
    public Handshake Handshake => Socket.Handshake;

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken CancellationToken { get; }

    internal ConnectRefusal? Refusal { get; private set; }

    /// <summary>Turns the client away. The first refusal counts.</summary>
    /// <param name="message">Why, for the client: <c>error.message</c> of its <c>connect_error</c>.</param>
    /// <param name="data">More about it: <c>error.data</c> there.</param>
    public void Refuse(string message, object? data = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        Refusal ??= new ConnectRefusal(message, data);
    }
}
