namespace Arauto.Gateways;

/// <summary>How this node and Node.js servers of Socket.IO are one cluster.</summary>
/// <remarks>Their events have no place in a channel, so they reach clients of Socket.IO only, also in rooms that native clients share.</remarks>
public enum SocketAdapter
{
    /// <summary>Not at all: there are none, or they are not to be heard.</summary>
    Off,

    /// <summary>By the protocol of <c>createAdapter</c> of <c>@socket.io/redis-adapter</c>.</summary>
    Classic,

    /// <summary>By the protocol of its <c>createShardedAdapter</c>, which needs Redis 7.</summary>
    Sharded,
}
