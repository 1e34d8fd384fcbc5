using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Arauto.Gateways.Arguments;

/// <summary>The application's JSON options, with bytes as attachments and text as UTF-8.</summary>
internal static class ArgumentSerialization
{
    private static readonly JsonConverter[] Binary =
    [
        // What is handed out to be changed is a copy, since others may get the same attachment.
        new BinaryConverter<byte[]>(bytes => bytes.ToArray(), value => value),
        new BinaryConverter<Memory<byte>>(bytes => bytes.ToArray(), value => value),
        new BinaryConverter<ArraySegment<byte>>(bytes => bytes.ToArray(), value => value),
        new BinaryConverter<ReadOnlyMemory<byte>>(bytes => bytes, value => value),
    ];

    private static readonly ConditionalWeakTable<JsonSerializerOptions, JsonSerializerOptions> Known = [];

    /// <summary>The options that an application gave, or those of the web, made fit for arguments.</summary>
    public static JsonSerializerOptions For(JsonSerializerOptions? options) => Known.GetValue(options ?? JsonSerializerOptions.Web, Derive);

    private static JsonSerializerOptions Derive(JsonSerializerOptions options)
    {
        var derived = new JsonSerializerOptions(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = false };
        for (var i = 0; i < Binary.Length; i++) derived.Converters.Insert(i, Binary[i]);
        derived.MakeReadOnly(populateMissingResolver: true);
        return derived;
    }
}
