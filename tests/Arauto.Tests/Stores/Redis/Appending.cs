using Arauto.Logs;
using Arauto.Stores;

namespace Arauto.Tests.Stores.Redis;

/// <summary>Short ways to a log, for tests.</summary>
internal static class Appending
{
    public static ValueTask<AppendResult> AppendAsync(this IChannelLog log, string channel, string data = "1", string? key = null, Retention retention = default, DateTimeOffset? now = null)
    {
        var id = Guid.CreateVersion7();
        return log.AppendAsync(
            new AppendRequest
            {
                Channel = channel,
                Event = "n",
                Data = System.Text.Encoding.UTF8.GetBytes(data),
                Timestamp = DateTimeOffset.FromUnixTimeMilliseconds((now ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds()),
                Id = id,
                Key = key,
                CorrelationId = id.ToString(),
                Retention = retention,
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>Appends, or repeats an append; <see langword="null"/> if it is not confirmed.</summary>
    public static async Task<AppendResult?> TryAppendAsync(this IChannelLog log, string channel, string key)
    {
        try
        {
            return await log.AppendAsync(channel, key: key);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    public static ValueTask<LogPage> ReadAsync(this IChannelLog log, string channel, long after = 0, int limit = 100) =>
        log.ReadAfterAsync(channel, after, limit, TestContext.Current.CancellationToken);
}
