using System.Text;
using Arauto.Protocol;
using Arauto.Transports.LongPolling;

namespace Arauto.Tests.Transports.LongPolling;

/// <summary>One write is the answer, then there is nothing: what comes later belongs to the next poll.</summary>
public sealed class LongPollingTransportTests
{
    private readonly LongPollingTransport _transport = new(PollFraming.Get(withEvents: false));

    private IEnumerable<string> Answer => _transport.Frames.Select(frame => Encoding.UTF8.GetString(frame.Span));

    [Fact]
    public void The_first_write_is_the_answer_and_more_never_fits()
    {
        Assert.False(_transport.Answered.IsCompleted);

        Assert.False(_transport.Send([TransportConformance.Frame(_transport, "a"), TransportConformance.Frame(_transport, "b")]));
        Assert.True(_transport.Answered.IsCompletedSuccessfully);
        Assert.True(_transport.IsClosed);
        Assert.False(_transport.Send([TransportConformance.Frame(_transport, "c")]));

        Assert.Equal(["ma", "mb"], Answer);
    }

    [Fact]
    public void A_close_answers_with_nothing()
    {
        _transport.Close(CloseCode.Normal, "");

        Assert.True(_transport.Answered.IsCompletedSuccessfully);
        Assert.True(_transport.IsClosed);
        Assert.False(_transport.Send([TransportConformance.Frame(_transport, "late")]));
        Assert.Empty(Answer);
    }

    [Fact]
    public void A_close_behind_the_answer_changes_nothing()
    {
        _transport.Send([TransportConformance.Frame(_transport, "a")]);

        _transport.Close(CloseCode.GoingAway, "");
        _transport.Close(CloseCode.Normal, "");
        _transport.Ping();

        Assert.Equal(["ma"], Answer);
    }
}
