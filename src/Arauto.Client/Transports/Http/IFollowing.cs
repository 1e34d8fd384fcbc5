using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.Http;

/// <summary>A set of channels that is followed: a stream, or polls that follow each other. Has given its first sign of life.</summary>
internal interface IFollowing : IDisposable
{
    /// <summary>What the server says of the connection.</summary>
    ConnectedFrame Connected { get; }

    /// <summary>Passes everything on until it ends or is stopped.</summary>
    /// <param name="emit">Takes what came; waits while the session is behind.</param>
    /// <param name="stop">Stops it, with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    /// <exception cref="HttpRefusedException">A further request was refused.</exception>
    Task<LinkEnd> RunAsync(Func<Received, CancellationToken, ValueTask> emit, CancellationToken stop);
}
