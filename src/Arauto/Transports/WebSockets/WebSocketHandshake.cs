using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Arauto.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Primitives;

namespace Arauto.Transports.WebSockets;

/// <summary>
/// The opening handshake: RFC 6455 section 4.2 over HTTP/1.1, RFC 8441 over HTTP/2 and RFC 9220 over HTTP/3 (extended CONNECT).
/// Checking and accepting are two steps, so that authentication and limits can refuse in between with an ordinary HTTP answer.
/// </summary>
internal sealed class WebSocketHandshake
{
    private const string Version = "13";

    /// <summary>The constant of RFC 6455 section 1.3 that proves the server understood the handshake.</summary>
    private static ReadOnlySpan<byte> AcceptSuffix => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    private readonly HttpContext _context;
    private readonly string? _key;
    private readonly string? _extension;
    private readonly bool _protocolOffered;

    private WebSocketHandshake(HttpContext context, string? key, string protocol, bool protocolOffered, string? extension)
    {
        _context = context;
        _key = key;
        Protocol = protocol;
        _protocolOffered = protocolOffered;
        _extension = extension;
    }

    /// <summary>The negotiated subprotocol; the first supported one if the client named none, empty if there is none.</summary>
    public string Protocol { get; }

    /// <summary>Whether permessage-deflate was negotiated.</summary>
    public bool IsDeflated => _extension is not null;

    /// <summary>Whether a request asks for WebSocket, rightly or not; <see cref="TryNegotiate"/> says which.</summary>
    public static bool IsRequested(HttpContext context) =>
        HasToken(context.Request.Headers.Upgrade, "websocket") || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    /// <summary>Checks a request and negotiates. Sends nothing.</summary>
    /// <param name="context">The request. After a failure its response carries the headers that belong to the error (<c>Upgrade</c>, <c>Sec-WebSocket-Version</c>).</param>
    /// <param name="protocols">The supported subprotocols, the preferred one first. If there are none, subprotocols mean nothing here and the first one offered is taken, since browsers insist on one of theirs.</param>
    /// <param name="allowDeflate">Whether an offer of permessage-deflate may be accepted.</param>
    /// <param name="handshake">What was negotiated.</param>
    /// <param name="error">Why not; the status of the answer is that of the error's code.</param>
    public static bool TryNegotiate(
        HttpContext context,
        IReadOnlyList<string> protocols,
        bool allowDeflate,
        [NotNullWhen(true)] out WebSocketHandshake? handshake,
        [NotNullWhen(false)] out ProtocolError? error)
    {
        handshake = null;
        string? key = null;
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
            error = CheckExtendedConnect(context, connect);
        else
            error = CheckUpgrade(context, out key);
        if (error is not null) return false;

        var offered = context.Request.Headers.SecWebSocketProtocol;
        if (ChooseProtocol(offered, protocols) is not { } protocol)
        {
            error = new ProtocolError(ErrorCode.UnsupportedProtocol,
                $"None of the offered subprotocols is spoken here; offer one of: {string.Join(", ", protocols)}.");
            return false;
        }

        var extension = allowDeflate ? PerMessageDeflate.Negotiate(context.Request.Headers.SecWebSocketExtensions) : null;
        handshake = new WebSocketHandshake(context, key, protocol, offered.Count > 0, extension);
        return true;
    }

    /// <summary>Answers the handshake (101, or 200 to an extended CONNECT) and takes over the connection's bytes. Call once.</summary>
    /// <remarks>The stream lives as long as the request: the endpoint must not return before <see cref="WebSocketTransport.RunAsync"/> has.</remarks>
    public async Task<Stream> AcceptAsync()
    {
        var headers = _context.Response.Headers;
        if (_protocolOffered && Protocol.Length > 0) headers.SecWebSocketProtocol = Protocol;
        if (_extension is not null) headers.SecWebSocketExtensions = _extension;
        if (_key is null)
        {
            // Kestrel would otherwise hold the stream to the limits of a request body: 30 MB in all and 240 bytes a second.
            _context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
            _context.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
            _context.Response.StatusCode = StatusCodes.Status200OK;
            return await _context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync().ConfigureAwait(false);
        }

        headers.Upgrade = "websocket";
        headers.Connection = "Upgrade";
        headers.SecWebSocketAccept = ComputeAccept(_key);
        return await _context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
    }

