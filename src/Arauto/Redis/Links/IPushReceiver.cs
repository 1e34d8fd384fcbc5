namespace Arauto.Redis.Links;

/// <summary>Takes what a server pushes and nobody asked for.</summary>
internal interface IPushReceiver
{
    /// <summary>Called on the thread that reads; the last item is the receiver's to keep, the others are good during the call only.</summary>
    void OnPush(ReadOnlySpan<RedisReply> push);
}
