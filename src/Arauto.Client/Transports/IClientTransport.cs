namespace Arauto.Client.Transports;

/// <summary>How one connection's frames travel. Used for a single connection, then disposed.</summary>
/// <remarks>
/// At most one send and one receive run at a time, each from its own loop. Cancelling a send or a receive ends the
/// connection; the session then makes a new transport.
/// </remarks>
internal interface IClientTransport : IAsyncDisposable
{
    /// <summary>Opens the connection.</summary>
    /// <param name="token">The bearer token, or <see langword="null"/> to go without.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <exception cref="HandshakeRefusedException">The server answered with an HTTP error.</exception>
    /// <exception cref="IOException">The server could not be reached.</exception>
    Task ConnectAsync(string? token, CancellationToken cancellationToken);

    /// <summary>Sends one frame.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);

    /// <summary>Waits for the next frame or the close. The frame's bytes are valid until the next call.</summary>
    /// <exception cref="IOException">The connection is gone, or a frame is larger than the client takes.</exception>
    ValueTask<Received> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Says goodbye, if the connection still stands. Never throws for a connection that is gone.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}
