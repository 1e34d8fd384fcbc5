using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports;

/// <summary>How one connection's commands and frames travel. Used for a single connection, then disposed.</summary>
/// <remarks>
/// At most one send and one receive run at a time, each from its own loop. Cancelling a send or a receive ends the
/// connection; the session then makes a new transport.
/// </remarks>
internal interface IClientTransport : IAsyncDisposable
{
    /// <summary>Opens the connection and waits for the first sign that frames come through.</summary>
    /// <returns>A <see cref="ConnectedFrame"/>, or the end.</returns>
    /// <exception cref="IOException">The server could not be reached, or something else answered.</exception>
    Task<Received> OpenAsync(OpenRequest request, CancellationToken cancellationToken);

    /// <summary>Sends a command; its answer, if it wants one, comes among the frames.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    ValueTask SendAsync(ClientCommand command, CancellationToken cancellationToken);

    /// <summary>Waits for what comes next. Bytes are valid until the next call.</summary>
    /// <exception cref="IOException">The connection is gone, or a frame is larger than the client takes.</exception>
    ValueTask<Received> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Says goodbye, if the connection still stands. Never throws for a connection that is gone.</summary>
    Task CloseAsync(CancellationToken cancellationToken);
}
