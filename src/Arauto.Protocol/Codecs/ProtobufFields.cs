using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Arauto.Protocol.Codecs;

/// <summary>Single values of Protocol Buffers frames, as fields.</summary>
internal static class ProtobufFields
{
    /// <summary>A text that must not be empty: proto3 does not tell an empty one from an absent one.</summary>
    public static Field<string> Text(string value) => value.Length == 0 ? default : new(value);

    /// <summary>
    /// A text of a client. The parser puts U+FFFD where the bytes are not UTF-8, without a word; names and keys that
    /// were damaged so must not be taken for good ones.
    /// </summary>
    public static Field<string> Checked(string value) => value.Contains('\uFFFD') ? new(FieldState.NotUnicode) : new(value);

    /// <summary>A text of a client that must not be empty.</summary>
    public static Field<string> Required(string value) => value.Length == 0 ? default : Checked(value);

    public static Field<long> Unsigned(ulong value) => value <= long.MaxValue ? new((long)value) : new(FieldState.Mistyped);

    public static Field<Guid> Guid(string value)
    {
        if (value.Length == 0) return default;
        return System.Guid.TryParseExact(value, "D", out var id) ? new(id) : new(FieldState.Mistyped);
    }

    public static Field<DateTimeOffset> Time(long milliseconds) =>
        milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds))
            : new(FieldState.Mistyped);

    /// <summary>Parses one message; whatever the bytes are, the result is a message or an error.</summary>
    /// <remarks>
    /// Google.Protobuf 3.25 adds lengths without looking for overflow: one just below 2^31 makes the parser run off the end
    /// of the frame, which the bounds checks of spans turn into the two exceptions that it does not document.
    /// </remarks>
    public static bool TryParse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out T? message, [NotNullWhen(false)] out ProtocolError? error)
        where T : class, IMessage<T>
    {
        message = null;
        error = null;
        try
        {
            message = parser.ParseFrom(bytes);
            return true;
        }
        catch (Exception fault) when (fault is InvalidProtocolBufferException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            var reason = fault is InvalidProtocolBufferException ? fault.Message : "A length points past the end of the frame.";
            error = new ProtocolError(ErrorCode.InvalidMessage, $"The frame is not one {typeof(T).Name} of arauto.v1 in Protocol Buffers: {reason}");
            return false;
        }
    }
}
