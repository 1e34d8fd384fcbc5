using System.Net;
using System.Text;

namespace Arauto.Tests.SocketIo.Conformance;

/// <summary>A session by polling: one POST per message, one GET at a time.</summary>
internal sealed class PollingLink : RawLink
{
    private const char Separator = '\x1e';

    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly Queue<string> _received = new();
    private Uri _address = null!;

    public static async Task<RawLink> OpenAsync(Uri http, string path)
    {
        var link = new PollingLink();
        var open = await link._http.GetStringAsync(Address(http, path, "polling"));
        link.SessionId = SessionIdOf(open);
        link._address = Address(http, path, "polling", $"&sid={link.SessionId}");
        return link;
    }

    public override Task SendAsync(object message) => SendAllAsync(message);

    /// <summary>Sends messages in one POST.</summary>
    public async Task SendAllAsync(params object[] messages)
    {
        var payload = string.Join(Separator, messages.Select(message => message as string ?? "b" + Convert.ToBase64String((byte[])message)));
        // What is refused ends the session, which the next GET shows.
        using var response = await _http.PostAsync(_address, new StringContent(payload, Encoding.UTF8, "text/plain"));
    }

    /// <summary>The packets of one GET; none if the session is over.</summary>
    public async Task<string[]> PollAsync()
    {
        using var response = await _http.GetAsync(_address);
        return response.StatusCode == HttpStatusCode.OK ? (await response.Content.ReadAsStringAsync()).Split(Separator) : [];
    }

    public override ValueTask DisposeAsync()
    {
        _http.Dispose();
        return default;
    }

    protected override async Task<object?> ReceiveAsync()
    {
        if (_received.Count == 0)
            foreach (var packet in await PollAsync()) _received.Enqueue(packet);
        if (_received.Count == 0) return null;
        var next = _received.Dequeue();
        if (next is "1") return null;
        return next.StartsWith('b') ? Convert.FromBase64String(next[1..]) : next is "6" ? await ReceiveAsync() : next;
    }
}
