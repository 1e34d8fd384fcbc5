using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Arauto.Redis.Links;

/// <summary>Opens connections: socket, TLS, sign-in.</summary>
internal sealed class RedisConnector(RedisClientOptions options, TimeProvider time)
{
    /// <summary>Opens a connection to a server that holds data.</summary>
    /// <exception cref="RedisUnavailableException">It cannot be reached, refuses, or is no master.</exception>
    public Task<RedisConnection> OpenMasterAsync(DnsEndPoint host, IPushReceiver? pushes, CancellationToken cancellationToken)
    {
        var address = options.Address;
        return OpenAsync(host, pushes, SignInAsync, cancellationToken);

        async Task SignInAsync(RedisConnection connection, CancellationToken inTime)
        {
            var isResp3 = await Handshake.SignInAsync(connection, address.User, address.Password, options.ClientName, inTime).ConfigureAwait(false);
            var (runId, role) = await Handshake.ReadServerAsync(connection, inTime).ConfigureAwait(false);
            if (!role.IsMaster) throw new RedisUnavailableException("It is a replica; the master is needed.");
            connection.Server = new ServerFacts(runId, isResp3);
            connection.Confirmations.OnRole(role, []);
            if (!isResp3 && pushes is not null) connection.TakeArraysAsPushes();
        }
    }

    /// <summary>Opens a connection to a server that holds data, whatever its role.</summary>
    /// <exception cref="RedisUnavailableException">It cannot be reached, or refuses.</exception>
    public Task<RedisConnection> OpenAnyAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var address = options.Address;
        return OpenAsync(host, null, SignInAsync, cancellationToken);

        Task SignInAsync(RedisConnection connection, CancellationToken inTime) =>
            Handshake.SignInAsync(connection, address.User, address.Password, options.ClientName, inTime);
    }

    /// <summary>Opens a connection to a Sentinel. It is told the user and password of the data only if it asks for some.</summary>
    /// <exception cref="RedisUnavailableException">It cannot be reached, or refuses.</exception>
    public async Task<RedisConnection> OpenSentinelAsync(DnsEndPoint host, IPushReceiver? pushes, CancellationToken cancellationToken)
    {
        try
        {
            return await OpenSentinelAsync(host, pushes, user: null, password: null, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisUnavailableException e) when (options.Address.Password is not null && WantsPassword(e))
        {
            return await OpenSentinelAsync(host, pushes, options.Address.User, options.Address.Password, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<RedisConnection> OpenSentinelAsync(DnsEndPoint host, IPushReceiver? pushes, string? user, string? password, CancellationToken cancellationToken)
    {
        return OpenAsync(host, pushes, SignInAsync, cancellationToken);

        async Task SignInAsync(RedisConnection connection, CancellationToken inTime)
        {
            var isResp3 = await Handshake.SignInAsync(connection, user, password, options.ClientName, inTime).ConfigureAwait(false);
            connection.Server = new ServerFacts("", isResp3);
            if (!isResp3 && pushes is not null) connection.TakeArraysAsPushes();
        }
    }

    private static bool WantsPassword(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
            if (error is RedisException { Code: "NOAUTH" }) return true;
        return false;
    }

    private async Task<RedisConnection> OpenAsync(DnsEndPoint host, IPushReceiver? pushes, Func<RedisConnection, CancellationToken, Task> signIn, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        RedisConnection? connection = null;
        try
        {
            connection = new RedisConnection(await ConnectAsync(host, either.Token).ConfigureAwait(false), host, options, time, pushes);
            await signIn(connection, either.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e)
        {
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
            if (e is OperationCanceledException && late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                throw new RedisUnavailableException($"Redis at {host.Host}:{host.Port} did not answer within {options.ConnectTimeout.TotalSeconds} s.", e);
            if (e is SocketException or IOException or AuthenticationException or RedisException or RedisUnavailableException)
                throw new RedisUnavailableException($"Cannot connect to Redis at {host.Host}:{host.Port}: {e.Message}", e);
            throw;
        }
    }

    private async Task<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, cancellationToken).ConfigureAwait(false);
            var plain = new NetworkStream(socket, ownsSocket: true);
            if (!options.Address.IsTls) return plain;
            var encrypted = new SslStream(plain, leaveInnerStreamOpen: false);
            await encrypted.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host.Host, CertificateChainPolicy = TrustPolicy() }, cancellationToken).ConfigureAwait(false);
            return encrypted;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private X509ChainPolicy? TrustPolicy()
    {
        if (options.TrustedAuthorities is not { } authorities) return null;
        // Private authorities seldom publish lists of revoked certificates, and a list that cannot be had must not stop the node.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
