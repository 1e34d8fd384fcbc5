namespace Arauto.Server.Demo.Map;

/// <summary>An event that waits to be published.</summary>
/// <param name="Revision">The change it tells of; events are published in this order.</param>
/// <param name="Key">The idempotency key, unique for ever.</param>
/// <param name="Event">The message's <c>type</c>.</param>
/// <param name="Data">The message's <c>data</c>: the object as it is after the change.</param>
internal sealed record OutboxRow(long Revision, string Key, string Event, byte[] Data);
