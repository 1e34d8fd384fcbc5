using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Gateways;

/// <summary>A line of <see cref="LoggedLines"/>.</summary>
internal sealed record LoggedLine(LogLevel Level, string Text, Exception? Exception);
