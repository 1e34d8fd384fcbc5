using System.Text;
using Arauto.Client.Tests.Scripting;
using Arauto.Client.Transports.ServerSentEvents;

namespace Arauto.Client.Tests.Transports.ServerSentEvents;

public sealed class EventStreamParserTests
{
    [Theory]
    [InlineData("data: a\n\n", "message[a]")]
    [InlineData("data: a\r\n\r\n", "message[a]")]
    [InlineData("data: a\r\r", "message[a]")]
    [InlineData("data: a\r\n\rdata: b\n\r\n", "message[a] message[b]")]
    [InlineData("data:a\n\n", "message[a]")]
    [InlineData("data:  a\n\n", "message[ a]")]
    [InlineData("data: a\ndata: b\ndata\ndata: c\n\n", "message[a\nb\n\nc]")]
    [InlineData("data\n\n", "message[]")]
    [InlineData("event: control\ndata: a\n\n", "control[a]")]
    [InlineData("event: control\n\ndata: a\n\n", "message[a]")]
    [InlineData("event:\ndata: a\n\n", "message[a]")]
    [InlineData("id: 7\ndata: a\n\ndata: b\n\n", "message[a]#7 message[b]")]
    [InlineData("id: 7\nretry: 100\n\n", "message#7")]
    [InlineData("id: 7\0\ndata: a\n\n", "message[a]")]
    [InlineData(": hello\n:there\n\n", ":hello :there")]
    [InlineData("id: 1\n: in between\ndata: a\n\n", ":in between message[a]#1")]
    [InlineData("\uFEFFdata: a\n\n", "message[a]")]
    [InlineData("\uFEFF: hello\n", ":hello")]
    [InlineData("nonsense: a\nnonsense\n\n", "")]
    [InlineData("data: cut off\n", "")]
    [InlineData("\n\n\n", "")]
    [InlineData("data: olá 世界 👋\n\n", "message[olá 世界 👋]")]
    public void Items_are_found_whatever_the_chunks(string stream, string items)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var size = 1; size <= bytes.Length; size++) Assert.Equal(items, Parse(bytes, _ => size));
        var random = Seed.Create();
        for (var run = 0; run < 20; run++) Assert.Equal(items, Parse(bytes, rest => random.Next(1, rest + 1)));
    }

    [Theory]
    [InlineData("data: {0}")]
    [InlineData(": {0}")]
    [InlineData("data: 0123456789\ndata: {0}\n\n")]
    public void What_is_larger_than_the_bound_is_refused_before_it_is_kept(string form)
    {
        var parser = new EventStreamParser(100);
        Assert.Contains("MaxFrameBytes", Assert.Throws<IOException>(() => parser.Append(Encoding.UTF8.GetBytes(string.Format(form, new string('x', 101))))).Message, StringComparison.Ordinal);
    }

    private static string Parse(byte[] bytes, Func<int, int> size)
    {
        var parser = new EventStreamParser(1000);
        var items = new List<string>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(size(bytes.Length - at), bytes.Length - at);
            parser.Append(bytes.AsSpan(at, length));
            at += length;
            while (parser.TryRead(out var item)) items.Add(Show(item));
        }
        return string.Join(' ', items);
    }

    private static string Show(EventStreamItem item) => item switch
    {
        EventStreamItem.Comment comment => ":" + Encoding.UTF8.GetString(comment.Text.Span),
        EventStreamItem.Event e => e.Type + (e.Data is { } data ? $"[{Encoding.UTF8.GetString(data.Span)}]" : "") + (e.Id is null ? "" : "#" + e.Id),
        _ => throw new ArgumentOutOfRangeException(nameof(item)),
    };
}
