namespace Arauto.Redis;

/// <summary>A command with its arguments. Immutable.</summary>
internal sealed class RedisCommand
{
    /// <param name="name">The command, as <c>HSET</c>.</param>
    /// <param name="args">Its arguments. On a Cluster the first names the key and so the server, unless <see cref="Key"/> does.</param>
    public RedisCommand(string name, params ReadOnlySpan<RedisArg> args)
    {
        Name = name;
        Args = args.ToArray();
        Key = args.Length > 0 ? args[0].Bytes : (ReadOnlyMemory<byte>?)null;
    }

    /// <summary>The command.</summary>
    public string Name { get; }

    /// <summary>The arguments.</summary>
    public RedisArg[] Args { get; }

    /// <summary>The key whose slot decides on the server; <see langword="null"/> lets any do it.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The script this command calls; <see langword="null"/> if it is none.</summary>
    public RedisScript? Script { get; private init; }

    /// <summary>Whether it is only answered once a replica has the effect too, wherever there is one (<c>WAIT</c>).</summary>
    public bool IsReplicated { get; init; }

    /// <summary>A call of a script: <c>EVALSHA</c>, or <c>EVAL</c> where the server does not know it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">Its keys; on a Cluster all of one slot.</param>
    /// <param name="args">Its further arguments.</param>
    /// <param name="isReplicated">See <see cref="IsReplicated"/>.</param>
    public static RedisCommand Call(RedisScript script, ReadOnlySpan<RedisArg> keys, ReadOnlySpan<RedisArg> args, bool isReplicated = false) =>
        new("EVALSHA", [script.Hash, keys.Length, .. keys, .. args])
        {
            Key = keys.Length > 0 ? keys[0].Bytes : (ReadOnlyMemory<byte>?)null,
            Script = script,
            IsReplicated = isReplicated,
        };
}
