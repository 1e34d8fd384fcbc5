using Arauto.Client;
using Arauto.Protocol.Frames;

namespace Arauto.Server.CommandLine.Chatting;

/// <content>What happens besides messages.</content>
internal sealed partial class Chat
{
    private void Watch()
    {
        client.StatusChanged += (_, status) =>
        {
            if (status.User is { } user) _me = user;
            _wasLost |= status.State == ConnectionState.Waiting;
            if (status.State is not (ConnectionState.Closed or ConnectionState.Idle)) screen.WriteLine(ChatLines.Notice(StatusLines.Of(status)));
        };
        client.Subscribed += (_, reply) =>
        {
            // A change of the transport subscribes anew, too, but nobody was away.
            if (!_subscribed.TrySetResult() && _wasLost && reply.Resumed) screen.WriteLine(ChatLines.Notice("back again; what was missed follows"));
            _wasLost = false;
        };
        client.Gap += (_, gap) => screen.WriteLine(ChatLines.Notice(StatusLines.Of(gap)));
        client.ErrorReceived += (_, error) => screen.WriteLine(ChatLines.Fault(StatusLines.Of(error)));
        client.PresenceChanged += (_, presence) => OnPresence(presence);
        client.Typing += (_, typing) => OnTyping(typing);
        client.ReceiptChanged += (_, receipt) => OnReceipt(receipt);
        screen.Typing += TellTyping;
    }

    private void OnPresence(PresenceFrame presence)
    {
        if (presence.Channel != channel || presence.User == _me) return;
        lock (_gate)
            if (!presence.Joined) _typing.Remove(presence.User);
        screen.WriteLine(ChatLines.Notice($"{presence.User} {(presence.Joined ? "is here" : "has left")}"));
    }

    private void OnTyping(TypingFrame typing)
    {
        if (typing.Channel != channel || typing.User == _me) return;
        lock (_gate)
        {
            _typing.Add(typing.User);
            screen.ShowTyping(ChatLines.TypingOf(_typing.Now()));
        }
    }

    private void OnReceipt(ReceiptFrame frame)
    {
        if (frame.Channel != channel || frame.Receipt.User == _me) return;
        string? mark;
        lock (_gate) mark = _marks.Raise(frame.Receipt);
        if (mark is not null) screen.WriteLine(ChatLines.Notice(mark));
    }

    private void TellTyping()
    {
        lock (_gate)
        {
            if (_toldTyping is { } told && time.GetElapsedTime(told) < TypingEvery) return;
            _toldTyping = time.GetTimestamp();
        }
        try
        {
            client.SendTyping(channel);
        }
        catch (Exception error) when (error is ArautoException or ObjectDisposedException)
        {
            // The client is closed; whoever waits for it says why.
        }
    }
}
