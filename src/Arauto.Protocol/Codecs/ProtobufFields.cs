using Google.Protobuf;

namespace Arauto.Protocol.Codecs;

/// <summary>Single values of Protocol Buffers frames, as fields.</summary>
internal static class ProtobufFields
{
    /// <summary>A text that must not be empty: proto3 does not tell an empty one from an absent one.</summary>
    public static Field<string> Text(string value) => value.Length == 0 ? default : new(value);

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

    public static ProtocolError NotProtobuf(string message, InvalidProtocolBufferException fault) =>
        new(ErrorCode.InvalidMessage, $"The frame is not one {message} of arauto.v1 in Protocol Buffers: {fault.Message}");
}
