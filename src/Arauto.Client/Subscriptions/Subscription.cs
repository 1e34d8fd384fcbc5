using System.Threading.Channels;
using Arauto.Client.Connections;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Subscriptions;

/// <summary>
/// One reader's subscription, over all connections of the session: phase, cursor and a bounded buffer. All members but
/// <see cref="Reader"/> are used under the session's lock.
/// </summary>
internal sealed class Subscription(string channel, string? since, int capacity, Backoff backoff) : IDisposable
{
    private readonly Channel<Message> _buffer = System.Threading.Channels.Channel.CreateBounded<Message>(new BoundedChannelOptions(capacity) { SingleReader = true });

    /// <summary>The channel.</summary>
    public string Channel { get; } = channel;

    /// <summary>How far it has come.</summary>
    public SubscriptionCursor Cursor { get; } = new(channel, since);

    /// <summary>Where it stands on the present connection.</summary>
    public SubscriptionPhase Phase { get; private set; }

    /// <summary>The id of the subscribe command that is not answered yet.</summary>
    public long? CommandId { get; private set; }

    /// <summary>The reader's side of the buffer.</summary>
    public ChannelReader<Message> Reader => _buffer.Reader;

    /// <summary>Asks again later, after the server put the subscription off.</summary>
    public ITimer? Retry { get; private set; }

    /// <summary>Whether a paused subscription has room enough to go on.</summary>
    public bool ShouldResume => Phase == SubscriptionPhase.Paused && _buffer.Reader.Count <= capacity / 2;

    /// <summary>The connection is gone; what was asked on it is void. A paused subscription stays paused.</summary>
    public void Detach()
    {
        CommandId = null;
        if (Phase == SubscriptionPhase.Active) Phase = SubscriptionPhase.Pending;
    }

    /// <summary>A paused subscription goes on with the next connection.</summary>
    public void Resume() => Phase = SubscriptionPhase.Pending;

    /// <summary>A subscribe command with <paramref name="id"/> goes out, or went out with the opening of the connection.</summary>
    public void Ask(long id)
    {
        Phase = SubscriptionPhase.Pending;
        CommandId = id;
    }

    /// <summary>The command that asks for it, from where it goes on.</summary>
    /// <param name="id">The command's id; <see langword="null"/> once it is answered.</param>
    public SubscribeCommand Command(long? id) => new() { Id = id, Channel = Channel, Since = Cursor.Value };

    /// <summary>The server answered.</summary>
    public void Activate(SubscribeReply reply)
    {
        Phase = SubscriptionPhase.Active;
        CommandId = null;
        backoff.Reset();
        Cursor.Advance(reply.Position, reply.Cursor);
    }

    /// <summary>The server refused or ended the subscription for now: <paramref name="again"/> is called after its time, or ours.</summary>
    public void PutOff(TimeSpan? retryAfter, TimerCallback again, TimeProvider time)
    {
        Phase = SubscriptionPhase.Pending;
        CommandId = null;
        Retry?.Dispose();
        Retry = time.CreateTimer(again, this, retryAfter + backoff.Jitter() ?? backoff.Next(), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes a message, drops a repeated one.</summary>
    /// <returns><see langword="false"/> if the buffer is full; the subscription is then paused and its cursor stands before the message.</returns>
    public bool TryDeliver(MessageFrame frame, ReadOnlySpan<byte> bytes)
    {
        if (Phase != SubscriptionPhase.Active || !Cursor.IsNew(frame.Position)) return true;
        if (!_buffer.Writer.TryWrite(new Message(frame, bytes.ToArray())))
        {
            Phase = SubscriptionPhase.Paused;
            return false;
        }
        Cursor.Advance(frame.Position, frame.Cursor);
        return true;
    }

    /// <summary>The server named the place by a cursor of all subscriptions.</summary>
    public void MoveTo(string cursor)
    {
        // One that is not answered yet, or is paused before a message, is not where the others are.
        if (Phase == SubscriptionPhase.Active) Cursor.MoveTo(cursor);
    }

    /// <summary>No more messages come; the reader sees the end, or <paramref name="error"/>, after what is buffered.</summary>
    public void Complete(Exception? error) => _buffer.Writer.TryComplete(error);

    /// <inheritdoc/>
    public void Dispose() => Retry?.Dispose();
}
