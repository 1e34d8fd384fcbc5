using Arauto.Protocol.Frames;

namespace Arauto.Connections;

/// <summary>The application's code, for clients of the native protocol that call its events. Safe for concurrent use.</summary>
internal interface IEventCaller
{
    /// <summary>Calls an event on behalf of a connection; those of one connection and gateway run one after the other.</summary>
    ValueTask<EventAnswer> CallAsync(Connection connection, EmitCommand command);
}
