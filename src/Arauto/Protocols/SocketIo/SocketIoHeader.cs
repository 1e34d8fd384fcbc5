using System.Buffers.Text;
using System.Text;

namespace Arauto.Protocols.SocketIo;

/// <summary>What stands before the JSON of a packet: <c>&lt;type&gt;[&lt;attachments&gt;-][&lt;namespace&gt;,][&lt;ack id&gt;]</c>.</summary>
internal readonly ref struct SocketIoHeader
{
    /// <summary>2^53-1: the largest integer that JavaScript's numbers hold exactly.</summary>
    private const long MaxId = 9007199254740991;

    public SocketIoPacketKind Kind { get; private init; }

    public int Attachments { get; private init; }

    public string Namespace { get; private init; }

    public long? Id { get; private init; }

    /// <summary>What follows: JSON, or nothing.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <returns>The rule that is broken, or <see langword="null"/>.</returns>
    public static string? TryRead(ReadOnlySpan<byte> text, int maxAttachments, out SocketIoHeader header)
    {
        header = default;
        if (text.IsEmpty) return "empty packet";
        var kind = (SocketIoPacketKind)(text[0] - (byte)'0');
        if (!Enum.IsDefined(kind)) return "unknown packet type";
        var rest = text[1..];
        var attachments = 0;
        if (kind is SocketIoPacketKind.BinaryEvent or SocketIoPacketKind.BinaryAck)
        {
            var dash = rest.IndexOf((byte)'-');
            if (dash < 0 || !IsInteger(rest[..dash], out var count) || count < 1) return "number of attachments";
            if (count > maxAttachments) return "too many attachments";
            attachments = (int)count;
            rest = rest[(dash + 1)..];
        }
        var name = ReadNamespace(ref rest);
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0) digits = rest.Length;
        long? id = null;
        if (digits > 0)
        {
            if (!IsInteger(rest[..digits], out var value)) return "id too large";
            id = value;
        }
        header = new SocketIoHeader { Kind = kind, Attachments = attachments, Namespace = name, Id = id, Payload = rest[digits..] };
        return null;
    }

    private static string ReadNamespace(ref ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty || rest[0] != '/') return "/";
        var comma = rest.IndexOf((byte)',');
        var name = comma < 0 ? rest : rest[..comma];
        rest = comma < 0 ? default : rest[(comma + 1)..];
        return name.Length == 1 ? "/" : Encoding.UTF8.GetString(name);
    }

    private static bool IsInteger(ReadOnlySpan<byte> digits, out long value) =>
        Utf8Parser.TryParse(digits, out value, out var read) && read == digits.Length && value is >= 0 and <= MaxId && digits[0] is >= (byte)'0' and <= (byte)'9';
}
