namespace Arauto.Server.Demo;

/// <summary>The body of <c>POST /dev/token</c>.</summary>
/// <param name="User">The user the token is for.</param>
internal sealed record DevelopmentTokenRequest(string? User);
