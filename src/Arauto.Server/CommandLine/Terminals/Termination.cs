using System.Runtime.InteropServices;

namespace Arauto.Server.CommandLine.Terminals;

/// <summary>Turns SIGINT and SIGTERM into a cancelled token for as long as it lives, so that a verb can end in its own way.</summary>
internal sealed class Termination : IDisposable
{
    // Some senders signal the process and its group, so that one wish arrives twice.
    private static readonly TimeSpan Same = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _asked = new();
    private readonly Lock _gate = new();
    private long? _askedAt;
    private readonly PosixSignalRegistration[] _signals;

    public Termination() => _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask)];

    /// <summary>Cancelled by the first signal. One that comes a second later ends the process as usual.</summary>
    public CancellationToken Token => _asked.Token;

    private void Ask(PosixSignalContext signal)
    {
        lock (_gate)
        {
            if (_askedAt is { } at && TimeProvider.System.GetElapsedTime(at) >= Same) return;
            signal.Cancel = true;
            if (_askedAt is not null) return;
            _askedAt = TimeProvider.System.GetTimestamp();
        }
        _asked.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _asked.Dispose();
    }
}
