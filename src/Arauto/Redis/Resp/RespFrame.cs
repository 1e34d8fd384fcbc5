namespace Arauto.Redis.Resp;

/// <summary>What a server sends at a time.</summary>
/// <param name="Reply">The reply. Of a push, only the last item is the receiver's to keep; the rest is good until the next read.</param>
/// <param name="IsPush">Whether it was pushed rather than asked for.</param>
internal readonly record struct RespFrame(RedisReply Reply, bool IsPush);
