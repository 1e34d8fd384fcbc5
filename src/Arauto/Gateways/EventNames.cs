using Arauto.Protocol;

namespace Arauto.Gateways;

/// <summary>Which names events and namespaces can have.</summary>
internal static class EventNames
{
    /// <summary>The event that tells a client of a failure for which it asked no acknowledgement.</summary>
    public const string Exception = "exception";

    /// <summary>What Socket.IO clients and servers tell themselves; they refuse to send these, or close the connection over them.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    };

    /// <exception cref="ArgumentException">No event can have the name.</exception>
    public static string CheckEvent(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (Reserved.Contains(name)) throw new ArgumentException($"\"{name}\" is a name of Socket.IO itself and cannot be an event; for coming and going there are OnConnected and OnDisconnected.", nameof(name));
        if (name.Length > ReservedWords.MaxEventLength) throw new ArgumentException($"The event \"{name}\" is longer than {ReservedWords.MaxEventLength} characters.", nameof(name));
        return name;
    }

    /// <exception cref="ArgumentException">No namespace can have the name.</exception>
    public static string CheckNamespace(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!name.StartsWith('/')) throw new ArgumentException($"The namespace \"{name}\" must begin with \"/\".", nameof(name));
        if (name.Contains(',')) throw new ArgumentException($"The namespace \"{name}\" holds a comma, which ends a namespace on the wire.", nameof(name));
        if (name.Length > Protocol.Codecs.NativeLimits.MaxGatewayLength)
            throw new ArgumentException($"The namespace \"{name}\" is longer than {Protocol.Codecs.NativeLimits.MaxGatewayLength} characters.", nameof(name));
        return name;
    }
}
