using Arauto.Server.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace Arauto.Server.Logging;

/// <summary>The one place where logging is set up.</summary>
internal static class LoggingSetup
{
    /// <summary>Sends all logs to the console in the settings' format; lines of the web server only from Warning on, since one per request would drown ours.</summary>
    public static ILoggingBuilder AddArautoConsole(this ILoggingBuilder logging, ServerSettings settings)
    {
        logging.Services.TryAddSingleton(TimeProvider.System);
        logging.ClearProviders();
        logging.SetMinimumLevel(settings.LogLevel);
        logging.AddFilter("Microsoft", settings.LogLevel > LogLevel.Warning ? settings.LogLevel : LogLevel.Warning);
        // The host reports a failed start with its stack trace and throws it as well; the verb tells it in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", settings.LogLevel == LogLevel.None ? LogLevel.None : LogLevel.Critical);
        logging.AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
        logging.AddConsoleFormatter<TextLogFormatter, ConsoleFormatterOptions>();
        logging.AddConsole(console => console.FormatterName = settings.EffectiveLogFormat == LogFormat.Json ? JsonLogFormatter.FormatterName : TextLogFormatter.FormatterName);
        return logging;
    }
}
