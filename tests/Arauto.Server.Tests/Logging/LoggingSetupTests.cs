using Arauto.Server.Configuration;
using Arauto.Server.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Arauto.Server.Tests.Logging;

public sealed class LoggingSetupTests
{
    [Theory]
    [InlineData(null, true, TextLogFormatter.FormatterName)]
    [InlineData(null, false, JsonLogFormatter.FormatterName)]
    [InlineData("Json", true, JsonLogFormatter.FormatterName)]
    [InlineData("Text", false, TextLogFormatter.FormatterName)]
    public void Format_and_levels_are_those_of_the_settings(string? format, bool development, string formatter)
    {
        var settings = new ServerSettings { LogLevel = LogLevel.Debug, LogFormat = format is null ? null : Enum.Parse<LogFormat>(format) };
        settings.Arauto.Development = development;
        using var services = new ServiceCollection().AddLogging(logging => logging.AddArautoConsole(settings)).BuildServiceProvider();
        Assert.Equal(formatter, services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        Assert.Contains(services.GetServices<ConsoleFormatter>(), candidate => candidate.Name == formatter);
        var factory = services.GetRequiredService<ILoggerFactory>();
        Assert.True(factory.CreateLogger("Arauto.Hub").IsEnabled(LogLevel.Debug));
        Assert.False(factory.CreateLogger("Arauto.Hub").IsEnabled(LogLevel.Trace));
        Assert.False(factory.CreateLogger("Microsoft.AspNetCore.Hosting").IsEnabled(LogLevel.Information));
        Assert.True(factory.CreateLogger("Microsoft.AspNetCore.Hosting").IsEnabled(LogLevel.Warning));
    }
}
