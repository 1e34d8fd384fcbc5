using System.Text.Json;
using Arauto.Gateways;
using Arauto.Protocol;
using Arauto.Publishing;
using Arauto.Stores;

namespace Arauto.Samples.Collaboration;

/// <summary>
/// The documents, as Yjs makes them: updates in the channel <c>doc:{id}</c>, each an event with base64 as its data, and from
/// time to time one state in <c>state:{id}</c> that stands for all updates up to its offset. The server never looks inside.
/// </summary>
/// <remarks>
/// Bounds: of a document <see cref="KeptUpdates"/> updates are kept and one state. Every <see cref="CompactEvery"/> updates
/// the page that wrote the last of them is asked for a state. If no state comes, no update is taken beyond
/// <see cref="MaxUpdates"/>, so that none is dropped that no state contains.
/// </remarks>
internal sealed class DocumentLog(IStore store, IPublisher publisher)
{
    /// <summary>The prefix of the channels of updates.</summary>
    public const string Updates = "doc:";

    /// <summary>The prefix of the channels of states.</summary>
    public const string States = "state:";

    /// <summary>The most bytes of a message: of an update or a state, three quarters of it.</summary>
    public const int MaxMessageBytes = 512 * 1024;

    /// <summary>The updates after a state at which another is asked for.</summary>
    public const int CompactEvery = 200;

    /// <summary>The most updates after a state.</summary>
    public const int MaxUpdates = 2000;

    /// <summary>Some more than <see cref="MaxUpdates"/>, since several pages may write at the same moment.</summary>
    public const int KeptUpdates = MaxUpdates + 500;

    private const int PageUpdates = 100;
    private const int PageBytes = 256 * 1024;

    /// <summary>A document's channel, which is the room of those who are in it, too.</summary>
    public static string ChannelOf(string document) => ChannelName.IsValid(States + document)
        ? Updates + document
        : throw new GatewayException("A document's name has letters, digits, dots, hyphens and underscores.") { Code = "invalid_message" };

    /// <summary>The end of a document's log.</summary>
    public async ValueTask<Position> ReadTopAsync(string document, CancellationToken stop) => (await store.Log.ReadTopsAsync([ChannelOf(document)], stop))[0];

    /// <summary>Stores an update, from where it goes to everybody in the document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="update">Yjs' bytes.</param>
    /// <param name="user">Who made it.</param>
    /// <param name="key">By which a repetition is known.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="GatewayException">It is not stored; the code says whether another try may help.</exception>
    public async Task<SavedUpdate> AppendAsync(string document, byte[] update, string user, string key, CancellationToken stop)
    {
        var top = await ReadTopAsync(document, stop);
        var waiting = top.Offset - ((await ReadStateAsync(document, top.Epoch, stop))?.Offset ?? 0);
        if (waiting >= MaxUpdates) throw new GatewayException($"The document has {waiting} updates without a state; send one first.") { Code = "compaction_needed" };
        var offset = await PublishAsync(ChannelOf(document), "update", JsonSerializer.SerializeToUtf8Bytes(update), user, key, stop);
        return new SavedUpdate(offset, (waiting + 1) % CompactEvery == 0);
    }

    /// <summary>Reads what comes after an offset: the state if that is further, else updates.</summary>
    public async Task<DocumentPage> ReadAsync(string document, long after, CancellationToken stop)
    {
        var log = await store.Log.ReadAfterAsync(ChannelOf(document), after, PageUpdates, stop);
        if (await ReadStateAsync(document, log.Epoch, stop) is { } state && state.Offset > after) return new DocumentPage(state.Offset, [Convert.ToBase64String(state.State)]);
        if (log.Oldest > after + 1) throw new GatewayException($"The updates {after + 1} to {log.Oldest - 1} of this document are not kept any more.") { Code = "incomplete" };
        var updates = new List<string>();
        var bytes = 0;
        foreach (var message in log.Messages)
        {
            if (updates.Count > 0 && (bytes += message.Data.Length) > PageBytes) break;
            updates.Add(JsonSerializer.Deserialize<string>(message.Data.Span)!);
        }
        return new DocumentPage(after + updates.Count, updates);
    }

    /// <summary>Stores a state in place of all updates up to an offset.</summary>
    /// <exception cref="GatewayException">It is not stored.</exception>
    public async Task CompactAsync(string document, string epoch, long offset, byte[] state, string user, CancellationToken stop)
    {
        var top = await ReadTopAsync(document, stop);
        if (epoch != $"{top.Epoch}" || offset < 1 || offset > top.Offset) throw new GatewayException("The state is of another life of this document.") { Code = "outdated" };
        // Somebody else was faster, and theirs has more.
        if (await ReadStateAsync(document, top.Epoch, stop) is { } stored && stored.Offset >= offset) return;
        var data = JsonSerializer.SerializeToUtf8Bytes(new DocumentState(epoch, offset, state));
        await PublishAsync(States + document, "state", data, user, $"{epoch}-{offset}", stop);
    }

    /// <summary>The newest state, if it is of this life of the log.</summary>
    private async ValueTask<DocumentState?> ReadStateAsync(string document, Epoch epoch, CancellationToken stop)
    {
        var page = await store.Log.ReadBeforeAsync(States + document, long.MaxValue, 1, stop);
        var state = page.Messages.Count == 0 ? null : JsonSerializer.Deserialize<DocumentState>(page.Messages[0].Data.Span);
        return state?.Epoch == $"{epoch}" ? state : null;
    }

    private async Task<long> PublishAsync(string channel, string name, byte[] data, string user, string key, CancellationToken stop)
    {
        var result = await publisher.PublishAsync(new PublishRequest { Channel = channel, Event = name, Data = data, From = user, Key = key }, stop);
        return result.IsPublished ? result.Outcome.Position.Offset : throw new GatewayException(result.Error.Message) { Code = result.Error.Code.Word() };
    }
}
