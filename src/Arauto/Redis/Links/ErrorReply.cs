using System.Text;

namespace Arauto.Redis.Links;

/// <summary>What an error of the server means for whoever asked.</summary>
internal static class ErrorReply
{
    /// <summary>The error as an exception.</summary>
    public static RedisException Read(RedisReply reply) => new(Encoding.UTF8.GetString(reply.Bytes.Span));

    /// <summary>Whether the same command may succeed later without anybody changing it: the server loads, is busy, is full, is no master any more.</summary>
    public static bool IsPassing(RedisException error) =>
        error.Code is "LOADING" or "BUSY" or "MASTERDOWN" or "CLUSTERDOWN" or "READONLY" or "NOREPLICAS" or "MISCONF" or "OOM" or "NOAUTH";

    /// <summary>Whether another connection can do what this one cannot: its server became a replica, or forgot who signed in.</summary>
    public static bool MustSignInAgain(RedisException error) => error.Code is "READONLY" or "NOAUTH";

    /// <summary>The reply, if it is none of an error.</summary>
    /// <exception cref="RedisException">It is an error.</exception>
    public static RedisReply ThrowIfError(RedisReply reply) => reply.Kind == RedisReplyKind.Error ? throw Read(reply) : reply;
}
