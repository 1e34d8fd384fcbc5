namespace Arauto.Gateways;

/// <summary>Which rooms have channels of their own in Redis. All servers of a cluster need the same.</summary>
public enum SocketSubscriptionMode
{
    /// <summary>None.</summary>
    Static,

    /// <summary>All but those of single sockets.</summary>
    Dynamic,

    /// <summary>All.</summary>
    DynamicPrivate,
}
