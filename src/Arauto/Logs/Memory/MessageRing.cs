using Arauto.Protocol.Frames;

namespace Arauto.Logs.Memory;

/// <summary>Messages in order of arrival: added at the new end, removed at the old end, read by index. Not safe for concurrent use.</summary>
internal sealed class MessageRing
{
    private const int SmallestCapacity = 4;

    private MessageFrame?[] _slots = [];
    private int _oldest;

    public int Count { get; private set; }

    /// <summary>The message at <paramref name="index"/>, counted from the oldest, which has 0.</summary>
    public MessageFrame this[int index] => _slots[(_oldest + index) & (_slots.Length - 1)]!;

    public void Add(MessageFrame message)
    {
        if (Count == _slots.Length) Resize(Math.Max(SmallestCapacity, checked(_slots.Length * 2)));
        _slots[(_oldest + Count) & (_slots.Length - 1)] = message;
        Count++;
    }

    public MessageFrame RemoveOldest()
    {
        if (Count == 0) throw new InvalidOperationException("The ring is empty.");
        var message = _slots[_oldest]!;
        _slots[_oldest] = null;
        _oldest = (_oldest + 1) & (_slots.Length - 1);
        Count--;
        if (_slots.Length > SmallestCapacity && Count <= _slots.Length / 4) Resize(_slots.Length / 2);
        return message;
    }

    public void Clear()
    {
        _slots = [];
        _oldest = 0;
        Count = 0;
    }

    public MessageFrame[] Copy(int index, int count)
    {
        var copy = new MessageFrame[count];
        for (var i = 0; i < count; i++) copy[i] = this[index + i];
        return copy;
    }

    // The capacity is always a power of two, so that an index wraps with a mask.
    private void Resize(int capacity)
    {
        var slots = new MessageFrame?[capacity];
        for (var i = 0; i < Count; i++) slots[i] = this[i];
        _slots = slots;
        _oldest = 0;
    }
}
