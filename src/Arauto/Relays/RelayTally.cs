namespace Arauto.Relays;

/// <summary>Counts what was passed on, at the receiving end of a <see cref="RelayWindow"/>. Not safe for concurrent use.</summary>
internal sealed class RelayTally
{
    /// <summary>So seldom that it costs little, so early that the window never closes for want of it.</summary>
    private const int TellAfter = RelayWindow.Bytes / 4;

    private int _untold;

    /// <summary>Counts.</summary>
    /// <returns>What the sending end is to be told now, or 0.</returns>
    public uint Add(int cost)
    {
        _untold += cost;
        if (_untold < TellAfter) return 0;
        var told = (uint)_untold;
        _untold = 0;
        return told;
    }
}
