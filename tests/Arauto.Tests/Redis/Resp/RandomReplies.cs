using System.Text;

namespace Arauto.Tests.Redis.Resp;

/// <summary>Random replies: the bytes, and what they mean.</summary>
internal sealed class RandomReplies(Random random)
{
    /// <summary>A reply or a push.</summary>
    public (string Wire, string Shown) Next()
    {
        if (random.Next(4) > 0) return Value(0);
        var (wire, shown) = Items(random.Next(1, 12), 1);
        return ($">{wire}", $">[{shown}]");
    }

    private (string Wire, string Shown) Value(int depth)
    {
        switch (random.Next(depth > 4 ? 10 : 14))
        {
            case 0: return ("$-1\r\n", "null");
            case 1: return ("_\r\n", "null");
            case 2: return ($"+{Word()}\r\n" is var simple ? simple : "", $"'{simple[1..^2]}'");
            case 3: return ($"-ERR {Word()}\r\n" is var error ? error : "", $"!'{error[1..^2]}'");
            case 4: return random.Next(2) == 0 ? ("#t\r\n", "1") : ("#f\r\n", "0");
            case 5: return (",1.25\r\n", "'1.25'");
            case 6: return random.NextInt64(long.MinValue, long.MaxValue) is var number ? ($":{number}\r\n", $"{number}") : default;
            case 7: return Bytes() is var text ? ($"={text.Length + 4}\r\ntxt:{text}\r\n", $"'{text}'") : default;
            case 8: return Bytes() is var long_ ? ($"!{long_.Length}\r\n{long_}\r\n", $"!'{long_}'") : default;
            case 9: return Bytes() is var bulk ? ($"${bulk.Length}\r\n{bulk}\r\n", $"'{bulk}'") : default;
            case 10: return Aggregate('*', depth);
            case 11: return Aggregate('~', depth);
            case 12: return Map('%', depth);
            default:
                var (attribute, _) = Map('|', depth);
                var (wire, shown) = Value(depth + 1);
                return (attribute + wire, shown);
        }
    }

    private (string Wire, string Shown) Aggregate(char type, int depth)
    {
        var (wire, shown) = Items(random.Next(5), depth + 1);
        return (type + wire, $"[{shown}]");
    }

    private (string Wire, string Shown) Map(char type, int depth)
    {
        var entries = random.Next(3);
        var (wire, shown) = Items(entries * 2, depth + 1);
        return ($"{type}{entries}{wire[wire.IndexOf('\r', StringComparison.Ordinal)..]}", $"[{shown}]");
    }

    private (string Wire, string Shown) Items(int count, int depth)
    {
        var items = Enumerable.Range(0, count).Select(_ => Value(depth)).ToArray();
        return ($"{count}\r\n{string.Concat(items.Select(item => item.Wire))}", string.Join(' ', items.Select(item => item.Shown)));
    }

    private string Word() => new([.. Enumerable.Range(0, random.Next(100)).Select(_ => (char)random.Next(' ', 127))]);

    private string Bytes()
    {
        var bytes = new byte[random.Next(5) == 0 ? random.Next(3000) : random.Next(20)];
        random.NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }
}
