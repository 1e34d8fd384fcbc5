using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Arauto.Auth;

/// <summary>An issuer's published keys, kept and renewed. Safe for concurrent use.</summary>
/// <remarks>
/// <para>Known keys are found without waiting and stay valid while the issuer is away. A key id that is not known makes
/// the token wait for a fetch that starts after it came; all such tokens share one fetch and fetches are at least
/// <see cref="MinInterval"/> apart, so a flood of invented key ids costs the issuer one request every two seconds.</para>
/// <para>Keys older than <see cref="RenewAfter"/> are renewed in the background by the next token, so that a key that the
/// issuer withdrew stops to count. The library's ConfigurationManager was not taken: while its refresh hangs, tokens with
/// known keys wait for it, and it runs on the wall clock.</para>
/// </remarks>
internal sealed partial class JwksKeys : ISigningKeys, IAsyncDisposable
{
    /// <summary>The least time between the starts of two fetches.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(2);

    /// <summary>The age at which keys are renewed.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan RenewAgainAfter = TimeSpan.FromSeconds(30);
    private readonly Uri _url;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private volatile JwksDocument? _keys;
    private long _renewAt = long.MinValue;
    private Fetch? _fetch;
    private long? _lastStart;

    /// <summary>Creates the keys; nothing is fetched yet.</summary>
    public JwksKeys(Uri url, TimeProvider time, ILogger<JwksKeys> logger)
    {
        _url = url;
        _time = time;
        _logger = logger;
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), MaxAutomaticRedirections = 3, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            Timeout = TimeSpan.FromSeconds(5),
            MaxResponseContentBufferSize = 256 * 1024,
        };
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Algorithms { get; } = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256];

    /// <inheritdoc/>
    public IReadOnlyList<SecurityKey> Find(TokenHeader header)
    {
        if (_keys is not { } keys) return [];
        if (_time.GetTimestamp() >= Volatile.Read(ref _renewAt)) _ = JoinFetch();
        return keys.Find(header);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SecurityKey>?> FetchAsync(TokenHeader header, CancellationToken cancellationToken)
    {
        var asked = _time.GetTimestamp();
        while (true)
        {
            var fetch = JoinFetch();
            var succeeded = await fetch.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (!succeeded) return null;
            var found = _keys!.Find(header);
            // A fetch that was under way when the token came may have been answered before the key was published.
            if (found.Count > 0 || fetch.StartedAt >= asked) return found;
        }
    }

    /// <summary>Fetches the keys ahead of the first token. A failure is logged and tried again when a token comes.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken) => _ = await JoinFetch().Done.WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Task? running;
        lock (_gate) running = _fetch?.Done;
        if (running is not null) await running.ConfigureAwait(false);
        _http.Dispose();
        _stopping.Dispose();
    }

    private Fetch JoinFetch()
    {
        lock (_gate)
        {
            if (_fetch is { Done.IsCompleted: false } running) return running;
            var fetch = new Fetch();
            var delay = _lastStart is { } last ? MinInterval - _time.GetElapsedTime(last) : TimeSpan.Zero;
            fetch.Done = Task.Run(() => RunAsync(fetch, delay));
            return _fetch = fetch;
        }
    }

    /// <returns>Whether keys were read. Never throws.</returns>
    private async Task<bool> RunAsync(Fetch fetch, TimeSpan delay)
    {
        try
        {
            if (delay > TimeSpan.Zero) await Task.Delay(delay, _time, _stopping.Token).ConfigureAwait(false);
            lock (_gate) _lastStart = fetch.StartedAt = _time.GetTimestamp();
            var text = await _http.GetStringAsync(_url, _stopping.Token).ConfigureAwait(false);
            Accept(text);
            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or FormatException or InvalidOperationException or ObjectDisposedException)
        {
            // The old keys stay in use; tokens that they do not fit still ask for a fetch of their own.
            Volatile.Write(ref _renewAt, _time.GetTimestamp() + Ticks(RenewAgainAfter));
            if (!_stopping.IsCancellationRequested) Log.FetchFailed(_logger, _url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped), exception.Message, _keys?.Count ?? 0);
            return false;
        }
    }

    private void Accept(string text)
    {
        var before = _keys;
        if (before?.Text != text)
        {
            var keys = JwksDocument.Parse(text);
            _keys = keys;
            Log.KeysRead(_logger, keys.Count, keys.Skipped);
        }
        Volatile.Write(ref _renewAt, _time.GetTimestamp() + Ticks(RenewAfter));
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private sealed class Fetch
    {
        public Task<bool> Done = null!;
        private long _startedAt = long.MinValue;

        public long StartedAt
        {
            get => Volatile.Read(ref _startedAt);
            set => Volatile.Write(ref _startedAt, value);
        }
    }
}
