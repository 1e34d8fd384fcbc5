using Arauto.Protocol.Frames;
using Arauto.Receipts;
using Arauto.Redis;

namespace Arauto.Stores.Redis;

/// <summary>Delivered and read marks. Those of a room live as long as the room.</summary>
internal sealed class RedisReceiptStore(IRedis redis, RedisKeys keys, RoomActivity activity) : IReceiptStore
{
    private static readonly RedisScript Raise = RedisScript.Embedded(typeof(RedisReceiptStore), "receipts-raise.lua");
    private static readonly RedisScript List = RedisScript.Embedded(typeof(RedisReceiptStore), "receipts-list.lua");

    /// <inheritdoc/>
    public async ValueTask<Receipt?> RaiseAsync(string channel, string user, long delivered, long read, CancellationToken cancellationToken)
    {
        var life = RedisLives.TryGetRoom(channel, out _) ? activity.Life : 0;
        var reply = await redis.AskAsync(
            RedisCommand.Call(Raise, [keys.Receipts(channel), keys.Readers(channel)], [user, Math.Max(0, delivered), Math.Max(0, read), life]), cancellationToken).ConfigureAwait(false);
        return reply.Items.Length == 2 ? new Receipt(user, reply.Items[0].AsInteger(), reply.Items[1].AsInteger()) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Receipt>> ListAsync(string channel, int limit, CancellationToken cancellationToken)
    {
        var reply = await redis.AskAsync(
            RedisCommand.Call(List, [keys.Receipts(channel), keys.Readers(channel)], [limit]), cancellationToken).ConfigureAwait(false);
        var receipts = new List<Receipt>(reply.Items.Length / 2);
        for (var i = 0; i + 1 < reply.Items.Length; i += 2)
        {
            var marks = (reply.Items[i + 1].AsString() ?? "").Split(' ');
            if (marks.Length != 2 || !long.TryParse(marks[0], out var delivered) || !long.TryParse(marks[1], out var read))
                throw new StoreUnavailableException($"The marks of \"{channel}\" in Redis are damaged.");
            receipts.Add(new Receipt(reply.Items[i].AsString()!, delivered, read));
        }
        return receipts;
    }

    /// <inheritdoc/>
    public async ValueTask ResetAsync(string channel, CancellationToken cancellationToken) =>
        await redis.AskAsync(new RedisCommand("DEL", keys.Receipts(channel), keys.Readers(channel)), cancellationToken).ConfigureAwait(false);
}
