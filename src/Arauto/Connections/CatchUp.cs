using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Protocols;

namespace Arauto.Connections;

/// <summary>The state of a replay: what was read from the log and not sent yet, and what arrived live meanwhile. Lane-owned.</summary>
internal sealed class CatchUp
{
    /// <summary>Live messages held before the replay rather reads them from the log too.</summary>
    private const int MaxHeld = 256;

    private readonly List<SharedFrame> _held = [];

    /// <summary>The page being sent.</summary>
    public LogPage? Page { get; private set; }

    /// <summary>The next message of <see cref="Page"/>.</summary>
    public int Next { get; set; }

    /// <summary>Whether live messages were missed, so that the log must be read once more before the splice.</summary>
    public bool MustReadAgain { get; private set; }

    /// <summary>The live messages, in order.</summary>
    public IReadOnlyList<SharedFrame> Held => _held;

    /// <summary>Keeps a live message for the splice; past the bound they go, since the log has them.</summary>
    public void Hold(SharedFrame message)
    {
        if (MustReadAgain) return;
        if (_held.Count == MaxHeld) Miss();
        else _held.Add(message);
    }

    /// <summary>Whether a held message is of another epoch.</summary>
    public bool HoldsOtherThan(Epoch epoch) => _held.Exists(frame => frame.Message!.Position.Epoch != epoch);

    /// <summary>Has the log read once more.</summary>
    public void Miss()
    {
        _held.Clear();
        MustReadAgain = true;
    }

    /// <summary>A new read begins: whatever is appended from now on is in it or is held.</summary>
    public void BeginRead() => MustReadAgain = false;

    /// <summary>A read is done.</summary>
    public void Take(LogPage page)
    {
        Page = page;
        Next = 0;
    }

    /// <summary>The page is sent.</summary>
    public void Finish() => Page = null;
}
