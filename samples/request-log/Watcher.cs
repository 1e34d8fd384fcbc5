using Arauto.Gateways;

namespace Arauto.Samples.RequestLog;

/// <summary>A page and what it wants to see; the number tells lines of this filter from those of the one before.</summary>
internal sealed record Watcher(Socket Socket, RequestFilter Filter, int Number);
