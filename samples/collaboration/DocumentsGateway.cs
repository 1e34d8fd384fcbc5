using Arauto.Gateways;

namespace Arauto.Samples.Collaboration;

/// <summary>What pages say about documents. A page has one document; updates go to everybody by the document's channel, and whatever need not be kept by the room of its people.</summary>
internal sealed class DocumentsGateway(DocumentLog documents) : Gateway
{
    private const int MaxAwarenessBytes = 4096;

    private string? Joined => Socket.Data.GetValueOrDefault("document") as string;

    [Event("join_document", PerSecond = 2, Burst = 10)]
    public async Task<JoinedDocument> JoinAsync(string document, uint client, CancellationToken stop)
    {
        var channel = DocumentLog.ChannelOf(document);
        if (Joined is { } other && other != document) throw new GatewayException($"This socket is in the document {other}; use another for a second one.");
        (Socket.Data["document"], Socket.Data["client"]) = (document, client);
        // The room first, then the log: what is written in between is in one of them at least.
        await Socket.JoinAsync(channel, PeopleOf(document));
        await Socket.To(PeopleOf(document)).EmitAsync("user_joined", new Person(Socket.User, client));
        var top = await documents.ReadTopAsync(document, stop);
        return new JoinedDocument($"{top.Epoch}", top.Offset, await PeopleInAsync(document));
    }

    [Event("read_document", PerSecond = 20, Burst = 100)]
    public Task<DocumentPage> ReadAsync(string document, long after, CancellationToken stop) => documents.ReadAsync(Check(document), after, stop);

    [Event("update_document", PerSecond = 30, Burst = 60)]
    public Task<SavedUpdate> UpdateAsync(string document, byte[] update, string key, CancellationToken stop) =>
        documents.AppendAsync(Check(document), update, Socket.User, key, stop);

    [Event("compact_document", PerSecond = 0.2, Burst = 3)]
    public Task CompactAsync(string document, string epoch, long offset, byte[] state, CancellationToken stop) =>
        documents.CompactAsync(Check(document), epoch, offset, state, Socket.User, stop);

    /// <summary>Where somebody's caret is: worth nothing a moment later, so it may be dropped and is not kept.</summary>
    [Event("awareness", PerSecond = 30, Burst = 60)]
    public ValueTask TellAwarenessAsync(string document, byte[] update)
    {
        if (update.Length > MaxAwarenessBytes) throw new GatewayException($"An awareness has at most {MaxAwarenessBytes} bytes.");
        return Socket.To(PeopleOf(Check(document))).Volatile.EmitAsync("awareness", update);
    }

    public override async ValueTask OnDisconnectedAsync(string reason)
    {
        if (Joined is { } document) await Clients.To(PeopleOf(document)).EmitAsync("user_left", new Person(Socket.User, (uint)Socket.Data["client"]!));
    }

    private static string PeopleOf(string document) => $"people of {document}";

    private string Check(string document) => document == Joined ? document : throw new GatewayException($"Join the document {document} first.");

    private async Task<IReadOnlyList<Person>> PeopleInAsync(string document) =>
        [.. (await Clients.To(PeopleOf(document)).FetchSocketsAsync()).Select(socket => new Person(socket.User, (uint)socket.Data["client"]!))];
}
