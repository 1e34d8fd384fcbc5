using System.Globalization;
using System.Text;

namespace Arauto.Redis.Links;

/// <summary>Asks the server what it has this connection subscribed to; replies are in order, so both sides must say the same.</summary>
internal sealed class PendingClientInfo(int[] confirmed, long deadline) : PendingReply(ClientInfo, deadline)
{
    private static readonly RedisCommand ClientInfo = new("CLIENT", "INFO");
    private static readonly string[] Fields = ["sub=", "psub=", "ssub="];

    /// <inheritdoc/>
    public override void Answer(RedisConnection connection, RedisReply reply)
    {
        // A server that does not know the command, or keeps it from the user, cannot be asked; that it spoke is enough.
        if (reply.Kind != RedisReplyKind.Text) return;
        foreach (var field in Encoding.UTF8.GetString(reply.Bytes.Span).Split(' '))
        {
            var kind = Array.FindIndex(Fields, name => field.StartsWith(name, StringComparison.Ordinal));
            if (kind < 0 || !int.TryParse(field.AsSpan(Fields[kind].Length), CultureInfo.InvariantCulture, out var count) || count == confirmed[kind]) continue;
            connection.Close($"the server has {Fields[kind]}{count} where {confirmed[kind]} were confirmed");
        }
    }

    /// <inheritdoc/>
    public override void Fail(RedisUnavailableException reason)
    {
        // Nobody waits for it: a server that stays silent is noticed by its silence.
    }
}
