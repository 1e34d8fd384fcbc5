using Arauto.Protocol.Frames;

namespace Arauto.Server.CommandLine.Chatting;

/// <summary>
/// What others' receipts say about one's own last message. Each user is announced once as delivered and once as read
/// per message; marks and messages may come in any order. Pure; not thread-safe.
/// </summary>
internal sealed class ReceiptMarks
{
    private readonly Dictionary<string, State> _users = new(StringComparer.Ordinal);
    private long _own;

    /// <summary>One's own message with this offset was shown.</summary>
    public IReadOnlyList<string> Own(long offset)
    {
        if (offset <= _own) return [];
        _own = offset;
        return [.. _users.Select(pair => Announce(pair.Key, pair.Value)).OfType<string>()];
    }

    /// <summary>A user's marks rose.</summary>
    public string? Raise(Receipt receipt)
    {
        if (!_users.TryGetValue(receipt.User, out var state)) _users[receipt.User] = state = new State();
        state.Delivered = Math.Max(state.Delivered, Math.Max(receipt.Delivered, receipt.Read));
        state.Read = Math.Max(state.Read, receipt.Read);
        return Announce(receipt.User, state);
    }

    /// <summary>The log began anew: offsets of before mean nothing.</summary>
    public void Reset()
    {
        _users.Clear();
        _own = 0;
    }

    private string? Announce(string user, State state)
    {
        if (_own == 0) return null;
        if (state.Read >= _own && state.AnnouncedRead < _own)
        {
            state.AnnouncedRead = state.AnnouncedDelivered = _own;
            return $"read by {user}";
        }
        if (state.Delivered >= _own && state.AnnouncedDelivered < _own)
        {
            state.AnnouncedDelivered = _own;
            return $"delivered to {user}";
        }
        return null;
    }

    private sealed class State
    {
        public long Delivered { get; set; }

        public long Read { get; set; }

        public long AnnouncedDelivered { get; set; }

        public long AnnouncedRead { get; set; }
    }
}
