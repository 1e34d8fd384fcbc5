using System.Buffers.Text;
using System.Security.Cryptography;

namespace Arauto.SocketIo;

/// <summary>Ids of sockets and the secrets by which they recover: 20 URL-safe characters, unguessable.</summary>
internal static class SocketId
{
    public static string Create()
    {
        Span<byte> bytes = stackalloc byte[15];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
