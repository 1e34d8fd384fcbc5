namespace Arauto.Redis.Links;

/// <summary>What a server answers to <c>ROLE</c>.</summary>
/// <param name="IsMaster">Whether it takes writes.</param>
/// <param name="Replicas">How many replicas follow it.</param>
/// <param name="Offset">How far its data are.</param>
/// <param name="Confirmed">Up to where the best of its replicas has said that it has them.</param>
internal sealed record ServerRole(bool IsMaster, int Replicas, long Offset, long Confirmed)
{
    /// <summary>Reads the reply: <c>master</c>, the offset, and of each replica its host, port and offset.</summary>
    /// <exception cref="RedisException">It is something else.</exception>
    public static ServerRole Read(RedisReply reply)
    {
        if (reply.Kind != RedisReplyKind.Array || reply.Items.IsEmpty) throw new RedisException("ERR The server's role is not understood.");
        if (!reply.Items[0].Bytes.Span.SequenceEqual("master"u8)) return new ServerRole(false, 0, 0, 0);
        if (reply.Items.Length < 3) throw new RedisException("ERR The master's role is not understood.");
        var replicas = reply.Items[2].Items;
        var confirmed = 0L;
        foreach (var replica in replicas)
            if (replica.Items.Length > 2) confirmed = Math.Max(confirmed, replica.Items[2].AsInteger());
        return new ServerRole(true, replicas.Length, reply.Items[1].AsInteger(), confirmed);
    }
}
