using System.Runtime.CompilerServices;
using Arauto.Protocol;

namespace Arauto.Client;

/// <content>Subscriptions.</content>
public sealed partial class ArautoClient
{
    /// <summary>
    /// Reads the messages of a channel, in order, each once, over any number of reconnects. The subscription begins
    /// with the first step of the enumeration and ends with its disposal; <see cref="Subscribed"/> tells when the
    /// server accepted it.
    /// </summary>
    /// <param name="channel">The channel.</param>
    /// <param name="since">A cursor (<see cref="Message.Cursor"/>) after which to begin; <see langword="null"/> begins with the next message.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <remarks>
    /// A reader that falls behind by <see cref="ArautoClientOptions.SubscriptionBuffer"/> messages pauses the
    /// subscription; it goes on from its cursor once half of the buffer was read. Messages that the channel no longer
    /// keeps by then are announced by <see cref="Gap"/>.
    /// </remarks>
    /// <exception cref="ArgumentException"><paramref name="channel"/> does not follow <see cref="ChannelName"/>.</exception>
    /// <exception cref="ArautoException">Thrown by the enumeration: the server refused the subscription or the client.</exception>
    /// <exception cref="InvalidOperationException">Thrown by the enumeration: this client has a subscription to the channel already.</exception>
    public IAsyncEnumerable<Message> SubscribeAsync(string channel, string? since = null, CancellationToken cancellationToken = default)
    {
        CheckChannel(channel);
        return EnumerateAsync(channel, since, cancellationToken);
    }

    private async IAsyncEnumerable<Message> EnumerateAsync(string channel, string? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subscription = _session.Subscribe(channel, since);
        try
        {
            while (await subscription.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (subscription.Reader.TryRead(out var message))
                {
                    _session.Consumed(subscription);
                    yield return message;
                }
            }
        }
        finally
        {
            _session.Unsubscribe(subscription);
        }
    }

    private static void CheckChannel(string channel)
    {
        if (!ChannelName.IsValid(channel))
            throw new ArgumentException($"A channel's name has 1 to {ChannelName.MaxLength} printable characters without white space, comma and asterisk.", nameof(channel));
    }
}
