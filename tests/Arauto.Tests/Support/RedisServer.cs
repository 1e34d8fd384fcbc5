using System.Runtime.CompilerServices;
using Arauto.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Support;

/// <summary>A real redis-server of its own for a test, with its data on disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly RedisProcess _process;

    private RedisServer(RedisProcess process)
    {
        _process = process;
        Redis = CreateClient();
    }

    /// <summary>The port.</summary>
    public int Port => _process.Port;

    /// <summary>Its address, with all rights.</summary>
    public string Url => $"redis://127.0.0.1:{Port}";

    /// <summary>The address for <c>--redis</c>, with the rights that the documentation says a node needs and no others.</summary>
    public string NodeUrl => $"redis://arauto:PASSWORD@127.0.0.1:{Port}";

    /// <summary>Makes one more user with the rights of a node, until the server stops or the user is deleted.</summary>
    /// <returns>The address for <c>--redis</c>.</returns>
    public async Task<string> AddNodeUserAsync(string name)
    {
        await CommandAsync("ACL", ["SETUSER", name, .. NodeRights().Skip(1).Select(rule => (RedisArg)rule)]);
        return $"redis://{name}:PASSWORD@127.0.0.1:{Port}";
    }

    /// <summary>A client to look in, with which the test is not concerned.</summary>
    public IRedis Redis { get; }

    /// <summary>Starts a server that writes an append-only file.</summary>
    /// <param name="settings">More of its command line: <c>--maxmemory</c>, <c>1mb</c>.</param>
    public static async Task<RedisServer> StartAsync(params string[] settings) =>
        new(await RedisProcess.StartAsync("redis-server", "redis-server", process =>
            ["--port", $"{process.Port}", "--bind", "127.0.0.1", "--dir", process.Folder, "--save", "", "--appendonly", "yes", "--user", .. NodeRights(), .. settings]));

    /// <summary>kill -9. With <c>appendfsync everysec</c> what was answered last may be lost with it; see <see cref="KillAsync"/>.</summary>
    public void Kill() => _process.Kill();

    /// <summary>kill -9 when the system has all that was written: while the disk is busy the server keeps that for itself, and answers all the same.</summary>
    public async Task KillAsync()
    {
        await Eventually.TrueAsync("the system has what was written", async () =>
            (await CommandAsync("INFO", "persistence")).AsString()!.Contains("aof_buffer_length:0\r", StringComparison.Ordinal));
        _process.Kill();
    }

    /// <summary>Starts again after <see cref="Kill"/>, with what was on disk or empty.</summary>
    public Task RestartAsync(bool keepData) => _process.RestartAsync(keepData);

    /// <summary>The server says and does nothing any more; its sockets stay open.</summary>
    public void Pause() => _process.Pause();

    /// <summary>Ends <see cref="Pause"/>.</summary>
    public void Resume() => _process.Resume();

    /// <summary>Cuts every connection that has subscriptions.</summary>
    /// <returns>How many.</returns>
    public async Task<long> KillSubscribersAsync() => (await CommandAsync("CLIENT", "KILL", "TYPE", "pubsub")).AsInteger();

    /// <summary>A client of this server, started. The caller disposes it.</summary>
    /// <param name="prefix">What stands in front of keys and channels; see <see cref="RedisAddress.Prefix"/>.</param>
    public RedisClient CreateClient(string prefix = "") => Connect($"{Url}/{prefix}");

    /// <summary>A client, started. The caller disposes it.</summary>
    public static RedisClient Connect(string url)
    {
        Assert.True(RedisAddress.TryParse(url.TrimEnd('/'), out var address));
        return Connect(new RedisClientOptions { Address = address! });
    }

    /// <summary>A client, started. The caller disposes it.</summary>
    public static RedisClient Connect(RedisClientOptions options)
    {
        var client = new RedisClient(options, TimeProvider.System, NullLogger<RedisClient>.Instance);
        client.Start();
        return client;
    }

    /// <summary>Has the server execute a command, over a connection of its own.</summary>
    public Task<RedisReply> CommandAsync(string name, params RedisArg[] args) => _process.AskAsync(name, args);

    public async ValueTask DisposeAsync()
    {
        await Redis.DisposeAsync();
        await _process.DisposeAsync();
    }

    /// <summary>The user as docs/scaling.md has it, and the channels of Socket.IO as it says in words.</summary>
    private static string[] NodeRights()
    {
        const string Command = "ACL SETUSER ";
        var guide = Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/scaling.md");
        var line = File.ReadLines(guide).Single(line => line.StartsWith(Command, StringComparison.Ordinal));
        return [.. line[Command.Length..].Split(' '), "&socket.io*", "&socket.io#/#*"];
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
