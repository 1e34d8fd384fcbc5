using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Arauto.Tests.Redis;

/// <summary>Plays a server that misbehaves. What the script leaves alone is answered as a well-behaved master would.</summary>
internal sealed class ScriptedRedis : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<ScriptedPeer, string[], Task<bool>> _script;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;
    private int _connections;

    /// <param name="script">Gets every command; says whether it has dealt with it.</param>
    public ScriptedRedis(Func<ScriptedPeer, string[], Task<bool>> script)
    {
        _script = script;
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public string Url => $"redis://127.0.0.1:{Port}";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections there were.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_serving);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                var number = Interlocked.Increment(ref _connections);
                _serving.Add(Task.Run(() => ServeAsync(new ScriptedPeer(socket, number))));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(ScriptedPeer peer)
    {
        try
        {
            while (await peer.ReadCommandAsync(_stopping.Token) is { } command)
                if (!await _script(peer, command)) await peer.SendAsync(Answer(command));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or SocketException)
        {
            // The test is over, or the client has gone.
        }
        finally
        {
            peer.Dispose();
        }
    }

    private static string Answer(string[] command) => command switch
    {
        ["HELLO", ..] => "%1\r\n+proto\r\n:3\r\n",
        ["INFO", ..] => "$23\r\nrun_id:0123456789abcdef\r\n",
        ["ROLE"] => "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n",
        ["PING"] => "+PONG\r\n",
        ["CLIENT", "INFO"] => "+id=1\r\n",
        ["SUBSCRIBE", var topic] => $">3\r\n+subscribe\r\n${topic.Length.ToString(CultureInfo.InvariantCulture)}\r\n{topic}\r\n:1\r\n",
        _ => "+OK\r\n",
    };
}
