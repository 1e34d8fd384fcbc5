namespace Arauto.Server.Demo;

/// <summary>Why there is no token, in the shape of every error of the HTTP API.</summary>
/// <param name="Error">What is wrong.</param>
internal sealed record DevelopmentTokenRefusal(DevelopmentTokenError Error);
