using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Arauto.Protocol;

/// <summary>
/// Identifies one life of a channel's log. It changes when the log was lost or reset, so that a position taken
/// before is never mistaken for a position in the new log. Text form: 16 lower-case hexadecimal digits.
/// </summary>
/// <param name="Value">The 64 random bits; zero is reserved for "no epoch".</param>
public readonly record struct Epoch(ulong Value)
{
    /// <summary>The absence of an epoch: a channel whose log was never written.</summary>
    public static Epoch None => default;

    /// <summary>Draws a new random epoch; never <see cref="None"/>.</summary>
    public static Epoch Create()
    {
        Span<byte> bytes = stackalloc byte[8];
        ulong value;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            value = BitConverter.ToUInt64(bytes);
        }
        while (value == 0);
        return new Epoch(value);
    }

    /// <summary>Parses the text form.</summary>
    /// <returns><see langword="false"/> if <paramref name="text"/> is not 16 hexadecimal digits.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Epoch epoch)
    {
        epoch = default;
        if (text is not { Length: 16 } || !ulong.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value)) return false;
        epoch = new Epoch(value);
        return true;
    }

    /// <summary>Writes the text form as UTF-8 into <paramref name="destination"/>, which must hold 16 bytes.</summary>
    public void Format(Span<byte> destination) =>
        Utf8Formatter.TryFormat(Value, destination, out _, new System.Buffers.StandardFormat('x', 16));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x16");
}
