namespace Arauto.MessagePack;

/// <summary>One value, or the head of an array or a map.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Integer">An integer; of an unsigned one its bits; of a boolean 0 or 1; of a timestamp milliseconds since 1970; of an array or a map the number of elements or pairs.</param>
/// <param name="Float">A floating-point number.</param>
/// <param name="Bytes">The bytes of a text or a binary value, a part of what is read.</param>
internal readonly record struct MessagePackValue(MessagePackKind Kind, long Integer = 0, double Float = 0, ReadOnlyMemory<byte> Bytes = default);
