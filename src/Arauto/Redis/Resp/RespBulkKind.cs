namespace Arauto.Redis.Resp;

/// <summary>What is sent with a length in front.</summary>
internal enum RespBulkKind
{
    /// <summary>Bytes.</summary>
    Text,

    /// <summary>A text behind its format: <c>txt:</c>.</summary>
    Verbatim,

    /// <summary>An error.</summary>
    Error,
}
