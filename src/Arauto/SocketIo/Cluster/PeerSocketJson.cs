using System.Globalization;
using System.Text.Json;
using Arauto.Gateways;

namespace Arauto.SocketIo.Cluster;

/// <summary>A <see cref="PeerSocket"/> as servers of Socket.IO write it.</summary>
internal static class PeerSocketJson
{
    public static void Write(Utf8JsonWriter json, PeerSocket socket)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, socket.Id);
        json.WriteString("user"u8, socket.User);
        WriteHandshake(json, socket.Handshake);
        PeerFields.WriteTexts(json, "rooms"u8, socket.Rooms);
        json.WriteStartObject("data"u8);
        foreach (var (name, value) in socket.Data)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <remarks>Binary in its data, which servers on Node.js may send, becomes base64 text, as ours write it.</remarks>
    /// <exception cref="FormatException">It has no id.</exception>
    public static PeerSocket Read(PeerText text, JsonElement socket)
    {
        var id = PeerFields.Text(socket, "id"u8) ?? throw new FormatException("A socket without an id.");
        var data = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (PeerFields.Object(socket, "data"u8) is { } notes)
            foreach (var note in notes.EnumerateObject()) data[note.Name] = text.InlineOf(note.Value);
        return new PeerSocket(id, PeerFields.Text(socket, "user"u8) ?? id, ReadHandshake(PeerFields.Object(socket, "handshake"u8)), PeerFields.Texts(socket, "rooms"u8), data);
    }

    private static void WriteHandshake(Utf8JsonWriter json, Handshake handshake)
    {
        json.WriteStartObject("handshake"u8);
        WriteTexts(json, "headers"u8, handshake.Headers);
        json.WriteString("time"u8, handshake.Time.UtcDateTime.ToString("R", CultureInfo.InvariantCulture));
        json.WriteString("address"u8, handshake.Address);
        json.WriteBoolean("xdomain"u8, handshake.XDomain);
        json.WriteBoolean("secure"u8, handshake.Secure);
        json.WriteNumber("issued"u8, handshake.Time.ToUnixTimeMilliseconds());
        json.WriteString("url"u8, handshake.Url);
        WriteTexts(json, "query"u8, handshake.Query);
        json.WriteStartObject("auth"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts) json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static Handshake ReadHandshake(JsonElement? handshake)
    {
        if (handshake is not { } known) return new Handshake("", default, new HandshakePicture(""));
        var issued = known.TryGetProperty("issued"u8, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : default;
        return new Handshake(PeerFields.Text(known, "address"u8) ?? "", issued, new HandshakePicture(PeerFields.Text(known, "url"u8) ?? "")
        {
            Headers = ReadTexts(PeerFields.Object(known, "headers"u8), StringComparer.OrdinalIgnoreCase),
            Query = ReadTexts(PeerFields.Object(known, "query"u8), StringComparer.Ordinal),
            Auth = PeerFields.Object(known, "auth"u8)?.Clone() ?? HandshakePicture.NoAuth,
            Secure = known.TryGetProperty("secure"u8, out var secure) && secure.ValueKind == JsonValueKind.True,
        });
    }

    private static Dictionary<string, string> ReadTexts(JsonElement? texts, StringComparer comparer)
    {
        var read = new Dictionary<string, string>(comparer);
        foreach (var member in texts?.EnumerateObject() ?? default) read[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
        return read;
    }
}
