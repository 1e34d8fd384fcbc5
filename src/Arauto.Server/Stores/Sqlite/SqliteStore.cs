using Arauto.Auth;
using Arauto.Logs;
using Arauto.Protocol;
using Arauto.Receipts;
using Arauto.Rooms;
using Arauto.Stores;
using Microsoft.Data.Sqlite;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>The embedded store: one SQLite file, one thread that writes in groups, a few connections that read.</summary>
/// <remarks>Several processes may use the same file on one machine. Members other than <see cref="OpenAsync"/> need an open store.</remarks>
internal sealed partial class SqliteStore : IStore
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OpenRetryInterval = TimeSpan.FromMilliseconds(50);

    private readonly SqliteStoreOptions _options;
    private readonly SqliteConnector _connector;
    private readonly TimeProvider _time;
    private readonly ILogger<SqliteStore> _logger;
    private readonly CancellationTokenSource _closing = new();
    private Opened? _opened;
    private Task _sweeping = Task.CompletedTask;
    private bool _disposed;

    public SqliteStore(SqliteStoreOptions options, TimeProvider time, ILogger<SqliteStore> logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.IdempotencyWindow, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.BusyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PendingWrites, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PendingBytes, 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PendingReads, 1);
        _options = options;
        _time = time;
        _logger = logger;
        _connector = new SqliteConnector(options.Path, options.BusyTimeout);
    }

    public string Name => "sqlite";

    public IChannelLog Log => Parts.Log;

    public IRoomStore Rooms => Parts.Rooms;

    public IReceiptStore Receipts => Parts.Receipts;

    public IRevocationStore Revocations => Parts.Revocations;

    internal SqliteWriter Writer => Parts.Writer;

    private Opened Parts => _opened ?? throw new InvalidOperationException("The store is not open.");

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (_opened is not null) throw new InvalidOperationException("The store is open already.");
        _opened = await OpenPatientlyAsync(cancellationToken);
        _sweeping = SweepAsync();
        Events.Opened(_logger, _connector.Path, SqliteSchema.Latest);
    }

    /// <remarks>Writes, because a full disk still reads well.</remarks>
    /// <inheritdoc/>
    public async ValueTask CheckAsync(CancellationToken cancellationToken) => await Parts.Writer.WriteAsync(
        session => session.Prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('checked_at', $1)", 1).Execute(session.Now),
        cancellationToken).AsTask().WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _closing.CancelAsync();
        await _sweeping;
        if (_opened is { } parts)
        {
            // The writer last: closing the last connection that can write moves the WAL into the database.
            await parts.Readers.DisposeAsync();
            await parts.Writer.DisposeAsync();
        }

        _closing.Dispose();
    }

    /// <summary>While others write, or one repairs what a killed one left, some steps of opening are refused at once whatever the time-out.</summary>
    private async Task<Opened> OpenPatientlyAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            try
            {
                return await Task.Run(Open, cancellationToken);
            }
            catch (StoreUnavailableException e) when (SqliteFailure.IsHeldByOther(e) && _time.GetElapsedTime(started) < OpenPatience)
            {
                await Task.Delay(OpenRetryInterval, _time, cancellationToken);
            }
        }
    }

    private Opened Open()
    {
        SqliteConnection? connection = null;
        try
        {
            _connector.CreateFile();
            connection = _connector.OpenWriter();
            SqliteSchema.Apply(connection, _connector.Path, _time.GetUtcNow());
            using var baseEpoch = new SqliteStatement(connection, "SELECT value FROM meta WHERE key = 'base_epoch'");
            var epoch = new Epoch(unchecked((ulong)baseEpoch.QueryInteger()!.Value));
            var writer = new SqliteWriter(new WriterSession(connection, _time), _connector, _options, _time, _logger);
            var readers = new SqliteReaders(_connector, _options.PendingReads);
            return new Opened(
                writer,
                readers,
                new SqliteChannelLog(writer, readers, epoch, _options.IdempotencyWindow),
                new SqliteRoomStore(writer, readers),
                new SqliteReceiptStore(writer, readers),
                new SqliteRevocationStore(writer, readers));
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException or StoreUnavailableException)
        {
            connection?.Dispose();
            throw SqliteFailure.ToUnavailable(exception, _connector.Path);
        }
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(SweepInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_closing.Token)) await SweepOnceAsync();
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task SweepOnceAsync()
    {
        try
        {
            while (await Parts.Writer.WriteAsync(new SweepOperation(), _closing.Token))
            {
            }
        }
        catch (StoreUnavailableException exception)
        {
            Events.SweepFailed(_logger, exception.Message);
        }
    }

    private sealed record Opened(
        SqliteWriter Writer,
        SqliteReaders Readers,
        IChannelLog Log,
        IRoomStore Rooms,
        IReceiptStore Receipts,
        IRevocationStore Revocations);
}
