using System.Text;
using Arauto.Scenarios.Clients;
using Arauto.Scenarios.Servers;

namespace Arauto.Scenarios.SlowReaders;

/// <summary>The last subscriber, which comes anew for each phase and either reads or does not. Its small receive buffer keeps the kernel from reading for it.</summary>
internal sealed class Guest : IDisposable
{
    private const int ReceiveBytes = 4096;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private LoadConnection _connection = null!;
    private int _messages;
    private int _gaps;
    private volatile bool _subscribed;

    public static async Task<Guest> JoinAsync(ServerProcess server, string channel, bool isSlow)
    {
        var guest = new Guest();
        guest._connection = await LoadConnection.ConnectAsync(server.Address, guest.Take, server.Token("guest"), receiveBytes: ReceiveBytes);
        guest._connection.Send(Encoding.UTF8.GetBytes($$"""{"type":"subscribe","id":1,"channel":"{{channel}}"}"""));
        await Wait.UntilAsync(() => guest._subscribed, Deadline, "the last reader to be subscribed");
        guest._connection.Pause(isSlow);
        return guest;
    }

    /// <summary>Reads what there is, as a client that wakes up again.</summary>
    /// <param name="sent">How many messages were published meanwhile.</param>
    /// <returns>What it found.</returns>
    public async Task<string> FinishAsync(int sent)
    {
        _connection.Pause(false);
        var seen = -1;
        await Wait.TryUntilAsync(() => _connection.IsClosed || Volatile.Read(ref _messages) >= sent, TimeSpan.FromSeconds(1));
        while (!_connection.IsClosed && seen != Volatile.Read(ref _messages))
        {
            seen = Volatile.Read(ref _messages);
            await Task.Delay(300);
        }
        var end = _connection.CloseCode != 0 ? $"closed with {_connection.CloseCode}" : _connection.IsClosed ? "aborted" : "open";
        return $"{end}, {_messages:N0} of {sent:N0} messages, {_gaps:N0} gaps told";
    }

    public void Dispose() => _connection.Dispose();

    private void Take(LoadConnection connection, ReadOnlySpan<byte> frame)
    {
        if (PacedPublisher.TimeOf(frame) != 0) Interlocked.Increment(ref _messages);
        else if (frame.StartsWith("{\"type\":\"gap\""u8)) Interlocked.Increment(ref _gaps);
        else if (frame.StartsWith("{\"type\":\"reply\""u8)) _subscribed = true;
    }
}
