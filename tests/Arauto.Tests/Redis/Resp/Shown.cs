using System.Text;
using Arauto.Redis;
using Arauto.Redis.Resp;

namespace Arauto.Tests.Redis.Resp;

/// <summary>Replies as text, to compare.</summary>
internal static class Shown
{
    public static string Of(RespFrame frame) => frame.IsPush ? $">{Of(frame.Reply)}" : Of(frame.Reply);

    public static string Of(RedisReply reply) => reply.Kind switch
    {
        RedisReplyKind.Null => "null",
        RedisReplyKind.Text => $"'{Encoding.Latin1.GetString(reply.Bytes.Span)}'",
        RedisReplyKind.Error => $"!'{Encoding.Latin1.GetString(reply.Bytes.Span)}'",
        RedisReplyKind.Integer => $"{reply.Integer}",
        _ => $"[{string.Join(' ', reply.Items.ToArray().Select(Of))}]",
    };

    /// <summary>Reads everything, in pieces that end at these places.</summary>
    public static List<string> Read(RespReader reader, ReadOnlySpan<byte> wire, params IEnumerable<int> cuts)
    {
        var frames = new List<string>();
        var start = 0;
        foreach (var cut in cuts.Append(wire.Length))
        {
            // A copy, so that a reader which keeps a piece instead of its bytes is found out.
            var piece = wire[start..cut].ToArray();
            ReadOnlySpan<byte> rest = piece;
            while (reader.TryRead(ref rest, out var frame)) frames.Add(Of(frame));
            Assert.True(rest.IsEmpty);
            Array.Fill(piece, (byte)'?');
            start = cut;
        }
        return frames;
    }
}