    private static ProtocolError? CheckUpgrade(HttpContext context, out string? key)
    {
        key = null;
        var headers = context.Request.Headers;
        if (!HasToken(headers.Upgrade, "websocket") || !HasToken(headers.Connection, "Upgrade"))
            return UpgradeRequired(context, "This address takes WebSocket handshakes only: send Upgrade: websocket and Connection: Upgrade.");
        if (!HttpMethods.IsGet(context.Request.Method))
            return new ProtocolError(ErrorCode.InvalidMessage, "A WebSocket handshake must be a GET request.");
        // Kestrel would also upgrade HTTP/1.0, which RFC 6455 section 4.1 forbids.
        if (!HttpProtocol.IsHttp11(context.Request.Protocol) || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
            return new ProtocolError(ErrorCode.InvalidMessage, "A WebSocket handshake must be an HTTP/1.1 request without a body.");
        if (headers.SecWebSocketVersion.ToString() != Version) return WrongVersion(context);

        key = headers.SecWebSocketKey.ToString();
        // 16 bytes are 24 characters of Base64; the length is checked first because the decoder skips white space.
        if (key.Length != 24 || !Base64.IsValid(key, out var bytes) || bytes != 16)
            return new ProtocolError(ErrorCode.InvalidMessage, "The header Sec-WebSocket-Key must be 16 bytes in Base64.");
        return null;
    }

    private static ProtocolError? CheckExtendedConnect(HttpContext context, IHttpExtendedConnectFeature connect)
    {
        if (!string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase))
            return new ProtocolError(ErrorCode.InvalidMessage, "An extended CONNECT must have the :protocol websocket.");
        return context.Request.Headers.SecWebSocketVersion.ToString() == Version ? null : WrongVersion(context);
    }

    private static ProtocolError WrongVersion(HttpContext context)
    {
        context.Response.Headers.SecWebSocketVersion = Version;
        return UpgradeRequired(context, "The header Sec-WebSocket-Version must be 13.");
    }

    private static ProtocolError UpgradeRequired(HttpContext context, string message)
    {
        // HTTP/2 and later have no Upgrade header and may not carry it.
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.Connection = "Upgrade";
        }

        return new ProtocolError(ErrorCode.UpgradeRequired, message);
    }

    /// <summary>The server's order of preference decides; subprotocols are case-sensitive, RFC 6455 section 4.2.2.</summary>
    private static string? ChooseProtocol(StringValues offered, IReadOnlyList<string> protocols)
    {
        if (protocols.Count == 0) return offered.ToString().Split(',')[0].Trim();
        if (offered.Count == 0) return protocols[0];
        foreach (var protocol in protocols)
            if (HasToken(offered, protocol, StringComparison.Ordinal)) return protocol;
        return null;
    }

    private static bool HasToken(StringValues values, string token, StringComparison comparison = StringComparison.OrdinalIgnoreCase)
    {
        foreach (var value in values)
        {
            var text = value.AsSpan();
            foreach (var range in text.Split(','))
                if (text[range].Trim().Equals(token, comparison)) return true;
        }

        return false;
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 section 4.2.2 prescribes SHA-1; nothing is protected by it.")]
    private static string ComputeAccept(string key)
    {
        Span<byte> input = stackalloc byte[24 + 36];
        Encoding.ASCII.GetBytes(key, input);
        AcceptSuffix.CopyTo(input[24..]);
        return Convert.ToBase64String(SHA1.HashData(input));
    }
}
