using Arauto.Client;
using Arauto.Server.CommandLine.Terminals;

namespace Arauto.Server.CommandLine;

/// <summary>Copies the messages of several channels to standard output, line by line.</summary>
internal sealed class Listener(ArautoClient client, Terminal terminal, int? count) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _done = new();
    private int _written;

    /// <summary>Runs until it is stopped, has written its count, or the reader of the output is gone: all of them success.</summary>
    /// <exception cref="ArautoException">The server refused the client or a subscription.</exception>
    public async Task<int> RunAsync(IReadOnlyList<string> channels, string? since, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, _done.Token);
        var reading = channels.Select(channel => ReadAsync(channel, since, either.Token)).ToList();
        while (reading.Count > 0)
        {
            var ended = await Task.WhenAny(reading);
            reading.Remove(ended);
            try
            {
                await ended;
            }
            finally
            {
                // One channel's end is the end of all, or a listener would look whole while it is not.
                await _done.CancelAsync();
            }
        }
        return ExitCode.Ok;
    }

    private async Task ReadAsync(string channel, string? since, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in client.SubscribeAsync(channel, since, cancellationToken))
                if (!Write(message)) return;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private bool Write(Message message)
    {
        lock (_gate)
        {
            if (_written == count) return false;
            try
            {
                terminal.WriteLine(JsonLine.Of(message.Json));
            }
            catch (IOException)
            {
                return false; // Whoever read the output has seen enough, as "head" does.
            }
            return ++_written != count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _done.Dispose();
}
