using System.Collections.Frozen;
using System.Text.Json;
using Arauto.Gateways;

namespace Arauto.SocketIo.Cluster;

/// <summary>A socket as one node describes it to another: a picture of the moment, without secrets. Immutable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="User">Whose it is; for sockets of other servers, which do not say, the id.</param>
/// <param name="Handshake">What the client said when it came.</param>
/// <param name="Rooms">Its rooms.</param>
/// <param name="Data">What handlers noted about it.</param>
internal sealed record PeerSocket(string Id, string User, Handshake Handshake, IReadOnlyCollection<string> Rooms, IReadOnlyDictionary<string, JsonElement> Data)
{
    /// <summary>Headers that other nodes are told. Not a list of what is secret, since any other header may be.</summary>
    private static readonly FrozenSet<string> SharedHeaders = FrozenSet.ToFrozenSet(
        ["accept", "accept-encoding", "accept-language", "content-type", "host", "origin", "user-agent"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Parameters that other nodes are told.</summary>
    private static readonly FrozenSet<string> SharedParameters = FrozenSet.ToFrozenSet(["EIO", "transport", "t"], StringComparer.Ordinal);

    /// <summary>A socket of this node.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="json">How its data is written; what cannot be written is left out.</param>
    public static PeerSocket Of(SocketState socket, JsonSerializerOptions json)
    {
        var data = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, value) in socket.Data)
            if (TryWrite(value, json, out var element)) data[name] = element;
        return new PeerSocket(socket.Id, socket.Identity.User, WithoutSecrets(socket.Handshake), socket.Rooms, data);
    }

    /// <summary>Neither auth nor cookies, tokens or headers of the application's own; invariant: secrets do not leave the node.</summary>
    private static Handshake WithoutSecrets(Handshake handshake)
    {
        var query = handshake.Query.Where(parameter => SharedParameters.Contains(parameter.Key)).ToDictionary(StringComparer.Ordinal);
        var headers = handshake.Headers.Where(header => SharedHeaders.Contains(header.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        return new Handshake(handshake.Address, handshake.Time, new HandshakePicture(UrlOf(handshake.Url, query)) { Query = query, Headers = headers, Secure = handshake.Secure });
    }

    private static string UrlOf(string url, Dictionary<string, string> query)
    {
        var path = url.Split('?', 2)[0];
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query.Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value)}"))}";
    }

    private static bool TryWrite(object? value, JsonSerializerOptions json, out JsonElement element)
    {
        element = default;
        try
        {
            element = JsonSerializer.SerializeToElement(value, value?.GetType() ?? typeof(object), json);
            return true;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return false;
        }
    }
}
