using Arauto.Channels;
using Arauto.Protocol;
using Arauto.Stores;

namespace Arauto.Auth;

/// <summary>What every entry asks before it does something with a channel that a client names. In order: 1 is it a name, 2 is there a rule, 3 does the user have the right. Safe for concurrent use.</summary>
/// <remarks>Connections of the native protocol ask the same on their lane, where a name was checked by its decoder and nothing may wait.</remarks>
internal sealed class ChannelGate(ChannelRules rules, AccessControl access)
{
    /// <summary>The error of a name that no channel can have.</summary>
    public static ProtocolError InvalidName { get; } = new(ErrorCode.InvalidChannel, "A channel's name has 1 to 255 printable characters without white space, comma and asterisk.");

    /// <summary>The error of a store that is away.</summary>
    public static ProtocolError StoreAway { get; } = new(ErrorCode.Unavailable, "The store cannot serve now; try again.", TimeSpan.FromSeconds(1));

    /// <summary>Checks one right.</summary>
    /// <param name="identity">Who.</param>
    /// <param name="channel">The name, as the client sent it.</param>
    /// <param name="right">What for.</param>
    /// <param name="join">Whether a user who may join a public room does so by this.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    public async ValueTask<ChannelAdmission> CheckAsync(Identity identity, string channel, ChannelRight right, bool join, CancellationToken cancellationToken)
    {
        if (!ChannelName.IsValid(channel)) return new ChannelAdmission(null, InvalidName);
        if (!rules.TryFind(channel, out var rule)) return new ChannelAdmission(null, ChannelRules.Unknown(channel));
        try
        {
            var error = await access.CheckAsync(identity, channel, rule, right, join, cancellationToken).ConfigureAwait(false);
            return new ChannelAdmission(error is null ? rule : null, error);
        }
        catch (StoreUnavailableException)
        {
            return new ChannelAdmission(null, StoreAway);
        }
    }
}
