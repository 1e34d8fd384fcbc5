namespace Arauto.EngineIo;

/// <summary>The application's refusal of a handshake: status 403 with code 4.</summary>
/// <param name="Message">What the client is told.</param>
public sealed record EngineIoRefusal(string Message = "Forbidden");
