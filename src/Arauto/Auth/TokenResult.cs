using System.Diagnostics.CodeAnalysis;
using Arauto.Protocol;

namespace Arauto.Auth;

/// <summary>What a token is worth: an identity, or an error for the client (<c>unauthorized</c>, <c>token_expired</c>, <c>token_revoked</c>, <c>unavailable</c>).</summary>
public readonly record struct TokenResult
{
    /// <summary>A valid token.</summary>
    public TokenResult(Identity identity) => Identity = identity;

    /// <summary>A token that is not believed.</summary>
    public TokenResult(ProtocolError error) => Error = error;

    /// <summary>Who speaks; <see langword="null"/> if the token is not valid.</summary>
    public Identity? Identity { get; }

    /// <summary>Why the token is not valid. Never holds a part of the token.</summary>
    public ProtocolError? Error { get; }

    /// <summary>Whether the token is valid.</summary>
    [MemberNotNullWhen(true, nameof(Identity))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsValid => Identity is not null;
}
