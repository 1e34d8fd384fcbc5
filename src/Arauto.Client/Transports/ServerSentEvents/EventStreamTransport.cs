using System.Net.Http.Headers;
using Arauto.Client.Transports.Http;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.ServerSentEvents;

/// <summary>Server-Sent Events: one HTTP answer that does not end, from <c>GET /events</c>.</summary>
internal sealed class EventStreamTransport(HttpGateway http, ArautoClientOptions options) : HttpTransport(http, options)
{
    private const string MediaType = "text/event-stream";

    protected override string Name => "a stream of events";

    protected override async Task<IFollowing> StartAsync(IReadOnlyList<SubscribeCommand> wanted, string query, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ServerAddress.Http(Options.Url!, "events", FollowQuery.Of(wanted, query)));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
        request.Headers.CacheControl = new CacheControlHeaderValue { NoStore = true };
        var response = await Http.SendAsync(request, Token, cancellationToken).ConfigureAwait(false);
        EventStream? stream = null;
        try
        {
            var type = response.Content.Headers.ContentType?.MediaType;
            if (type != MediaType) throw new IOException($"Something else than an event stream was answered ({type ?? "without a type"}).");
            stream = new EventStream(response, await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), wanted, Options);
            await stream.BeginAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (Exception error)
        {
            stream?.Dispose();
            response.Dispose();
            if (error is HttpRequestException) throw new IOException(error.Message, error);
            throw;
        }
    }
}
