using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Arauto.Auth;

/// <summary>One shared secret: HS256 only.</summary>
internal sealed class SecretKey : ISigningKeys
{
    private readonly SecurityKey[] _keys;

    /// <summary>Takes the secret; its bytes are its UTF-8.</summary>
    /// <exception cref="ArgumentException">It is shorter than <see cref="AuthOptions.MinSecretBytes"/>.</exception>
    public SecretKey(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        if (bytes.Length < AuthOptions.MinSecretBytes)
            throw new ArgumentException($"The secret must have at least {AuthOptions.MinSecretBytes} bytes.", nameof(secret));
        _keys = [new SymmetricSecurityKey(bytes)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Algorithms { get; } = [SecurityAlgorithms.HmacSha256];

    /// <inheritdoc/>
    public IReadOnlyList<SecurityKey> Find(TokenHeader header) => _keys; // A key id has nothing to select here.

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SecurityKey>?> FetchAsync(TokenHeader header, CancellationToken cancellationToken) => new(_keys);
}
