using System.Buffers.Text;
using System.Security.Cryptography;

namespace Arauto.Backplanes;

/// <summary>The name of one life of a node: six characters of the URL-safe base64 alphabet.</summary>
internal static class NodeName
{
    /// <summary>Draws a name.</summary>
    public static string Draw() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(INodeBus.NameLength))[..INodeBus.NameLength];
}
