using Arauto.Auth;
using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Connections;

internal sealed partial class Connection
{
    /// <summary>The first token of a connection, or a fresh one for a connection that has one.</summary>
    private void Authenticate(AuthCommand command)
    {
        Suspend();
        LaneCompletion<TokenResult>.Then(
            Lane,
            _node.Tokens.ValidateAsync(command.Token, CancellationToken.None),
            result => Resume(() => Decide(command, result)),
            e => Resume(() => Fail(command, e)));
    }

    private void Decide(AuthCommand command, TokenResult result)
    {
        if (!result.IsValid)
        {
            Refuse(command, result.Error);
            // A bad token on a live connection changes nothing: the one it has still holds. Keys that cannot be fetched may come back.
            if (_identity is null && result.Error.Code != ErrorCode.Unavailable) Close(CodeFor(result.Error), null);
            return;
        }
        if (_identity is null) First(command, result.Identity);
        else Refresh(command, result.Identity);
    }

    private void First(AuthCommand command, Identity identity)
    {
        Suspend();
        LaneCompletion<bool>.Then(
            Lane,
            _node.ConnectionCounts.TryEnterAsync(identity.User),
            entered =>
            {
                // It may have gone while the other nodes were asked, and nobody else would count it out.
                if (entered && (!_isOpen || _isClosing)) _node.ConnectionCounts.Leave(identity.User);
                Resume(() => First(command, identity, entered));
            },
            e => Resume(() => Fail(command, e)));
    }

    private void First(AuthCommand command, Identity identity, bool entered)
    {
        if (!entered)
        {
            Refuse(command, TooManyConnections(_node));
            Close(CloseCode.TooManyConnections, null);
            return;
        }
        Authenticated(identity);
        ReplyTo(command, identity);
    }

    private void Refresh(AuthCommand command, Identity identity)
    {
        if (identity.User != _identity!.User)
        {
            Refuse(command, new ProtocolError(ErrorCode.Forbidden, "The token is of another user; open a connection of its own for it."));
            return;
        }
        Volatile.Write(ref _identity, identity);
        SetDeadline();
        ReplyTo(command, identity);
        RecheckSubscriptions();
        CloseIfRevoked();
    }

    private void ReplyTo(AuthCommand command, Identity identity)
    {
        if (command.Id is { } id) Reply(new AuthReply { Id = id, User = identity.User, Expires = identity.Expires });
        else Answered();
    }

    /// <summary>The refusal of a user who holds as many connections as allowed.</summary>
    internal static ProtocolError TooManyConnections(NodeServices node) =>
        new(ErrorCode.TooManyConnections, $"The user has {node.Options.Limits.ConnectionsPerUser} connections already (limits.connectionsPerUser); close one first.");

    private static CloseCode CodeFor(ProtocolError error) => error.Code switch
    {
        ErrorCode.TokenExpired => CloseCode.TokenExpired,
        ErrorCode.TokenRevoked => CloseCode.TokenRevoked,
        _ => CloseCode.Unauthorized,
    };
}
