using System.Collections.Concurrent;
using Arauto.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Gateways;

/// <summary>What was logged.</summary>
internal sealed class LoggedLines : ILoggerProvider, ILogger
{
    public ConcurrentQueue<LoggedLine> All { get; } = [];

    /// <summary>Waits for a line: who has it written need not do so before whatever else shows the reason.</summary>
    public Task HasAsync(Func<LoggedLine, bool> isIt) => Eventually.TrueAsync("the log has the line", () => All.Any(isIt));

    /// <summary>Waits for a line of which there is no other.</summary>
    public async Task HasOneAsync(Func<LoggedLine, bool> isIt)
    {
        await HasAsync(isIt);
        Assert.Single(All, line => isIt(line));
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        All.Enqueue(new LoggedLine(logLevel, formatter(state, exception), exception));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
