using System.Text;

namespace Arauto.Tests.SocketIo.Conformance;

/// <summary>A session of Engine.IO that shows every message as it is; it answers pings and does nothing else by itself.</summary>
public abstract class RawLink : IAsyncDisposable
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The id of the session.</summary>
    public string SessionId { get; protected set; } = "";

    /// <summary>Sends a message: a string with its type digit, or bytes.</summary>
    public abstract Task SendAsync(object message);

    /// <summary>The next message: a string with its type digit, bytes, or <see langword="null"/> if the session is over.</summary>
    public async Task<object?> NextAsync()
    {
        while (true)
        {
            var message = await ReceiveAsync();
            if (message is not "2") return message;
            await SendAsync("3");
        }
    }

    /// <summary>Reads on without answering pings, until the session is over.</summary>
    public async Task FallSilentAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>The next message, pings included.</summary>
    protected abstract Task<object?> ReceiveAsync();

    protected static Uri Address(Uri http, string path, string transport, string? more = null) => new(http, $"{path}?EIO=4&transport={transport}{more}");

    protected static string SessionIdOf(string open)
    {
        Assert.StartsWith("0{", open);
        return System.Text.Json.JsonElement.Parse(Encoding.UTF8.GetBytes(open[1..])).GetProperty("sid").GetString()!;
    }
}
