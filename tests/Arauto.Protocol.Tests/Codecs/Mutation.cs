namespace Arauto.Protocol.Tests.Codecs;

/// <summary>Damages valid frames in the ways that get past the first checks of a decoder.</summary>
internal static class Mutation
{
    private static readonly byte[][] Tokens =
    [
        .. new[] { "null", "true", "-1", "1.5", "1e400", "9223372036854775808", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[", "]", "{", "}", ",", ":", "\"", "\\", "{}", "[[[[", " ", "/*x*/" }
            .Select(System.Text.Encoding.UTF8.GetBytes),
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x80], [0x00], [0x08], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],

        // Lengths just below 2^31, with which sums overflow.
        [0xff, 0xff, 0xff, 0xff, 0x07], [0xf0, 0xff, 0xff, 0xff, 0x07], [0x0a, 0xfe, 0xff, 0xff, 0xff, 0x07], [0x12, 0xc0, 0xff, 0xff, 0xff, 0x07],
    ];

    public static byte[] Of(byte[][] valid, Random random)
    {
        var bytes = new List<byte>(valid[random.Next(valid.Length)]);
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 12), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: if (at < bytes.Count) bytes[at] = (byte)random.Next(256); break;
                case 1: if (at < bytes.Count) bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                default:
                    var other = valid[random.Next(valid.Length)];
                    var from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + 20)]);
                    break;
            }
        }
        return [.. bytes];
    }
}
