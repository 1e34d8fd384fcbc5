using System.Text;
using System.Text.Json;
using Arauto.Gateways.Arguments;

namespace Arauto.Protocols.SocketIo;

/// <summary>The JSON array of a packet: the name of an event, then its arguments.</summary>
internal static class ArgumentArray
{
    /// <summary>Takes the first element off an event's array.</summary>
    /// <returns>The rule that is broken, or <see langword="null"/>.</returns>
    public static string? TakeName(ref byte[] array, out string? name)
    {
        name = null;
        var reader = new Utf8JsonReader(array, ArgumentText.Trusted);
        reader.Read();
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.EndArray: return "event without a name";
            case JsonTokenType.Number: name = Encoding.UTF8.GetString(reader.ValueSpan); break;
            case JsonTokenType.String when TryGetString(ref reader, out name): break;
            default: return "name of the event";
        }
        if (ReservedEvents.Contains(name!)) return "reserved event";
        var rest = array.AsSpan((int)reader.BytesConsumed..);
        var comma = rest.IndexOf((byte)',');
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            array = "[]"u8.ToArray();
            return null;
        }
        // Only space can stand between the name and its comma, whose place the bracket takes.
        array = rest[comma..].ToArray();
        array[0] = (byte)'[';
        return null;
    }

    private static bool TryGetString(ref Utf8JsonReader reader, out string? text)
    {
        try
        {
            text = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair as an escape.
            text = null;
            return false;
        }
    }
}
