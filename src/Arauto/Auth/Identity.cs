using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol;

namespace Arauto.Auth;

/// <summary>Who speaks, as a valid token says. Immutable.</summary>
public sealed class Identity
{
    /// <summary>The greatest length of a user's id, in characters.</summary>
    public const int MaxUserLength = 128;

    /// <summary>The user of service tokens that name none.</summary>
    public const string ServiceUser = "service";

    /// <summary>The user's id; follows <see cref="IsValidUser"/>.</summary>
    public required string User { get; init; }

    /// <summary>The claim <c>jti</c>, by which the token can be revoked alone.</summary>
    public string? TokenId { get; init; }

    /// <summary>The claim <c>iat</c>, with its fraction of a second if it has one.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>The claim <c>exp</c>: from then on the token is no longer believed, at connect and on live connections alike.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether the token may do everything (claim <c>service</c>).</summary>
    public bool IsService { get; init; }

    /// <summary>What the token may do beyond the channels' rules.</summary>
    public ChannelRights Rights { get; init; } = ChannelRights.None;

    /// <summary>Whether <paramref name="user"/> can be a user's id: 1 to 128 printable characters without white space, comma and asterisk, so that it can stand in a channel's name.</summary>
    public static bool IsValidUser([NotNullWhen(true)] string? user) => user is { Length: <= MaxUserLength } && ChannelName.IsValid(user);
}
