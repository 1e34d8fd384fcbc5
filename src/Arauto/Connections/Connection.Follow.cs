using Arauto.Auth;
using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Connections;

/// <summary>Connections whose channels stand in the request: they hear those and no others, and cannot change them.</summary>
internal sealed partial class Connection
{
    private ConnectionCursor? _cursor;
    private FollowRequest? _starting;
    private bool _isFollowing;

    /// <summary>Opens the connection on its lane and subscribes it. From any thread, once; the request's outcome tells when it has begun.</summary>
    public void Open(Identity identity, FollowRequest request) => Lane.Post(new Posted(this, connection =>
    {
        connection._isFollowing = true;
        connection._starting = request;
        connection._cursor = request.Cursor;
        connection.OpenOnLane(identity);
        if (!connection._isClosing) connection.Follow(request);
    }));

    /// <summary>Registers all subscriptions, and lets none send before each knows where it begins: the first cursor must hold them all.</summary>
    private void Follow(FollowRequest request)
    {
        var channels = request.Channels;
        var started = new (Subscription Subscription, StartingPoint Point)[channels.Count];
        var open = channels.Count;
        for (var i = 0; i < channels.Count; i++)
        {
            var index = i;
            var (name, rule, since) = channels[i];
            var subscription = new Subscription(this, _node.Feeds.Find(name)?.Channel ?? name, rule) { CursorIndex = request.Cursor is null ? -1 : i };
            Begin(
                subscription,
                since,
                point =>
                {
                    started[index] = (subscription, point);
                    if (--open == 0) Followed(request, started);
                },
                e => FailFollow(FaultOf(e)));
            if (_isClosing) return;
        }
    }

    private void Followed(FollowRequest request, (Subscription Subscription, StartingPoint Point)[] started)
    {
        if (_starting is null || _isClosing) return;
        _starting = null;
        for (var i = 0; i < started.Length; i++)
        {
            // A gap is not behind the client before it is sent.
            var (_, point) = started[i];
            request.Cursor?.Set(i, point.Gap is null ? point.Position : request.Channels[i].Since!.Value);
        }
        Greet(OutboundKind.Greeting);
        foreach (var (subscription, point) in started) Announce(subscription, point);
        request.Succeed();
        // A right may have gone between the check and the subscription, and the news of it past this connection.
        RecheckSubscriptions();
    }

    /// <summary>The request gets an error instead of a stream.</summary>
    private void FailFollow(ProtocolError why)
    {
        if (_starting is not null) Close(why.Code is ErrorCode.Unavailable or ErrorCode.Internal ? CloseCode.InternalError : CloseCode.PolicyViolation, why);
    }

    private ProtocolError FaultOf(Exception e)
    {
        if (e is StoreUnavailableException)
        {
            Log.StoreUnavailable(_node.Logger, Id, e.Message);
            return Unavailable();
        }
        Log.CommandFailed(_node.Logger, e, Id, nameof(Follow));
        return new ProtocolError(ErrorCode.Internal, "The server failed on this request; its log has the details.");
    }
}
