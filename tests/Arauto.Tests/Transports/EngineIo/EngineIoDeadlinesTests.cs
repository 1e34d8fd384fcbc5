using Arauto.EngineIo;
using Arauto.Tests.Support;
using Arauto.Transports.EngineIo;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>The wheel that all sessions share.</summary>
public sealed class EngineIoDeadlinesTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Every_session_comes_up_in_its_time_whatever_the_others_do()
    {
        var random = Seed.CreateRandom();
        using var node = new EngineIoNode("node01", _time);
        var handler = new Ends(node);
        var expected = new Dictionary<EngineIoSession, TimeSpan>();
        for (var i = 0; i < 500; i++)
        {
            // A heartbeat of up to two minutes is beyond one turn of the wheel.
            var options = new EngineIoOptions { PingInterval = TimeSpan.FromMilliseconds(random.Next(50, 100_000)), PingTimeout = TimeSpan.FromMilliseconds(random.Next(50, 20_000)) };
            var session = new EngineIoMount(node, "/", options, handler, NullLogger.Instance).Create(new EngineIoHandshake(new DefaultHttpContext().Request, "", false, default));
            session.OpenOverPolling();
            expected[session] = node.Deadlines.Now + options.PingInterval + options.PingTimeout;
            if (random.Next(4) == 0)
            {
                session.Close(EngineIoCloseReason.TransportClose);
                expected.Remove(session);
                Assert.Equal(0, session.DueTick);
            }
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(50)));
        }

        _time.Advance(TimeSpan.FromSeconds(130));

        foreach (var (session, due) in expected)
        {
            Assert.True(handler.At.TryGetValue(session, out var at), "A session never came up.");
            Assert.InRange(at - due, -EngineIoSession.Rounding, EngineIoDeadlines.Tick);
        }
        Assert.False(_time.IsDueIn(EngineIoDeadlines.Tick));
    }

    [Fact]
    public void After_a_pause_all_come_up_at_once()
    {
        using var node = new EngineIoNode("node01", _time);
        var handler = new Ends(node);
        var mount = new EngineIoMount(node, "/", new EngineIoOptions { PingInterval = TimeSpan.FromSeconds(10) }, handler, NullLogger.Instance);
        for (var i = 0; i < 100; i++)
        {
            mount.Create(new EngineIoHandshake(new DefaultHttpContext().Request, "", false, default)).OpenOverPolling();
            _time.Advance(TimeSpan.FromMilliseconds(20));
        }
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(100, handler.At.Count);
        Assert.Equal(0, node.SessionCount);
    }

    /// <summary>Notes when each session ended.</summary>
    private sealed class Ends(EngineIoNode node) : IEngineIoHandler
    {
        public Dictionary<EngineIoSession, TimeSpan> At { get; } = [];

        public void OnOpened(EngineIoSession session)
        {
        }

        public ValueTask OnMessageAsync(EngineIoSession session, EngineIoMessage message) => default;

        public void OnClosed(EngineIoSession session, EngineIoCloseReason reason) => At[session] = node.Deadlines.Now;
    }
}
