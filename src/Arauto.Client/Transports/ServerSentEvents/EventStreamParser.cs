using System.Buffers;
using System.Text;

namespace Arauto.Client.Transports.ServerSentEvents;

/// <summary>
/// Splits the bytes of an event stream into its items, whatever the chunks they come in: WHATWG HTML, section 9.2.6
/// "Interpreting an event stream". Other than a browser it also gives comments, and blocks without data that have an id.
/// </summary>
/// <param name="maxBytes">The most bytes of one line, and of the data of one event.</param>
internal sealed class EventStreamParser(int maxBytes)
{
    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';

    private readonly Queue<EventStreamItem> _items = new();
    private readonly ArrayBufferWriter<byte> _line = new();
    private ArrayBufferWriter<byte>? _data;
    private string? _type;
    private string? _id;
    private bool _isFirstLine = true;
    private bool _skipLineFeed;

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="IOException">A line or an event is larger than the bound.</exception>
    public void Append(ReadOnlySpan<byte> chunk)
    {
        while (!chunk.IsEmpty)
        {
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (chunk[0] == LineFeed)
                {
                    chunk = chunk[1..];
                    continue;
                }
            }
            var end = chunk.IndexOfAny(LineFeed, CarriageReturn);
            Grow(_line, end < 0 ? chunk : chunk[..end]);
            if (end < 0) return;
            // A line may end with both; the second may come with the next chunk.
            _skipLineFeed = chunk[end] == CarriageReturn;
            chunk = chunk[(end + 1)..];
            TakeLine(_line.WrittenSpan);
            _line.ResetWrittenCount();
        }
    }

    /// <summary>The next complete item.</summary>
    public bool TryRead([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out EventStreamItem? item) => _items.TryDequeue(out item);

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        if (_isFirstLine)
        {
            _isFirstLine = false;
            if (line.StartsWith("\uFEFF"u8)) line = line[3..];
        }
        if (line.IsEmpty)
        {
            Dispatch();
            return;
        }
        var colon = line.IndexOf((byte)':');
        var value = colon < 0 ? default : line[(colon + 1)..];
        if (!value.IsEmpty && value[0] == (byte)' ') value = value[1..];
        if (colon == 0) _items.Enqueue(new EventStreamItem.Comment(value.ToArray()));
        else TakeField(colon < 0 ? line : line[..colon], value);
    }

    private void TakeField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("data"u8))
        {
            if (_data is null) _data = new ArrayBufferWriter<byte>(Math.Max(value.Length, 1));
            else Grow(_data, "\n"u8);
            Grow(_data, value);
        }
        else if (name.SequenceEqual("event"u8)) _type = Encoding.UTF8.GetString(value);
        else if (name.SequenceEqual("id"u8) && !value.Contains((byte)0)) _id = Encoding.UTF8.GetString(value);
        // "retry" is for clients without a protocol of their own; here the frames say when to come back.
    }

    private void Dispatch()
    {
        if (_data is not null || _id is not null)
            _items.Enqueue(new EventStreamItem.Event(string.IsNullOrEmpty(_type) ? "message" : _type, _data?.WrittenMemory, _id));
        (_data, _type, _id) = (null, null, null);
    }

    private void Grow(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> bytes)
    {
        if (buffer.WrittenCount + bytes.Length > maxBytes) throw new IOException($"The server sent a frame of more than {maxBytes} bytes (MaxFrameBytes).");
        buffer.Write(bytes);
    }
}
