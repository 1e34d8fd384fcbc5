using Arauto.Protocol.Frames;

namespace Arauto.Client;

/// <content>History, presence, typing, receipts, ping.</content>
public sealed partial class ArautoClient
{
    /// <summary>Reads kept messages of a channel, oldest first.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="before">Read the newest before this place; excludes <paramref name="after"/>.</param>
    /// <param name="after">Read the oldest after this place. Without both: the newest.</param>
    /// <param name="limit">The most messages wanted, at least 1; without, the server decides.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArautoException">The server refused.</exception>
    public async Task<HistoryPage> HistoryAsync(string channel, HistoryBound? before = null, HistoryBound? after = null, int? limit = null, CancellationToken cancellationToken = default)
    {
        CheckChannel(channel);
        if (before is not null && after is not null) throw new ArgumentException("before and after exclude each other.", nameof(after));
        if (limit is { } most) ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(limit));
        var answer = await _session.RequestAsync(id => new HistoryCommand { Id = id, Channel = channel, Before = before, After = after, Limit = limit }, resend: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        var reply = Expect<HistoryReply>(answer);
        return new HistoryPage([.. reply.Messages.Select(static frame => new Message(frame, default))], reply.Position, reply.Cursor, reply.More);
    }

    /// <summary>Asks who is in a channel.</summary>
    /// <exception cref="ArautoException">The server refused.</exception>
    public async Task<IReadOnlyList<PresentUser>> PresenceAsync(string channel, CancellationToken cancellationToken = default)
    {
        CheckChannel(channel);
        var answer = await _session.RequestAsync(id => new PresenceCommand { Id = id, Channel = channel }, resend: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        return Expect<PresenceReply>(answer).Users;
    }

    /// <summary>
    /// Tells the others in a channel that the user is typing. Returns at once; nothing is sent while there is no
    /// connection or the connection is behind, because typing that is told late is told wrong.
    /// </summary>
    public void SendTyping(string channel)
    {
        CheckChannel(channel);
        _session.SendEphemeral(id => new TypingCommand { Id = id, Channel = channel });
    }

    /// <summary>Raises the user's marks in a channel: everything up to these offsets has arrived, or was seen.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="delivered">Everything up to this offset has arrived.</param>
    /// <param name="read">Everything up to this offset was seen; implies delivered.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">Neither mark is given.</exception>
    /// <exception cref="ArautoException">The server refused.</exception>
    public Task SendReceiptAsync(string channel, long? delivered = null, long? read = null, CancellationToken cancellationToken = default)
    {
        CheckChannel(channel);
        if (delivered is null && read is null) throw new ArgumentException("Give delivered, read or both.", nameof(delivered));
        return _session.RequestAsync(id => new ReceiptCommand { Id = id, Channel = channel, Delivered = delivered, Read = read }, resend: true, cancellationToken: cancellationToken);
    }

    /// <summary>Asks for everybody's marks in a channel.</summary>
    /// <exception cref="ArautoException">The server refused.</exception>
    public async Task<IReadOnlyList<Receipt>> ReceiptsAsync(string channel, CancellationToken cancellationToken = default)
    {
        CheckChannel(channel);
        var answer = await _session.RequestAsync(id => new ReceiptCommand { Id = id, Channel = channel }, resend: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        return Expect<ReceiptsReply>(answer).Receipts;
    }

    /// <summary>Measures the way to the server and back. Connects first if need be, and then includes the time for it.</summary>
    /// <exception cref="ArautoException">The connection was lost before the answer came.</exception>
    public async Task<TimeSpan> PingAsync(CancellationToken cancellationToken = default)
    {
        var begun = _options.TimeProvider.GetTimestamp();
        await _session.RequestAsync(static id => new PingCommand { Id = id }, resend: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        return _options.TimeProvider.GetElapsedTime(begun);
    }
}
