using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Arauto.Server.Logging;

/// <summary>For people: <c>10:00:00.000 info  Arauto.Hub: message</c>, one line per entry; an exception follows on indented lines.</summary>
internal sealed class TextLogFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name in the console logger's options.</summary>
    public const string FormatterName = "arauto-text";

    private static readonly string[] Levels = ["trace", "debug", "info ", "warn ", "error", "fatal"];

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write(time.GetUtcNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));
        textWriter.Write(' ');
        textWriter.Write(Levels[Math.Clamp((int)logEntry.LogLevel, 0, Levels.Length - 1)]);
        textWriter.Write(' ');
        textWriter.Write(logEntry.Category);
        textWriter.Write(": ");
        WriteLine(textWriter, Redaction.Apply(message ?? ""));
        if (logEntry.Exception is not { } exception) return;
        foreach (var line in Redaction.Apply(exception.ToString()).Split('\n'))
        {
            textWriter.Write("    ");
            WriteLine(textWriter, line.TrimEnd('\r'));
        }
    }

    /// <remarks>Values of users stand in messages: a line break in one must not make a line that looks like another entry, nor an escape sequence act on the terminal.</remarks>
    private static void WriteLine(TextWriter writer, string text)
    {
        foreach (var c in text)
        {
            if (c == '\n') writer.Write("\\n");
            else if (c == '\r') writer.Write("\\r");
            else if (char.IsControl(c) && c != '\t' || c is '\u2028' or '\u2029') writer.Write($"\\u{(int)c:x4}");
            else writer.Write(c);
        }
        writer.Write('\n');
    }
}
