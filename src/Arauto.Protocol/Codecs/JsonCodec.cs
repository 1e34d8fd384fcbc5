using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using Arauto.Protocol.Frames;

namespace Arauto.Protocol.Codecs;

/// <summary>The native protocol as JSON (RFC 8259): one object per WebSocket text frame. docs/protocol.md describes every field.</summary>
public sealed class JsonCodec : INativeCodec
{
    private static readonly JsonWriterOptions Options = new()
    {
        // Nothing here is put into HTML, so text stays readable (the framework still escapes what is beyond U+FFFF).
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // A writer between uses points here instead of keeping a connection's buffer alive. Never written to.
    private static readonly ArrayBufferWriter<byte> Nowhere = new();

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private JsonCodec()
    {
    }

    /// <summary>The codec; it has no state.</summary>
    public static JsonCodec Instance { get; } = new();

    /// <inheritdoc/>
    public string Subprotocol => "arauto.v1.json";

    /// <inheritdoc/>
    public string Name => Subprotocol;

    /// <inheritdoc/>
    public bool IsBinary => false;

    /// <inheritdoc/>
    public bool TryDecodeCommand(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientCommand? command, [NotNullWhen(false)] out ProtocolError? error, out long? id) =>
        JsonCommandReader.TryRead(frame, out command, out error, out id);

    /// <inheritdoc/>
    public void EncodeCommand(ClientCommand command, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(command);
        var writer = Begin(output);
        JsonCommandWriter.Write(writer, command);
        End(writer);
    }

    /// <inheritdoc/>
    public bool TryDecodeFrame(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ServerFrame? frame, [NotNullWhen(false)] out ProtocolError? error) =>
        JsonFrameReader.TryRead(bytes, out frame, out error);

    /// <inheritdoc/>
    public void EncodeFrame(ServerFrame frame, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(frame);
        // Every message of the native protocol has a place in its channel.
        if (frame is EphemeralEventFrame) return;
        var writer = Begin(output);
        JsonFrameWriter.Write(writer, frame);
        End(writer);
    }

    private static Utf8JsonWriter Begin(IBufferWriter<byte> output)
    {
        if (_writer is null) return _writer = new Utf8JsonWriter(output, Options);
        _writer.Reset(output);
        return _writer;
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.Flush();
        writer.Reset(Nowhere);
    }
}
