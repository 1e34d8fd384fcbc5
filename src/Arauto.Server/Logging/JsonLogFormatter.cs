using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Arauto.Server.Logging;

/// <summary>One JSON object per line: <c>ts, level, category, event_id, event, message</c>, the named values in snake case (<c>connection, correlation_id, …</c>), <c>exception</c>.</summary>
internal sealed class JsonLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name in the console logger's options.</summary>
    public const string FormatterName = "arauto-json";

    private static readonly string[] Levels = ["trace", "debug", "information", "warning", "error", "critical"];
    private static readonly HashSet<string> Taken = new(StringComparer.Ordinal) { "ts", "level", "category", "event_id", "event", "message", "exception" };
    // Log lines are not put into web pages; letters of all languages stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("ts", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", Levels[Math.Clamp((int)logEntry.LogLevel, 0, Levels.Length - 1)]);
            json.WriteString("category", logEntry.Category);
            if (logEntry.EventId.Id != 0) json.WriteNumber("event_id", logEntry.EventId.Id);
            if (logEntry.EventId.Name is { } name) json.WriteString("event", name);
            json.WriteString("message", Redaction.Apply(message ?? ""));
            foreach (var (key, value) in LogFields.Collect(logEntry, scopeProvider)) WriteField(json, key, value);
            if (logEntry.Exception is { } exception) json.WriteString("exception", Redaction.Apply(exception.ToString()));
            json.WriteEndObject();
        }
        textWriter.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        textWriter.Write('\n');
    }

    private static void WriteField(Utf8JsonWriter json, string key, object? value)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(key);
        if (Taken.Contains(name)) name = $"field_{name}";
        switch (value)
        {
            case null: json.WriteNull(name); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case byte or sbyte or short or ushort or int or uint or long: json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ulong number: json.WriteNumber(name, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
            case float number when float.IsFinite(number): json.WriteNumber(name, number); break;
            case decimal number: json.WriteNumber(name, number); break;
            case DateTimeOffset moment: json.WriteString(name, moment); break;
            default: json.WriteString(name, Redaction.Apply(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")); break;
        }
    }
}
