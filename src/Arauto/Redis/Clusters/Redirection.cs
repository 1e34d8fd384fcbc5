using System.Net;

namespace Arauto.Redis.Clusters;

/// <summary>A server's answer that another one has the slot.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Host">Who has it.</param>
/// <param name="IsAsk">Whether only this command goes there, while the slot is on its way (<c>ASK</c>, else <c>MOVED</c>).</param>
internal sealed record Redirection(int Slot, DnsEndPoint Host, bool IsAsk)
{
    /// <summary>Reads <c>MOVED 3999 127.0.0.1:6381</c>.</summary>
    /// <param name="error">The error.</param>
    /// <param name="asked">The server that answered; its host counts where the answer names none.</param>
    /// <exception cref="RedisUnavailableException">It does not say where.</exception>
    public static Redirection Read(RedisException error, DnsEndPoint asked)
    {
        var words = error.Message.Split(' ');
        var colon = words.Length < 3 ? -1 : words[2].LastIndexOf(':');
        if (colon < 0 || !int.TryParse(words[1], out var slot) || slot is < 0 or >= HashSlot.Count
            || !int.TryParse(words[2].AsSpan(colon + 1), out var port) || port is < 1 or > 65535)
            throw new RedisUnavailableException($"Redis at {asked.Host}:{asked.Port} points nowhere: {error.Message}", error);
        return new Redirection(slot, new DnsEndPoint(colon == 0 ? asked.Host : words[2][..colon], port), error.Code == "ASK");
    }
}
