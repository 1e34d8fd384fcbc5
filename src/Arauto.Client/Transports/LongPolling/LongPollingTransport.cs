using Arauto.Client.Transports.Http;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.LongPolling;

/// <summary>Long polling: requests to <c>GET /poll</c> that wait until there is something.</summary>
internal sealed class LongPollingTransport(HttpGateway http, ArautoClientOptions options) : HttpTransport(http, options)
{
    /// <summary>Long enough to make few requests, short enough for proxies that give up after half a minute.</summary>
    private const int WaitSeconds = 25;

    protected override string Name => "a poll";

    protected override async Task<IFollowing> StartAsync(IReadOnlyList<SubscribeCommand> wanted, string query, CancellationToken cancellationToken)
    {
        // Without waiting: the first answer shows that polling works.
        var more = query.Length > 0 ? "wait=0&" + query : "wait=0";
        var first = await PollAsync(FollowQuery.Of(wanted, more), cancellationToken).ConfigureAwait(false);
        return new Polls(this, Greeting(Token), wanted, first);
    }

    /// <summary>Polls on after a cursor.</summary>
    private async Task<PollAnswer> PollOnAsync(IReadOnlyList<SubscribeCommand> wanted, string since, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(WaitSeconds) + Options.AnswerTimeout;
        using var late = new CancellationTokenSource(limit, Options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            return await PollAsync(FollowQuery.Of(wanted, Uri.EscapeDataString(since), $"wait={WaitSeconds}"), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"Nothing was heard from the server for {limit.TotalSeconds:0} s.", error);
        }
    }

    private async Task<PollAnswer> PollAsync(string query, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ServerAddress.Http(Options.Url!, "poll", query));
        using var response = await Http.SendAsync(request, Token, cancellationToken).ConfigureAwait(false);
        return PollAnswer.Read(await Http.ReadAsync(response, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Polls that follow each other, each from the cursor of the one before.</summary>
    private sealed class Polls(LongPollingTransport transport, ConnectedFrame connected, IReadOnlyList<SubscribeCommand> wanted, PollAnswer first) : IFollowing
    {
        /// <summary>An empty answer before its time is a reason to ask anew, but not as fast as the network allows.</summary>
        private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(250);

        public ConnectedFrame Connected => connected;

        public async Task<LinkEnd> RunAsync(Func<Received, CancellationToken, ValueTask> emit, CancellationToken stop)
        {
            foreach (var reply in first.Replies(wanted)) await emit(reply, stop).ConfigureAwait(false);
            var time = transport.Options.TimeProvider;
            var answer = first;
            while (true)
            {
                foreach (var item in answer.Items) await emit(item, stop).ConfigureAwait(false);
                await emit(new Received.Places(answer.Cursor), stop).ConfigureAwait(false);
                var asked = time.GetTimestamp();
                answer = await transport.PollOnAsync(wanted, answer.Cursor, stop).ConfigureAwait(false);
                if (answer.Items.Count == 0 && time.GetElapsedTime(asked) < LeastWait) await Task.Delay(LeastWait, time, stop).ConfigureAwait(false);
            }
        }

        public void Dispose()
        {
            // Every poll has disposed of its own request.
        }
    }
}
