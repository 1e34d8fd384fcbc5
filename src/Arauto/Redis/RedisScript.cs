using System.Security.Cryptography;
using System.Text;

namespace Arauto.Redis;

/// <summary>A Lua script, called by its hash and sent whole where the server does not have it. Immutable.</summary>
internal sealed class RedisScript(string source)
{
    /// <summary>The script.</summary>
    public ReadOnlyMemory<byte> Source { get; } = Encoding.UTF8.GetBytes(source);

    /// <summary>Its SHA-1 in lower-case hexadecimal digits, by which <c>EVALSHA</c> names it.</summary>
#pragma warning disable CA5350 // The protocol's name for a script, not a protection.
    public string Hash { get; } = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(source)));
#pragma warning restore CA5350

    /// <summary>Reads a script that is embedded beside a type.</summary>
    /// <param name="owner">The type whose folder has the files.</param>
    /// <param name="files">The files' names; several are one script in this order.</param>
    public static RedisScript Embedded(Type owner, params ReadOnlySpan<string> files)
    {
        var source = new StringBuilder();
        foreach (var file in files)
        {
            using var stream = owner.Assembly.GetManifestResourceStream($"{owner.Namespace}.{file}")
                ?? throw new InvalidOperationException($"The script {file} is not embedded.");
            using var reader = new StreamReader(stream);
            source.Append(reader.ReadToEnd());
        }
        return new RedisScript(source.ToString());
    }
}
