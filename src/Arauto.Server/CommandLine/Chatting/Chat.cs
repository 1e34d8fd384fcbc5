using System.Threading.Channels;
using Arauto.Client;
using Arauto.Protocol;

namespace Arauto.Server.CommandLine.Chatting;

/// <summary>
/// A conversation: shows the last messages, then everything that happens; sends what is typed, in order. Reconnecting
/// and catching up are the client's.
/// </summary>
internal sealed partial class Chat(ArautoClient client, IChatScreen screen, string channel, TimeProvider time)
{
    private const int FirstMessages = 20;
    private const int MaxUnsent = 1000;
    private static readonly TimeSpan TypingEvery = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Channel<string> _unsent = System.Threading.Channels.Channel.CreateBounded<string>(MaxUnsent);
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReceiptMarks _marks = new();
    private readonly TypingUsers _typing = new(time);
    private readonly ReceiptSender _receipts = new(client, channel, time);
    private Epoch _epoch;
    private string? _me;
    private long? _toldTyping;
    private bool _failed;
    private bool _wasLost;

    /// <summary>Runs until the input ends or <c>/quit</c>; what was typed before is sent first.</summary>
    /// <returns><see cref="ExitCode.Failed"/> if a message could not be sent.</returns>
    /// <exception cref="ArautoException">The server refused the client or the channel.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Watch();
        screen.WriteLine(ChatLines.Notice($"{channel}; /help for help"));
        var reading = ReadMessagesAsync(done.Token);
        var typing = TakeLinesAsync(reading, done.Token);
        var sending = SendMessagesAsync(done.Token);
        Task[] side = [_receipts.RunAsync(done.Token), ForgetTypingAsync(done.Token), ShowPresenceAsync(done.Token)];
        try
        {
            // The subscription only ends by being refused, and then there is no conversation.
            await await Task.WhenAny([reading, Task.WhenAll(typing, sending), .. side.Select(OnlyFaultsAsync)]);
            return _failed ? ExitCode.Failed : ExitCode.Ok;
        }
        catch (IOException)
        {
            return ExitCode.Ok; // Nobody reads the output any more.
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll([reading, typing, sending, .. side]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // What goes on beside the conversation may end before it, but must not fail unseen.
        async Task OnlyFaultsAsync(Task task)
        {
            await task;
            await Task.Delay(Timeout.InfiniteTimeSpan, time, done.Token);
        }
    }

    /// <summary>The last messages first, then from their cursor on: nothing twice, nothing missing between.</summary>
    private async Task ReadMessagesAsync(CancellationToken stop)
    {
        var page = await client.HistoryAsync(channel, limit: FirstMessages, cancellationToken: stop);
        _me = client.Status.User ?? _me;
        foreach (var message in page.Messages) Show(message);
        await foreach (var message in client.SubscribeAsync(channel, page.Cursor, stop)) Show(message);
    }

    private void Show(Message message)
    {
        IReadOnlyList<string> marks = [];
        var own = message.From is not null && message.From == _me;
        lock (_gate)
        {
            if (message.Position.Epoch != _epoch)
            {
                // Not for the first message: a receipt may have come before it.
                if (_epoch != Epoch.None)
                {
                    _marks.Reset();
                    _receipts.Reset();
                }
                _epoch = message.Position.Epoch;
            }
            if (message.From is { } from) _typing.Remove(from);
            screen.ShowTyping(ChatLines.TypingOf(_typing.Now()));
        }
        if (!own) _receipts.Delivered(message.Position.Offset);
        screen.WriteLine(ChatLines.Of(message, time.LocalTimeZone));
        if (!own) _receipts.Read(message.Position.Offset);
        // Only now: marks that came earlier are told below the message they are about.
        else lock (_gate) marks = _marks.Own(message.Position.Offset);
        foreach (var mark in marks) screen.WriteLine(ChatLines.Notice(mark));
    }

    private async Task TakeLinesAsync(Task reading, CancellationToken stop)
    {
        try
        {
            while (await screen.ReadLineAsync(stop) is { } line)
            {
                if (line.StartsWith('/'))
                {
                    if (!await RunCommandAsync(line, stop)) return;
                }
                else if (line.Trim().Length > 0)
                {
                    // Waits while a thousand lines are unsent, which holds up a pipe and no person.
                    await _unsent.Writer.WriteAsync(line, stop);
                }
                if (reading.IsCompleted) return;
            }
        }
        finally
        {
            _unsent.Writer.TryComplete();
        }
    }

    // One at a time: a message that is put off must not be overtaken by the next.
    private async Task SendMessagesAsync(CancellationToken stop)
    {
        await foreach (var line in _unsent.Reader.ReadAllAsync(stop))
        {
            try
            {
                await client.PublishJsonAsync(channel, ChatLines.Event, ChatLines.Data(line), cancellationToken: stop);
            }
            catch (ArautoException refused)
            {
                _failed = true;
                screen.WriteLine(ChatLines.Fault($"not sent: \"{line}\": {StatusLines.Of(refused)}"));
            }
        }
    }

    private async Task ShowPresenceAsync(CancellationToken stop)
    {
        await _subscribed.Task.WaitAsync(stop);
        await ShowWhoAsync(stop);
    }

    private async Task ForgetTypingAsync(CancellationToken stop)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await tick.WaitForNextTickAsync(stop))
            lock (_gate) screen.ShowTyping(ChatLines.TypingOf(_typing.Now()));
    }
}
