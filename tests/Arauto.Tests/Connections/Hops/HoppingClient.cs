using Arauto.Tests.Support;

namespace Arauto.Tests.Connections.Hops;

/// <summary>A client that connects to any node, resumes, reads a while, is cut off at a random moment and takes another transport.</summary>
/// <param name="pick">Finds a node that is there.</param>
/// <param name="user">Who it is.</param>
/// <param name="channels">What it reads.</param>
/// <param name="random">Its own.</param>
/// <param name="pace">What publishers wait for.</param>
internal sealed class HoppingClient(Func<INode> pick, string user, string[] channels, Random random, SemaphoreSlim pace)
{
    public ClientPlace Place { get; } = new(channels);

    public int Steps { get; private set; }

    /// <summary>How many stays ended with their node.</summary>
    public int Cuts { get; private set; }

    /// <summary>Comes and goes so many times.</summary>
    /// <param name="hops">How often.</param>
    /// <param name="goesOn">Is asked before each, whether to come more often than that.</param>
    public async Task HopAsync(int hops, Func<bool> goesOn)
    {
        for (var i = 0; goesOn() || i < hops; i++) await StayAsync(node => Place.HasBegun ? NextHop(node) : new JsonHop(node, user, random), ReadAWhileAsync);
    }

    /// <summary>Reads until nothing is missing, on any node.</summary>
    public async Task CatchUpAsync(IReadOnlyDictionary<string, int> lengths)
    {
        while (!await StayAsync(node => new JsonHop(node, user, random), async hop =>
        {
            while (Place.IsBehind(lengths)) await hop.TakeAsync(Place);
            await hop.DrainAsync(Place);
        }))
        {
        }
    }

    /// <returns>Whether the node lived to the end.</returns>
    private async Task<bool> StayAsync<T>(Func<INode, T> create, Func<T, Task> read)
        where T : Hop
    {
        var node = pick();
        await using var hop = create(node);
        try
        {
            await hop.OpenAsync(Place);
            Steps += 1 + channels.Length;
            await read(hop);
            return true;
        }
        catch (Exception e) when (node.Explains(e))
        {
            Cuts++;
            return false;
        }
    }

    private async Task ReadAWhileAsync(Hop hop)
    {
        var messages = random.Next(0, 8);
        // As many publishes as this hop waits for, and a few more that arrive while nobody is there.
        pace.Release(messages + 2);
        for (var taken = 0; taken < messages;) taken += await hop.TakeAsync(Place);
        Steps += messages;
    }

    private Hop NextHop(INode node) => random.Next(5) switch
    {
        0 => new JsonHop(node, user, random),
        1 => new ProtobufHop(node, user),
        2 => new EventStreamHop(node, user, random),
        3 => new PollHop(node, user, random),
        _ => new HistoryHop(node, user, random),
    };
}
