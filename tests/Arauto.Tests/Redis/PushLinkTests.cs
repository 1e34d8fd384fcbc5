using System.Net;
using System.Text;
using Arauto.Redis;
using Arauto.Redis.Links;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Redis;

public sealed class PushLinkTests
{
    private static readonly DnsEndPoint Nowhere = new("127.0.0.1", 1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_handed_on_without_allocating()
    {
        await using var link = CreateLink(Nowhere, (_, _, _) => throw new InvalidOperationException(), NullLogger.Instance);
        var handler = new CountingTopic();
        link.Subscribe(RedisTopic.Exact("room:1234"), handler);
        RedisReply[] push = [Text("message"), Text("room:1234"), Text("hello")];
        link.OnPush(push);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) link.OnPush(push);
        // Less than a byte per message: what the runtime itself takes now and then is not ours.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        Assert.Equal(10_001, handler.Count);
    }

    [Fact]
    public async Task A_topic_that_is_confirmed_in_the_very_moment_of_connecting_is_counted_on_that_connection()
    {
        var looks = 0;
        await using var server = new ScriptedRedis(async (peer, command) =>
        {
            if (command is not ["CLIENT", "INFO"]) return false;
            await peer.SendAsync("+id=1 sub=1 psub=0 ssub=0\r\n");
            Interlocked.Increment(ref looks);
            return true;
        });
        var topic = RedisTopic.Exact("t");
        PushLink? link = null;
        // The link tells its log of the connection before it does anything else with it.
        var logger = new ActingLogger(() =>
        {
            link!.Subscribe(topic, new CountingTopic());
            Assert.True(SpinWait.SpinUntil(() => link.IsSubscribed(topic), TimeSpan.FromSeconds(20)));
        });
        var host = new DnsEndPoint("127.0.0.1", server.Port);
        var connector = new RedisConnector(CreateOptions(), TimeProvider.System);
        await using (link = CreateLink(host, connector.OpenMasterAsync, logger))
        {
            link.Start();
            await Eventually.TrueAsync("the counts were compared", () => Volatile.Read(ref looks) >= 2);
            Assert.True(link.IsSubscribed(topic));
            Assert.Equal(1, server.Connections);
        }
    }

    [Fact]
    public async Task A_topic_that_cannot_be_given_up_ends_the_connection_under_no_lock()
    {
        var stream = new HeldStream();
        var options = CreateOptions(maxPendingCommands: 2);
        await using var link = CreateLink(Nowhere, (host, pushes, _) => Task.FromResult(new RedisConnection(stream, host, options, TimeProvider.System, pushes)), NullLogger.Instance);
        link.Start();
        await Eventually.TrueAsync("it is connected", () => link.Trouble is null);
        var handler = new CountingTopic();
        link.Subscribe(RedisTopic.Exact("a"), handler);
        link.Subscribe(RedisTopic.Exact("b"), handler);
        try
        {
            await Eventually.EndsAsync("the full queue refuses", Task.Run(() => link.Unsubscribe(RedisTopic.Exact("a")), Cancellation));
            await Eventually.TrueAsync("the connection is being ended", () => stream.IsBeingClosed);
            await Eventually.EndsAsync("the link serves others", Task.Run(() => link.Subscribe(RedisTopic.Exact("c"), handler), Cancellation));
        }
        finally
        {
            stream.Release();
        }
        await Eventually.TrueAsync("it says why", () => link.Trouble is not null);
    }

    private static PushLink CreateLink(DnsEndPoint host, Func<DnsEndPoint, IPushReceiver, CancellationToken, Task<RedisConnection>> open, ILogger logger) =>
        new(new FixedServer(host), open, CreateOptions(), TimeProvider.System, logger) { Name = "pushes" };

    private static RedisClientOptions CreateOptions(int maxPendingCommands = 1000)
    {
        Assert.True(RedisAddress.TryParse("redis://127.0.0.1", out var address));
        return new RedisClientOptions { Address = address!, MaxPendingCommands = maxPendingCommands };
    }

    private static RedisReply Text(string text) => RedisReply.Text(Encoding.UTF8.GetBytes(text));

    private sealed class CountingTopic : IRedisTopicHandler
    {
        public int Count { get; private set; }

        public void OnMessage(string channel, ReadOnlyMemory<byte> payload) => Count++;

        public void OnSubscribed()
        {
        }
    }

    /// <summary>Does something when the first line is written.</summary>
    private sealed class ActingLogger(Action act) : ILogger
    {
        private int _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (Interlocked.Increment(ref _lines) == 1) act();
        }
    }

    /// <summary>A server that takes everything and says nothing, and a socket whose end takes as long as the test wants.</summary>
    private sealed class HeldStream : MemoryStream
    {
        private readonly ManualResetEventSlim _mayClose = new();
        private readonly TaskCompletionSource<int> _end = new();

        public bool IsBeingClosed { get; private set; }

        public void Release() => _mayClose.Set();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_end.Task);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

        protected override void Dispose(bool disposing)
        {
            IsBeingClosed = true;
            _mayClose.Wait(Cancellation);
            _end.TrySetResult(0);
            base.Dispose(disposing);
        }
    }
}
