using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Connections;

namespace Arauto.SocketIo;

/// <summary>Clients that come back.</summary>
internal sealed partial class SocketIoSession
{
    /// <summary>How long a socket whose end nobody had noticed may take to go, when its client is back already.</summary>
    private static readonly TimeSpan Handover = TimeSpan.FromSeconds(5);

    private async ValueTask<bool> TryRecoverAsync(SocketNamespace ns, ReadOnlyMemory<byte> payload, JsonElement auth, Identity identity, bool isAnonymous)
    {
        if (!_server.Options.Recovery || !TryGetText(auth, "pid", out var recoveryId)) return false;
        var user = isAnonymous ? null : identity.User;
        if (_server.Recovery.TryFindPresent(recoveryId, ns.Name, user, out var present)) await HandOverAsync(present).ConfigureAwait(false);
        if (!_server.Recovery.TryTake(recoveryId, ns.Name, user, out var away) || !await MayStillAsync(identity, away).ConfigureAwait(false)) return false;
        TryGetText(auth, "offset", out var offset);
        var places = await LaneCall<IReadOnlyList<RoomPlace>?>.AskAsync(away.Places.Lane, () => away.Places.Resolve(offset)).ConfigureAwait(false);
        if (places is null) return false;
        var state = NewState(ns, payload, away.Id, isAnonymous ? new Identity { User = away.Id } : identity);
        state.Continue(away);
        if (_server.Options.RunConnectingOnRecovery && await AskGatewayAsync(state).ConfigureAwait(false) is { } refusal)
        {
            Refuse(ns, refusal);
            return true;
        }
        if (!await OpenAsync(state, places, new Resumption(away.Places, offset, places)).ConfigureAwait(false)) return false;
        Log.Recovered(_server.Logger, state.Id, state.Identity.User, ns.Name);
        return true;
    }

    /// <summary>A right may have gone while the client was away, and nobody was there to be sent out.</summary>
    private async ValueTask<bool> MayStillAsync(Identity identity, AwaySocket away)
    {
        foreach (var place in away.Places.Places)
        {
            if (place.Rule.Subscribe != AccessRule.Members && !away.ByRight.Contains(place.Channel)) continue;
            var check = _server.Node.Access.CheckAsync(identity, place.Channel, place.Rule, ChannelRight.Subscribe, join: false, _engine.Closed);
            if (await check.ConfigureAwait(false) is not null) return false;
        }
        return true;
    }

    /// <summary>The client noticed the end of its connection earlier than we did: the old one goes, so that its places are known.</summary>
    private async ValueTask HandOverAsync(SocketState present)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = present.Disconnected.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), gone);
        await using (registration.ConfigureAwait(false))
        {
            present.Link.Close();
            try
            {
                await gone.Task.WaitAsync(Handover, _server.Node.Time, _engine.Closed).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // It is not away then, and the client begins anew.
            }
        }
    }

    private void Park(Member member, RoomSnapshot? snapshot)
    {
        var state = member.Socket;
        if (state.RecoveryId is not { } recoveryId) return;
        if (snapshot is null || member.IsOver)
        {
            _server.Recovery.Remove(state);
            return;
        }
        var time = _server.Node.Time;
        var until = time.GetTimestamp() + (long)(_server.Options.RecoveryWindow.TotalSeconds * time.TimestampFrequency);
        var user = state.IsAnonymous ? null : state.Identity.User;
        _server.Recovery.Park(state, new AwaySocket(recoveryId, state.Id, state.Namespace.Name, user, state.RoomChannels, state.ByRight, state.Data, snapshot, until));
    }

    private static bool TryGetText(JsonElement auth, string name, [NotNullWhen(true)] out string? text)
    {
        text = auth.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return text is not null;
    }
}
