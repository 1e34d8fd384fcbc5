using System.Security.Cryptography.X509Certificates;

namespace Arauto.Redis;

/// <summary>How the client behaves.</summary>
internal sealed class RedisClientOptions
{
    /// <summary>Where Redis is.</summary>
    public required RedisAddress Address { get; init; }

    /// <summary>The name that shows in <c>CLIENT LIST</c>.</summary>
    public string ClientName { get; init; } = "arauto";

    /// <summary>The only authorities that may vouch for a server over TLS; <see langword="null"/> for those that the machine trusts. The host's name is checked in any case.</summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>How long a command may take, the wait for its turn included. Default: 2 s.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long connecting and signing in may take. Default: 2 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The first wait before connecting again; random and doubling, up to <see cref="MaxReconnectDelay"/>. Default: 50 ms.</summary>
    public TimeSpan FirstReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before connecting again. Default: 2 s.</summary>
    public TimeSpan MaxReconnectDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Commands that may wait for a reply per server, beyond which further ones fail at once. Default: 65536.</summary>
    public int MaxPendingCommands { get; init; } = 65_536;

    /// <summary>Bytes of commands that may wait to be written per server, beyond which further ones fail at once. Default: 64 MiB.</summary>
    public int MaxPendingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The largest reply or pushed message that is taken; a larger one ends the connection. Default: 64 MiB.</summary>
    public int MaxReplyBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a replica may take to confirm a command that asks for it. Default: 1 s.</summary>
    public TimeSpan ReplicaTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
