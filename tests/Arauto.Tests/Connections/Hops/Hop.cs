using System.Text.Json.Nodes;

namespace Arauto.Tests.Connections.Hops;

/// <summary>One stay of a client on one transport: it comes with its cursors, takes messages, and is cut off.</summary>
internal abstract class Hop : IAsyncDisposable
{
    /// <summary>Comes back to the channels where the cursors say.</summary>
    public abstract Task OpenAsync(ClientPlace place);

    /// <summary>Takes the next message, or what is there if the transport does not wait; moves the place.</summary>
    /// <returns>How many messages were taken.</returns>
    public abstract Task<int> TakeAsync(ClientPlace place);

    /// <summary>Goes, in order or not.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>A frame is a message of the publishers, or nothing that matters here; a gap never comes.</summary>
    protected static bool IsMessage(JsonObject frame)
    {
        Assert.NotEqual("gap", (string?)frame["type"]);
        Assert.NotEqual("error", (string?)frame["type"]);
        return (string?)frame["type"] == "n";
    }
}
