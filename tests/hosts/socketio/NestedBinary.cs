namespace Arauto.SocketIoHost;

/// <summary>An argument with bytes inside.</summary>
internal sealed record NestedBinary(string? Hello, byte[]? Message, string? Goodbye);
