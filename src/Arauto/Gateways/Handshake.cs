using System.Text.Json;
using Arauto.EngineIo;

namespace Arauto.Gateways;

/// <summary>What a client said when it came: the first HTTP request of its connection and what it sent to join the namespace. Immutable; safe for concurrent use.</summary>
/// <remarks>Kept as it came, and read when it is asked for, since most sockets are never asked.</remarks>
public sealed class Handshake
{
    private readonly EngineIoHandshake? _request;
    private readonly ReadOnlyMemory<byte> _auth;
    private readonly HandshakePicture? _picture;
    private object? _parsed;

    /// <param name="request">The first request.</param>
    /// <param name="auth">The payload of CONNECT: a JSON object, or empty.</param>
    internal Handshake(EngineIoHandshake request, ReadOnlyMemory<byte> auth)
    {
        _request = request;
        _auth = auth;
        Address = request.Address;
        Time = request.Time;
    }

    /// <summary>For a client whose request is not known.</summary>
    internal Handshake(string address, DateTimeOffset time, HandshakePicture picture)
    {
        Address = address;
        Time = time;
        _picture = picture;
    }

    /// <summary>The query of the first request, decoded; values of a repeated key are joined with commas.</summary>
    public IReadOnlyDictionary<string, string> Query => _request?.Query ?? _picture!.Query;

    /// <summary>The headers of the first request (<c>extraHeaders</c> among them), in lower case. Contains secrets such as <c>authorization</c>: not for logs.</summary>
    public IReadOnlyDictionary<string, string> Headers => _request?.Headers ?? _picture!.Headers;

    /// <summary>What the client sent as <c>auth</c>: a JSON object, empty if it sent none. Contains secrets: not for logs.</summary>
    public JsonElement Auth => (JsonElement)(_parsed ??= _picture?.Auth ?? (_auth.IsEmpty ? HandshakePicture.NoAuth : JsonElement.Parse(_auth.Span)));

    /// <summary>The client's address; behind trusted proxies the one they name.</summary>
    public string Address { get; }

    /// <summary>Whether the client came over TLS.</summary>
    public bool Secure => _request?.IsSecure ?? _picture!.Secure;

    /// <summary>Whether a page sent the request, and so named its origin.</summary>
    public bool XDomain => Headers.ContainsKey("origin");

    /// <summary>When the first request came.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>Path and query of the first request. The query may contain a token: not for logs.</summary>
    public string Url => _request?.PathAndQuery ?? _picture!.Url;
}
