namespace Arauto.Redis.Links;

/// <summary>What is said at the beginning of a connection.</summary>
internal static class Handshake
{
    /// <summary>Signs in, with RESP3 where the server has it.</summary>
    /// <returns>Whether it is RESP3.</returns>
    /// <exception cref="RedisException">The server refuses.</exception>
    public static async Task<bool> SignInAsync(RedisConnection connection, string? user, string? password, string name, CancellationToken cancellationToken)
    {
        try
        {
            RedisArg[] auth = password is null ? [] : ["AUTH", user ?? "default", password];
            await connection.ExecuteAsync(new RedisCommand("HELLO", [3, .. auth, "SETNAME", name]), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RedisException e) when (IsUnknownHello(e))
        {
            if (password is not null) await AuthenticateAsync(connection, user, password, cancellationToken).ConfigureAwait(false);
            await SetNameAsync(connection, name, cancellationToken).ConfigureAwait(false);
            return false;
        }
    }

    private static async Task AuthenticateAsync(RedisConnection connection, string? user, string password, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync(new RedisCommand("AUTH", user is null ? [password] : [user, password]), cancellationToken).ConfigureAwait(false);
        }
        catch (RedisException e)
        {
            // A server that does not know the command quotes what stood behind it, and that is the password.
            throw new RedisException($"{e.Code} The server refuses AUTH.");
        }
    }

    /// <summary>The name is a courtesy to operators; old Sentinels do not know the command.</summary>
    private static async Task SetNameAsync(RedisConnection connection, string name, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync(new RedisCommand("CLIENT", "SETNAME", name), cancellationToken).ConfigureAwait(false);
        }
        catch (RedisException)
        {
            // Then it has none.
        }
    }

    /// <summary>Asks a server that holds data what it is, and whether it serves already.</summary>
    /// <exception cref="RedisException">It refuses.</exception>
    /// <exception cref="RedisUnavailableException">It is loading, or the connection ended.</exception>
    public static async Task<(string RunId, ServerRole Role)> ReadServerAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        // Three questions, one round trip. PING is the one that a server refuses while it loads its data.
        var ping = connection.ExecuteAsync(new RedisCommand("PING"), cancellationToken);
        var info = connection.ExecuteAsync(new RedisCommand("INFO", "server"), cancellationToken);
        var role = connection.ExecuteAsync(new RedisCommand("ROLE"), cancellationToken);
        await Task.WhenAll(ping, info, role).ConfigureAwait(false);
        return (ReadRunId(await info.ConfigureAwait(false)), ServerRole.Read(await role.ConfigureAwait(false)));
    }

    private static string ReadRunId(RedisReply info)
    {
        const string Key = "run_id:";
        foreach (var line in (info.AsString() ?? "").Split('\n'))
            if (line.StartsWith(Key, StringComparison.Ordinal)) return line[Key.Length..].Trim();
        throw new RedisException("ERR The server does not say its run_id.");
    }

    /// <summary>Servers before version 6 do not have the command, others have it without RESP3 or keep it from the user.</summary>
    private static bool IsUnknownHello(RedisException error) =>
        error.Code is "NOPROTO" or "NOPERM" || error.Message.StartsWith("ERR unknown command", StringComparison.OrdinalIgnoreCase);
}
