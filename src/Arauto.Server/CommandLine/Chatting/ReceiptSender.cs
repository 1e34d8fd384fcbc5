using System.Threading.Channels;
using Arauto.Client;

namespace Arauto.Server.CommandLine.Chatting;

/// <summary>
/// Sends one's own delivered and read marks: one request at a time, always the newest marks, so that a burst of
/// messages costs a few receipts.
/// </summary>
internal sealed class ReceiptSender(ArautoClient client, string channel, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private readonly Channel<bool> _wake = System.Threading.Channels.Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private long _delivered;
    private long _read;

    /// <summary>Everything up to <paramref name="offset"/> has arrived.</summary>
    public void Delivered(long offset) => Set(ref _delivered, offset);

    /// <summary>Everything up to <paramref name="offset"/> was shown.</summary>
    public void Read(long offset) => Set(ref _read, offset);

    /// <summary>The log began anew: offsets of before mean nothing.</summary>
    public void Reset()
    {
        Interlocked.Exchange(ref _delivered, 0);
        Interlocked.Exchange(ref _read, 0);
    }

    /// <summary>Sends until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var _ in _wake.Reader.ReadAllAsync(cancellationToken))
        {
            var (delivered, read) = (Interlocked.Read(ref _delivered), Interlocked.Read(ref _read));
            try
            {
                if (read >= delivered && read > 0) await client.SendReceiptAsync(channel, read: read, cancellationToken: cancellationToken);
                else if (delivered > 0) await client.SendReceiptAsync(channel, delivered: delivered, read: read > 0 ? read : null, cancellationToken: cancellationToken);
            }
            catch (ArautoException refused) when (refused.IsRetryable)
            {
                await Task.Delay(refused.RetryAfter ?? RetryAfter, time, cancellationToken);
                _wake.Writer.TryWrite(true);
            }
            catch (ArautoException)
            {
                return; // The channel takes no receipts from this user; the conversation goes on without.
            }
        }
    }

    private void Set(ref long mark, long offset)
    {
        Interlocked.Exchange(ref mark, offset);
        _wake.Writer.TryWrite(true);
    }
}
