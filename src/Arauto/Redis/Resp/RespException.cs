namespace Arauto.Redis.Resp;

/// <summary>What the server sent is not RESP, or more than is taken: nothing behind it can be understood.</summary>
internal sealed class RespException(string message) : Exception(message);
