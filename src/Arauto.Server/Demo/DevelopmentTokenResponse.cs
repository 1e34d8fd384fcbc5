namespace Arauto.Server.Demo;

/// <summary>A token for development.</summary>
/// <param name="Token">The JWT, valid for an hour.</param>
internal sealed record DevelopmentTokenResponse(string Token);
