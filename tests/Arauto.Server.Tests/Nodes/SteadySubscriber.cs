using Arauto.Tests.Connections;
using Arauto.Tests.Support;

namespace Arauto.Server.Tests.Nodes;

/// <summary>One connection that takes what comes on its channels until each has ended.</summary>
internal sealed class SteadySubscriber : IAsyncDisposable
{
    /// <summary>The event that ends a channel.</summary>
    public const string End = "end";

    private readonly WireClient _client;
    private readonly Dictionary<string, List<string>> _seen;

    private SteadySubscriber(WireClient client, string[] channels)
    {
        _client = client;
        _seen = channels.ToDictionary(channel => channel, _ => new List<string>());
    }

    /// <summary>How many gaps were announced.</summary>
    public int Gaps { get; private set; }

    /// <summary>The identities of a channel's messages as they came.</summary>
    public IReadOnlyList<string> Seen(string channel) => _seen[channel];

    public static async Task<SteadySubscriber> StartAsync(INode node, string name, string[] channels)
    {
        var client = await node.ConnectAsync(name);
        foreach (var channel in channels) (await client.SubscribeAsync(channel)).IsReply();
        return new SteadySubscriber(client, channels);
    }

    public async Task RunAsync()
    {
        for (var open = _seen.Count; open > 0;)
        {
            var frame = await _client.ReceiveAsync();
            if (frame.Type() == "gap")
            {
                Gaps++;
                continue;
            }
            Assert.True(frame.Type() is "n" or End, frame.ToJsonString());
            _seen[(string)frame["channel"]!].Add((string)frame["id"]!);
            if (frame.Type() == End) open--;
        }
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
