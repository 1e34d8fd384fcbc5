using System.Text;
using Arauto.Transports.WebSockets;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>Feeds bytes to a reader in pieces and writes down what it finds.</summary>
internal static class FrameFeeder
{
    /// <summary>Feeds pieces of equal size; 0 feeds all at once.</summary>
    public static List<string> Feed(byte[] bytes, int limit, bool deflate, int step = 0) =>
        Feed(bytes, limit, deflate, () => step == 0 ? int.MaxValue : step);

    public static List<string> Feed(byte[] bytes, int limit, bool deflate, Func<int> nextStep)
    {
        using var reader = new WebSocketFrameReader(limit, deflate);
        var results = new List<string>();
        // The reader unmasks in place.
        var rest = bytes.ToArray().AsMemory();
        while (!rest.IsEmpty)
        {
            var piece = rest[..Math.Min(nextStep(), rest.Length)];
            rest = rest[piece.Length..];
            while (true)
            {
                var read = reader.Read(piece.Span, out var consumed);
                piece = piece[consumed..];
                if (read.Kind == WebSocketReadKind.NeedMore)
                {
                    Assert.True(piece.IsEmpty, "NeedMore with unread input");
                    break;
                }

                results.Add(Describe(read));
            }
        }

        return results;
    }

    private static string Describe(WebSocketRead read) => read.Kind switch
    {
        WebSocketReadKind.Text => "text " + Encoding.UTF8.GetString(read.Payload),
        WebSocketReadKind.Binary => "binary " + Convert.ToHexString(read.Payload),
        WebSocketReadKind.Fragment => "fragment",
        WebSocketReadKind.Ping => "ping " + Convert.ToHexString(read.Payload),
        WebSocketReadKind.Pong => "pong " + Convert.ToHexString(read.Payload),
        WebSocketReadKind.Close => $"close {(int)read.Code} {Encoding.UTF8.GetString(read.Payload)}",
        _ => $"violation {(int)read.Code} {read.Reason}",
    };
}
