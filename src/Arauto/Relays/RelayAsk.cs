using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Arauto.Relays;

/// <summary>A request of a client for the session of another node.</summary>
/// <param name="Kind">What it wants.</param>
/// <param name="Path">The address, as it was mapped.</param>
/// <param name="Session">The session's id.</param>
/// <param name="Headers">Its headers, where the owner's handler may look at them; without those that are secrets.</param>
/// <param name="Body">The body of a POST.</param>
internal sealed record RelayAsk(RelayAskKind Kind, string Path, string Session, IHeaderDictionary Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>What the owner has no use for, or must not be handed around.</summary>
    private static readonly HashSet<string> Withheld = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Authorization, HeaderNames.ProxyAuthorization, HeaderNames.Cookie, HeaderNames.SecWebSocketKey,
    };

    /// <summary>Without headers and body.</summary>
    public static RelayAsk Bare(RelayAskKind kind, string path, string session) => new(kind, path, session, new HeaderDictionary(), default);

    /// <summary>What of a request's headers goes to another node.</summary>
    public static IHeaderDictionary Choose(IHeaderDictionary headers)
    {
        var chosen = new HeaderDictionary(headers.Count);
        foreach (var (name, value) in headers)
            if (!Withheld.Contains(name)) chosen[name] = value;
        return chosen;
    }

    /// <summary>Reads what <see cref="ToRecord"/> wrote.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out RelayAsk ask)
    {
        ask = Bare(default, "", "");
        if (bytes.Length < 2) return false;
        var (kind, headers) = ((RelayAskKind)bytes.Span[0], new HeaderDictionary());
        var rest = bytes[1..];
        if (!TryReadText(ref rest, out var path) || !TryReadText(ref rest, out var session)) return false;
        while (true)
        {
            if (!TryReadText(ref rest, out var name)) return false;
            if (name.Length == 0) break;
            if (!TryReadText(ref rest, out var value)) return false;
            headers.Append(name, value);
        }
        ask = new RelayAsk(kind, path, session, headers, rest);
        return true;
    }

    /// <summary>As a record: kind, path, session, pairs of name and value up to an empty name, body.</summary>
    public byte[] ToRecord(ulong request)
    {
        var length = 1 + Measure(Path) + Measure(Session) + Measure("") + Body.Length;
        foreach (var (name, values) in Headers)
            foreach (var value in values) length += Measure(name) + Measure(value);
        var record = RelayRecord.Create(RelayRecordType.Ask, request, length);
        var rest = record.AsSpan(RelayRecord.HeaderBytes);
        rest[0] = (byte)Kind;
        rest = rest[1..];
        Write(Path, ref rest);
        Write(Session, ref rest);
        foreach (var (name, values) in Headers)
        {
            foreach (var value in values)
            {
                Write(name, ref rest);
                Write(value, ref rest);
            }
        }
        Write("", ref rest);
        Body.Span.CopyTo(rest);
        return record;
    }

    private static int Measure(string? text) => sizeof(int) + Encoding.UTF8.GetByteCount(text ?? "");

    private static void Write(string? text, ref Span<byte> rest)
    {
        var length = Encoding.UTF8.GetBytes(text ?? "", rest[sizeof(int)..]);
        BinaryPrimitives.WriteInt32BigEndian(rest, length);
        rest = rest[(sizeof(int) + length)..];
    }

    private static bool TryReadText(ref ReadOnlyMemory<byte> rest, out string text)
    {
        text = "";
        if (!BinaryPrimitives.TryReadInt32BigEndian(rest.Span, out var length) || length < 0 || length > rest.Length - sizeof(int)) return false;
        text = Encoding.UTF8.GetString(rest.Span.Slice(sizeof(int), length));
        rest = rest[(sizeof(int) + length)..];
        return true;
    }
}
