using System.Text.Json;
using Arauto.Gateways;
using Arauto.Protocols.SocketIo;

namespace Arauto.SocketIo.Cluster;

/// <summary>The parts of messages between nodes that the protocols share. Reading throws for what has the wrong shape; whoever reads a message catches that once.</summary>
internal static class PeerFields
{
    /// <summary>The packet type of an event, which is also that of one with binary.</summary>
    private const int EventPacket = 2;

    /// <summary>Writes the packet of an event.</summary>
    /// <param name="json">The message.</param>
    /// <param name="name">The event.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="ns">The namespace, where the protocol says it here.</param>
    public static void WritePacket(Utf8JsonWriter json, string name, EventArguments arguments, string? ns)
    {
        json.WriteStartObject();
        json.WriteNumber("type"u8, EventPacket);
        json.WritePropertyName("data"u8);
        WriteEvent(json, name, arguments);
        if (ns is not null) json.WriteString("nsp"u8, ns);
        json.WriteEndObject();
    }

    /// <summary>Writes the array of an event: its name, then its arguments.</summary>
    public static void WriteEvent(Utf8JsonWriter json, string name, EventArguments arguments)
    {
        json.WriteStartArray();
        json.WriteStringValue(name);
        for (var i = 0; i < arguments.Count; i++) json.WriteRawValue(arguments.TextOf(i).Span, skipInputValidation: true);
        json.WriteEndArray();
    }

    /// <summary>Writes the first argument, or nothing in its place.</summary>
    public static void WriteValue(Utf8JsonWriter json, ReadOnlySpan<byte> name, EventArguments value)
    {
        json.WritePropertyName(name);
        if (value.Count == 0) json.WriteNullValue();
        else json.WriteRawValue(value.TextOf(0).Span, skipInputValidation: true);
    }

