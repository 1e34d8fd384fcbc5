using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Gateways;

/// <summary>What was logged.</summary>
internal sealed class LoggedLines : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(LogLevel Level, string Text, Exception? Exception)> All { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        All.Enqueue((logLevel, formatter(state, exception), exception));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Dispose()
    {
    }
}
