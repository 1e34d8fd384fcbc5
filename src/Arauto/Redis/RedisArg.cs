using System.Text;

namespace Arauto.Redis;

/// <summary>One argument of a command.</summary>
internal readonly struct RedisArg
{
    private RedisArg(ReadOnlyMemory<byte> bytes, bool isServerRun)
    {
        Bytes = bytes;
        IsServerRun = isServerRun;
    }

    /// <summary>The argument's bytes; not changed after this point by anybody.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether the connection puts in the <c>run_id</c> of the server that it writes to.</summary>
    public bool IsServerRun { get; }

    /// <summary>Stands for the <c>run_id</c> of the server that will execute the command: another after a restart and after a fail-over.</summary>
    public static RedisArg ServerRun { get; } = new(default, isServerRun: true);

    public static implicit operator RedisArg(string text) => new(Encoding.UTF8.GetBytes(text), isServerRun: false);

    public static implicit operator RedisArg(ReadOnlyMemory<byte> bytes) => new(bytes, isServerRun: false);

    public static implicit operator RedisArg(byte[] bytes) => new(bytes, isServerRun: false);

    public static implicit operator RedisArg(long number) => new(Encoding.UTF8.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture)), isServerRun: false);
}
