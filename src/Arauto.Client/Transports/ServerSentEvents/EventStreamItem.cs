namespace Arauto.Client.Transports.ServerSentEvents;

/// <summary>What an event stream carries.</summary>
internal abstract record EventStreamItem
{
    /// <summary>A comment line, which a browser would not show.</summary>
    /// <param name="Text">The line after the colon, without the space that may follow it.</param>
    internal sealed record Comment(ReadOnlyMemory<byte> Text) : EventStreamItem;

    /// <summary>A block of fields up to its blank line.</summary>
    /// <param name="Type">The event's type; <c>message</c> where none is named.</param>
    /// <param name="Data">The data lines, joined by line feeds; <see langword="null"/> without any.</param>
    /// <param name="Id">The id of this block, if it has one.</param>
    internal sealed record Event(string Type, ReadOnlyMemory<byte>? Data, string? Id) : EventStreamItem;
}
