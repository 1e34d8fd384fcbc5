using System.Text.Json.Nodes;

namespace Arauto.Tests.Connections.Hops;

/// <summary>What a client has seen and where it stands: a cursor per channel, whichever transport handed it out.</summary>
internal sealed class ClientPlace(IReadOnlyList<string> channels)
{
    private readonly Dictionary<string, List<string>> _seen = channels.ToDictionary(channel => channel, _ => new List<string>());
    private readonly Dictionary<string, string> _cursors = [];
    private readonly Dictionary<string, int> _start = [];

    public IReadOnlyList<string> Channels => channels;

    /// <summary>As <c>/events</c> and <c>/poll</c> take it: every text once.</summary>
    public string Since => string.Join(',', _cursors.Values.Distinct());

    /// <summary>Whether each channel was subscribed to once.</summary>
    public bool HasBegun => _cursors.Count == channels.Count;

    public int Received => _seen.Values.Sum(messages => messages.Count);

    public IReadOnlyList<string> Seen(string channel) => _seen[channel];

    /// <summary>The offset at which the client came first: so many it was never to see.</summary>
    public int Start(string channel) => _start[channel];

    public bool IsBehind(IReadOnlyDictionary<string, int> lengths) => channels.Any(channel => _seen[channel].Count + _start[channel] < lengths[channel]);

    public string? Cursor(string channel) => _cursors.GetValueOrDefault(channel);

    /// <summary>The first subscription of all.</summary>
    public void Begin(string channel, string cursor, int offset)
    {
        _cursors[channel] = cursor;
        _start[channel] = offset;
    }

    public void Take(JsonObject message)
    {
        var channel = (string)message["channel"]!;
        _seen[channel].Add((string)message["id"]!);
        _cursors[channel] = (string)message["cursor"]!;
    }

    /// <summary>One cursor for all channels.</summary>
    public void MoveAll(string cursor)
    {
        foreach (var channel in channels) _cursors[channel] = cursor;
    }

    public void Move(string channel, string cursor) => _cursors[channel] = cursor;
}
