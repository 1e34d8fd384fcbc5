namespace Arauto.Auth;

/// <summary>The part of a token's header that selects the key (RFC 7515 section 4.1). Not trusted: nothing is verified yet.</summary>
internal readonly record struct TokenHeader(string Algorithm, string? KeyId);
