using System.Runtime.InteropServices;

namespace Arauto.Server.CommandLine.Terminals;

/// <summary>Turns SIGINT and SIGTERM into a cancelled token for as long as it lives, so that a verb can end in its own way.</summary>
internal sealed class Termination : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration[] _signals;

    public Termination() => _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask)];

    /// <summary>Cancelled by the first signal. A second one ends the process as usual.</summary>
    public CancellationToken Token => _asked.Token;

    private void Ask(PosixSignalContext signal)
    {
        if (_asked.IsCancellationRequested) return;
        signal.Cancel = true;
        _asked.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _asked.Dispose();
    }
}
