namespace Arauto.Protocol.Codecs;

/// <summary>The bounds of the native protocol itself, equal for every encoding. Operators cannot change them.</summary>
public static class NativeLimits
{
    /// <summary>The greatest integer on the wire, 2^53 - 1: the greatest that JavaScript holds exactly.</summary>
    public const long MaxInteger = (1L << 53) - 1;

    /// <summary>Levels of nesting of a client's JSON frame, the frame's own object included.</summary>
    public const int MaxDepth = 64;

    /// <summary>Levels of nesting of a payload: one less than <see cref="MaxDepth"/>, because a frame is put around it.</summary>
    public const int MaxPayloadDepth = MaxDepth - 1;

    /// <summary>The greatest length of a gateway's name, in characters.</summary>
    public const int MaxGatewayLength = 255;

    /// <summary>The greatest length of an idempotency key, in characters.</summary>
    public const int MaxKeyLength = 128;

    /// <summary>The greatest length of a correlation id, in characters.</summary>
    public const int MaxCorrelationIdLength = 128;

    /// <summary>The greatest length of a token, in characters.</summary>
    public const int MaxTokenLength = 16 * 1024;

    /// <summary>The greatest <c>limit</c> of a history command. The server may return fewer.</summary>
    public const int MaxHistoryLimit = 1000;

    /// <summary>The greatest length of a text that only the server writes (an error's message, a user), in characters.</summary>
    internal const int MaxServerText = 64 * 1024;

    /// <summary>Levels of nesting of a server's JSON frame: a history reply puts an object and an array around its messages.</summary>
    internal const int MaxServerDepth = MaxDepth + 2;
}
