namespace Arauto.Auth;

/// <summary>Tokens that are no longer valid: one token by its id, or all of a user that were issued up to a moment.</summary>
/// <param name="TokenId">The claim <c>jti</c>; <see langword="null"/> for a revocation by user.</param>
/// <param name="User">The user; <see langword="null"/> for a revocation by token id.</param>
/// <param name="IssuedBefore">Tokens issued up to this moment are revoked (by user).</param>
/// <param name="Until">When the entry may be forgotten, because every token it names has expired by then.</param>
public sealed record Revocation(string? TokenId, string? User, DateTimeOffset IssuedBefore, DateTimeOffset Until);