    /// <summary>Writes whom a message is for.</summary>
    /// <param name="json">The message.</param>
    /// <param name="to">Whom.</param>
    /// <param name="flags">Writes the members of the flags; <see langword="null"/> leaves the flags out.</param>
    public static void WriteOptions(Utf8JsonWriter json, Recipients to, Action<Utf8JsonWriter>? flags)
    {
        json.WriteStartObject();
        WriteTexts(json, "rooms"u8, to.Rooms);
        WriteTexts(json, "except"u8, to.Except);
        if (flags is not null)
        {
            json.WriteStartObject("flags"u8);
            flags(json);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Writes how an event is emitted.</summary>
    public static void WriteFlags(Utf8JsonWriter json, BroadcastRequest request)
    {
        if ((request.Flags & EmitFlags.Volatile) != 0) json.WriteBoolean("volatile"u8, true);
        if ((request.Flags & EmitFlags.Uncompressed) != 0) json.WriteBoolean("compress"u8, false);
        if (request.Timeout is { } timeout) json.WriteNumber("timeout"u8, (long)timeout.TotalMilliseconds);
    }

    public static void WriteTexts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>Reads a broadcast.</summary>
    /// <returns><see langword="null"/> if no event of ours can be made of it.</returns>
    public static BroadcastRequest? ReadBroadcast(in PeerText text, string sender, JsonElement packet, JsonElement options)
    {
        var data = packet.GetProperty("data"u8);
        if (data.GetArrayLength() == 0 || Text(data[0]) is not { Length: > 0 } name || ReservedEvents.Contains(name)) return null;
        var flags = Object(options, "flags"u8);
        return new BroadcastRequest(name, text.ArgumentsOf(data, skip: 1), Recipients(options), ReadFlags(flags)) { Sender = sender, Timeout = ReadTimeout(flags) };
    }

    /// <summary>Reads an event for servers.</summary>
    /// <returns><see langword="null"/> if it has no name.</returns>
    public static ServerEventRequest? ReadServerEvent(in PeerText text, string sender, JsonElement data, string? requestId) =>
        data.GetArrayLength() > 0 && Text(data[0]) is { Length: > 0 } name ? new ServerEventRequest(name, text.ArgumentsOf(data, skip: 1)) { Sender = sender, RequestId = requestId } : null;

    /// <summary>Reads whom a message is for.</summary>
    public static Recipients Recipients(JsonElement options) => new(Rooms(options, "rooms"u8), Rooms(options, "except"u8));

    /// <summary>
    /// A member that is a list of rooms to look for. What is no name, such as the null that <c>io.to(undefined)</c> sends, is
    /// a room that nobody is in: left out it would make a list for nobody one for everybody.
    /// </summary>
    /// <exception cref="FormatException">It is no list.</exception>
    public static IReadOnlyList<string> Rooms(JsonElement owner, ReadOnlySpan<byte> name)
    {
        if (!owner.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array) throw new FormatException("Rooms that are no list.");
        return [.. list.EnumerateArray().Select(room => Text(room) ?? Cluster.Recipients.NoRoom)];
    }

    /// <summary>A member that is text, or a number as text: a room may be one.</summary>
    public static string? Text(JsonElement owner, ReadOnlySpan<byte> name) => owner.TryGetProperty(name, out var value) ? Text(value) : null;

    /// <summary>A member that is a list of texts; numbers as texts, other things left out.</summary>
    public static IReadOnlyList<string> Texts(JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(Text).OfType<string>()] : [];

    /// <summary>A member that is an object.</summary>
    public static JsonElement? Object(JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>A member that may be missing.</summary>
    public static JsonElement? Any(JsonElement owner, ReadOnlySpan<byte> name) => owner.TryGetProperty(name, out var value) ? value : null;

    /// <summary>A member that is one of the numbers of an enumeration; <see langword="null"/> if it is missing or another.</summary>
    public static T? Number<T>(JsonElement owner, ReadOnlySpan<byte> name)
        where T : struct, Enum =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && Enum.IsDefined(typeof(T), number) ? (T)Enum.ToObject(typeof(T), number) : null;

    /// <summary>A member that counts.</summary>
    /// <exception cref="FormatException">It does not.</exception>
    public static int Count(JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.GetProperty(name).TryGetInt32(out var count) && count >= 0 ? count : throw new FormatException("A count that is none.");

    /// <summary>Writes the sockets of an answer.</summary>
    public static void WriteSockets(Utf8JsonWriter json, SocketsAnswer answer)
    {
        json.WriteStartArray("sockets"u8);
        foreach (var socket in answer.Sockets) PeerSocketJson.Write(json, socket);
        json.WriteEndArray();
    }

    /// <summary>Reads the sockets of an answer.</summary>
    public static SocketsAnswer ReadSockets(PeerText text, string requestId, JsonElement sockets) =>
        new(requestId, [.. sockets.EnumerateArray().Where(socket => socket.ValueKind == JsonValueKind.Object).Select(socket => PeerSocketJson.Read(text, socket))]);

    /// <summary>Whether an exception says that a message has the wrong shape, or that half of a surrogate pair stands where text is due.</summary>
    public static bool IsMalformed(Exception exception) => exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException or IndexOutOfRangeException;

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private static EmitFlags ReadFlags(JsonElement? flags)
    {
        if (flags is not { } known) return EmitFlags.None;
        var read = EmitFlags.None;
        if (known.TryGetProperty("volatile"u8, out var isVolatile) && isVolatile.ValueKind == JsonValueKind.True) read |= EmitFlags.Volatile;
        if (known.TryGetProperty("compress"u8, out var compress) && compress.ValueKind == JsonValueKind.False) read |= EmitFlags.Uncompressed;
        return read;
    }

    private static TimeSpan? ReadTimeout(JsonElement? flags) =>
        flags is { } known && known.TryGetProperty("timeout"u8, out var timeout) && timeout.ValueKind == JsonValueKind.Number && timeout.TryGetInt64(out var milliseconds) && milliseconds is > 0 and <= int.MaxValue
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;
}
