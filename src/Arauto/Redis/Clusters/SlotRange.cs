using System.Net;

namespace Arauto.Redis.Clusters;

/// <summary>Slots in a row that one master has.</summary>
/// <param name="First">The first slot.</param>
/// <param name="Last">The last one.</param>
/// <param name="Master">Who has them.</param>
internal readonly record struct SlotRange(int First, int Last, DnsEndPoint Master)
{
    /// <summary>Reads the reply of <c>CLUSTER SLOTS</c>: first and last slot, the master, its replicas.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="asked">The server that answered; its host counts where the reply names none.</param>
    /// <exception cref="RedisException">It is something else, or nothing: a node that was reset, or has joined nobody yet, knows of none.</exception>
    public static List<SlotRange> Read(RedisReply reply, DnsEndPoint asked)
    {
        if (reply.Items.IsEmpty) throw new RedisException("ERR It knows of no slots.");
        var ranges = new List<SlotRange>(reply.Items.Length);
        foreach (var range in reply.Items)
        {
            if (range.Items.Length < 3 || range.Items[2].Items.Length < 2) throw new RedisException("ERR A range of slots is not understood.");
            var (first, last) = (range.Items[0].AsInteger(), range.Items[1].AsInteger());
            if (first < 0 || last >= HashSlot.Count || first > last) throw new RedisException($"ERR The slots {first} to {last} do not exist.");
            var host = range.Items[2].Items[0].AsString();
            var port = range.Items[2].Items[1].AsInteger();
            if (port is < 1 or > 65535) throw new RedisException($"ERR There is no port {port}.");
            ranges.Add(new SlotRange((int)first, (int)last, new DnsEndPoint(host is null or "" or "?" ? asked.Host : host, (int)port)));
        }
        return ranges;
    }
}
