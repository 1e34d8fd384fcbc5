using System.Text;
using Arauto.Protocol;
using Arauto.Transports;

namespace Arauto.Tests.Transports;

/// <summary>Writes down every call in order and lets a test wait for what it expects.</summary>
internal sealed class RecordingReceiver : ITransportReceiver
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What to do with a message besides writing it down.</summary>
    public Func<byte[], bool, ValueTask>? OnMessage { get; set; }

    public Action? OnSendCompleted { get; set; }

    /// <summary>All calls so far: <c>text hello</c>, <c>binary 01AB</c>, <c>alive</c>, <c>alive+</c> (with a round trip), <c>completed</c>, <c>closed 1000</c>.</summary>
    public string[] Calls
    {
        get { lock (_gate) return [.. _calls]; }
    }

    public TimeSpan? LastRoundTrip { get; private set; }

    public ValueTask ReceiveAsync(ReadOnlySpan<byte> message, bool isBinary)
    {
        Add(isBinary ? "binary " + Convert.ToHexString(message) : "text " + Encoding.UTF8.GetString(message));
        return OnMessage?.Invoke(message.ToArray(), isBinary) ?? default;
    }

    public void Alive(TimeSpan? roundTrip)
    {
        if (roundTrip is not null) LastRoundTrip = roundTrip;
        Add(roundTrip is null ? "alive" : "alive+");
    }

    public void SendCompleted()
    {
        Add("completed");
        OnSendCompleted?.Invoke();
    }

    public void Closed(CloseCode? code) => Add(code is null ? "closed" : $"closed {(int)code}");

    public Task WaitForAsync(string call) => WaitUntilAsync(calls => calls.Contains(call), call);

    public Task WaitForEndAsync() => WaitUntilAsync(calls => calls.Any(call => call.StartsWith("closed", StringComparison.Ordinal)), "closed");

    public async Task WaitUntilAsync(Func<IReadOnlyList<string>, bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (condition(_calls)) return;
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited in vain for: {what}. Calls: {string.Join(", ", Calls.TakeLast(20))}");
            }
        }
    }

    private void Add(string call)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _calls.Add(call);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
