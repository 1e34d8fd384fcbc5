using System.Security.Cryptography;
using System.Text;
using Arauto.Channels;
using Arauto.Protocol;

namespace Arauto.SocketIo;

/// <summary>Which channel a room is.</summary>
internal static class RoomName
{
    /// <summary>The prefix of channels that are rooms and nothing else.</summary>
    public const string Prefix = "io:";

    private const int MaxLength = 1024;

    /// <summary>Refuses what cannot be a room.</summary>
    public static string Check(string room)
    {
        ArgumentException.ThrowIfNullOrEmpty(room);
        if (room.Length > MaxLength) throw new ArgumentException($"A room's name has at most {MaxLength} characters.", nameof(room));
        return room;
    }

    /// <summary>The channel of all sockets of a namespace.</summary>
    public static string OfAll(string ns) => Prefix + Escape(ns);

    /// <summary>A room with a rule of its own is the channel of that name, which others share; any other is of its namespace.</summary>
    public static string ChannelOf(string ns, string room, ChannelRules rules) =>
        ChannelName.IsValid(room) && !room.StartsWith(Prefix, StringComparison.Ordinal) && rules.TryFind(room, out _) ? room : $"{OfAll(ns)}:{Escape(room)}";

    /// <summary>Any text as part of a channel's name; one that would be too long by its hash.</summary>
    private static string Escape(string text)
    {
        if (text.Length <= 100 && IsPlain(text)) return text;
        var escaped = Uri.EscapeDataString(text).Replace("*", "%2A", StringComparison.Ordinal);
        // The tilde stands for itself in escaped text, never in front of 43 characters of a hash alone.
        return escaped.Length <= 100 ? escaped : "~" + System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '/')) return false;
        return true;
    }
}
