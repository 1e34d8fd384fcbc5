using System.Diagnostics.CodeAnalysis;
using Arauto.Channels;
using Arauto.Protocol;

namespace Arauto.Auth;

/// <summary>What the <see cref="ChannelGate"/> says: the channel's rule, or why not.</summary>
/// <param name="Rule">The channel's rule, if the user may.</param>
/// <param name="Error">Why not.</param>
internal readonly record struct ChannelAdmission(ChannelRule? Rule, ProtocolError? Error)
{
    /// <summary>Whether the user may.</summary>
    [MemberNotNullWhen(true, nameof(Rule))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsAdmitted => Rule is not null;
}
