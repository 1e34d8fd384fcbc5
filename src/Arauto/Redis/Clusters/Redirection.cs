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
    /// <returns><see langword="null"/> if it is another error.</returns>
    public static Redirection? Read(RedisException error, DnsEndPoint asked)
    {
        var isAsk = error.Code == "ASK";
        if (!isAsk && error.Code != "MOVED") return null;
        var words = error.Message.Split(' ');
        if (words.Length < 3 || !int.TryParse(words[1], out var slot) || slot is < 0 or >= HashSlot.Count) return null;
        var colon = words[2].LastIndexOf(':');
        if (colon < 0 || !int.TryParse(words[2].AsSpan(colon + 1), out var port) || port is < 1 or > 65535) return null;
        return new Redirection(slot, new DnsEndPoint(colon == 0 ? asked.Host : words[2][..colon], port), isAsk);
    }
}
