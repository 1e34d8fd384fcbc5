using Arauto.Gateways;

namespace Arauto.SocketIo.Cluster;

/// <summary>What the nodes of a namespace tell each other, whatever the protocol. Immutable.</summary>
internal abstract record ClusterMessage;

/// <summary>A message to all nodes.</summary>
internal abstract record ClusterRequest : ClusterMessage
{
    /// <summary>The node it is from; empty for a program that only publishes.</summary>
    public string Sender { get; init; } = "";

    /// <summary>Under which answers are expected; <see langword="null"/> if none are.</summary>
    public string? RequestId { get; init; }
}

/// <summary>An event for sockets. With an id the sockets are asked to acknowledge, and each node answers how many it asked and then what they said.</summary>
/// <param name="Name">The event.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="To">Whom it is for.</param>
/// <param name="Flags">How.</param>
internal sealed record BroadcastRequest(string Name, EventArguments Arguments, Recipients To, EmitFlags Flags) : ClusterRequest
{
    /// <summary>How long acknowledgements are waited for.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Sockets enter rooms. With an id, the node that has one of them says so.</summary>
internal sealed record JoinRequest(Recipients To, IReadOnlyList<string> Rooms) : ClusterRequest;

/// <summary>Sockets leave rooms. With an id, the node that has one of them says so.</summary>
internal sealed record LeaveRequest(Recipients To, IReadOnlyList<string> Rooms) : ClusterRequest;

/// <summary>Sockets are ended. With an id, the node that has one of them says so.</summary>
/// <param name="To">Which.</param>
/// <param name="Close">Whether their whole connections are.</param>
internal sealed record DisconnectRequest(Recipients To, bool Close) : ClusterRequest;

/// <summary>Asks each node for its sockets.</summary>
internal sealed record SocketsRequest(Recipients To) : ClusterRequest;

/// <summary>Asks each node for the ids of its sockets; older nodes do.</summary>
internal sealed record SocketIdsRequest(Recipients To) : ClusterRequest;

/// <summary>Asks each node for the names of its rooms.</summary>
internal sealed record RoomsRequest : ClusterRequest;

/// <summary>An event for the servers themselves. With an id each answers with a value.</summary>
internal sealed record ServerEventRequest(string Name, EventArguments Arguments) : ClusterRequest;

/// <summary>An answer to a request.</summary>
/// <param name="RequestId">Which.</param>
internal abstract record ClusterAnswer(string RequestId) : ClusterMessage;

/// <summary>To <see cref="SocketsRequest"/>.</summary>
internal sealed record SocketsAnswer(string RequestId, IReadOnlyList<PeerSocket> Sockets) : ClusterAnswer(RequestId);

/// <summary>To <see cref="SocketIdsRequest"/>.</summary>
internal sealed record SocketIdsAnswer(string RequestId, IReadOnlyList<string> Ids) : ClusterAnswer(RequestId);

/// <summary>To <see cref="RoomsRequest"/>.</summary>
internal sealed record RoomsAnswer(string RequestId, IReadOnlyList<string> Rooms) : ClusterAnswer(RequestId);

/// <summary>To <see cref="ServerEventRequest"/>.</summary>
/// <param name="RequestId">Which.</param>
/// <param name="Value">At most one argument.</param>
internal sealed record ServerEventAnswer(string RequestId, EventArguments Value) : ClusterAnswer(RequestId);

/// <summary>To <see cref="BroadcastRequest"/>, once per node.</summary>
/// <param name="RequestId">Which.</param>
/// <param name="Clients">How many sockets were asked.</param>
internal sealed record ClientCountAnswer(string RequestId, int Clients) : ClusterAnswer(RequestId);

/// <summary>To <see cref="BroadcastRequest"/>, once per socket that acknowledges.</summary>
/// <param name="RequestId">Which.</param>
/// <param name="Value">At most one argument.</param>
internal sealed record ClientAnswer(string RequestId, EventArguments Value) : ClusterAnswer(RequestId);

/// <summary>Done, by the node that has the socket.</summary>
internal sealed record DoneAnswer(string RequestId) : ClusterAnswer(RequestId);
