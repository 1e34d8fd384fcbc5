using System.Net;
using System.Text;
using Arauto.Redis.Links;
using Microsoft.Extensions.Logging;

namespace Arauto.Redis.Sentinels;

/// <summary>The master that Sentinels name. Of the answers of more than half the newest configuration counts, since those that were cut off may still name a master of the past.</summary>
internal sealed class SentinelLocator : IServerLocator, IRedisTopicHandler
{
    private static readonly RedisTopic SwitchMaster = RedisTopic.Exact("+switch-master");

    private readonly string _master;
    private readonly IReadOnlyList<DnsEndPoint> _sentinels;
    private readonly RedisConnector _connector;
    private readonly List<PushLink> _watches = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Action<DnsEndPoint>? _moved;
    private Task _looking = Task.CompletedTask;

    public SentinelLocator(RedisClientOptions options, TimeProvider time, ILogger logger)
    {
        _master = options.Address.MasterName!;
        _sentinels = options.Address.Hosts;
        _connector = new RedisConnector(options, time);
        foreach (var sentinel in _sentinels)
            _watches.Add(new PushLink(new FixedServer(sentinel), _connector.OpenSentinelAsync, options, time, logger) { Name = "Sentinel" });
    }

    /// <inheritdoc/>
    public async ValueTask<DnsEndPoint> LocateAsync(CancellationToken cancellationToken)
    {
        var answers = await AskMostAsync(cancellationToken).ConfigureAwait(false);
        var naming = answers.Count(answer => answer.Master is not null);
        if (naming > _sentinels.Count / 2) return answers.MaxBy(answer => answer.Epoch).Master!;
        var names = naming == 0 ? "No Sentinel names" : $"Only {naming} of {_sentinels.Count} Sentinels name";
        throw new RedisUnavailableException($"{names} the master {_master}: {string.Join(' ', answers.Select(answer => answer.Trouble))}");
    }

    /// <inheritdoc/>
    public void Start(Action<DnsEndPoint> moved)
    {
        _moved = moved;
        foreach (var watch in _watches)
        {
            watch.Subscribe(SwitchMaster, this);
            watch.Start();
        }
    }

    /// <inheritdoc/>
    public void OnMessage(string channel, ReadOnlyMemory<byte> payload)
    {
        // The name, the old address and port, the new ones.
        var words = Encoding.UTF8.GetString(payload.Span).Split(' ');
        if (words.Length == 5 && words[0] == _master && int.TryParse(words[4], out var port)) _moved?.Invoke(new DnsEndPoint(words[3], port));
    }

    /// <summary>A switch may have been missed: looks again.</summary>
    public void OnSubscribed()
    {
        lock (_gate)
        {
            if (_looking.IsCompleted) _looking = Task.Run(LookAsync);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var watch in _watches) await watch.DisposeAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task LookAsync()
    {
        try
        {
            _moved?.Invoke(await LocateAsync(_stopping.Token).ConfigureAwait(false));
        }
        catch (Exception e) when (e is RedisUnavailableException or OperationCanceledException)
        {
            // The links ask for themselves when they lose their server.
        }
    }

    /// <summary>Asks all at once, and waits for more than half: one that is away must not hold up a fail-over.</summary>
    private async Task<List<Answer>> AskMostAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answers = new List<Answer>();
        var asked = _sentinels.Select(sentinel => AskAsync(sentinel, enough.Token)).ToArray();
        await foreach (var answer in Task.WhenEach(asked).ConfigureAwait(false))
        {
            if (!answer.IsCompletedSuccessfully) continue;
            answers.Add(await answer.ConfigureAwait(false));
            if (answers.Count(known => known.Master is not null) > _sentinels.Count / 2) await enough.CancelAsync().ConfigureAwait(false);
        }
        cancellationToken.ThrowIfCancellationRequested();
        return answers;
    }

    private async Task<Answer> AskAsync(DnsEndPoint sentinel, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _connector.OpenSentinelAsync(sentinel, pushes: null, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false)) return await AskAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisUnavailableException or RedisException)
        {
            return new Answer(null, long.MinValue, e.Message);
        }
    }

    /// <summary>The address during a fail-over is that of the first command, how new it is says the second.</summary>
    private async Task<Answer> AskAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        var addressAsked = connection.ExecuteAsync(new RedisCommand("SENTINEL", "get-master-addr-by-name", _master), cancellationToken);
        var stateAsked = connection.ExecuteAsync(new RedisCommand("SENTINEL", "master", _master), cancellationToken);
        await Task.WhenAll(addressAsked, stateAsked).ConfigureAwait(false);
        var address = await addressAsked.ConfigureAwait(false);
        if (address.Items.Length != 2) return new Answer(null, long.MinValue, $"{connection.Host.Host}:{connection.Host.Port} does not know it.");
        var host = new DnsEndPoint(address.Items[0].AsString() ?? "", (int)address.Items[1].AsInteger());
        return new Answer(host, ReadEpoch(await stateAsked.ConfigureAwait(false)), null);
    }

    private static long ReadEpoch(RedisReply state)
    {
        for (var i = 0; i + 1 < state.Items.Length; i += 2)
            if (state.Items[i].Bytes.Span.SequenceEqual("config-epoch"u8)) return state.Items[i + 1].AsInteger();
        return 0;
    }

    private readonly record struct Answer(DnsEndPoint? Master, long Epoch, string? Trouble);
}
