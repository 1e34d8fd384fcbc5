using System.Text.Json;
using Arauto.Gateways;

namespace Arauto.SocketIoHost;

/// <summary>A handshake in the members that the reference server gives it.</summary>
internal sealed record HandshakeView(
    IReadOnlyDictionary<string, string> Headers, string Time, string Address, bool Xdomain, bool Secure, long Issued, string Url, IReadOnlyDictionary<string, string> Query, JsonElement Auth)
{
    public static HandshakeView Of(Handshake handshake) => new(
        handshake.Headers, $"{handshake.Time:R}", handshake.Address, handshake.XDomain, handshake.Secure, handshake.Time.ToUnixTimeMilliseconds(), handshake.Url, handshake.Query, handshake.Auth);
}
