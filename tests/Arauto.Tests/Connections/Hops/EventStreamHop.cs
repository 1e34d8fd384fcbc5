using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Arauto.Tests.Support;

namespace Arauto.Tests.Connections.Hops;

/// <summary>Server-Sent Events. Half of the stays remember each message's own cursor, half the stream's <c>id:</c>, as an EventSource would.</summary>
internal sealed class EventStreamHop(INode node, string user, Random random) : Hop
{
    private readonly HttpClient _http = node.Client(user);
    private readonly bool _byId = random.Next(2) == 0;
    private StreamReader? _reader;

    public override async Task OpenAsync(ClientPlace place)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/events?channels={string.Join(',', place.Channels)}{(_byId ? "" : $"&since={place.Since}")}");
        if (_byId && !place.Since.Contains(',', StringComparison.Ordinal)) request.Headers.Add("Last-Event-ID", place.Since);
        else if (_byId) request.RequestUri = new Uri($"{request.RequestUri}&since={place.Since}", UriKind.Relative);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var timeout = new CancellationTokenSource(WireClient.Deadline);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        _reader = new StreamReader(await response.Content.ReadAsStreamAsync(timeout.Token));
    }

    public override async Task<int> TakeAsync(ClientPlace place)
    {
        string? id = null;
        while (true)
        {
            using var timeout = new CancellationTokenSource(WireClient.Deadline);
            var line = await _reader!.ReadLineAsync(timeout.Token);
            Assert.NotNull(line);
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            // The greeting's id, and nothing else: the place of all channels at the start.
            if (line.Length == 0 && id is not null && _byId) place.MoveAll(id);
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            var frame = JsonNode.Parse(line[6..])!.AsObject();
            if (!IsMessage(frame)) continue;
            place.Take(frame);
            if (_byId) place.MoveAll(id!);
            return 1;
        }
    }

    public override ValueTask DisposeAsync()
    {
        _reader?.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
