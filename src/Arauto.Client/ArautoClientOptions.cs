using Microsoft.Extensions.Logging;

namespace Arauto.Client;

/// <summary>How a client reaches the server and what it may hold. Read once, when the client is made.</summary>
public sealed class ArautoClientOptions
{
    /// <summary>The server's base address: <c>http</c>, <c>https</c>, <c>ws</c> or <c>wss</c>; <c>/ws</c>, <c>/events</c>, <c>/poll</c> and <c>/v1</c> are added to its path. Required.</summary>
    public Uri? Url { get; set; }

    /// <summary>
    /// How to connect. <see cref="TransportKind.Auto"/> tries WebSocket, then Server-Sent Events, then long polling, at
    /// once one after the other, and returns to a better one that gets through again. Any other uses that one only.
    /// Default: <see cref="TransportKind.Auto"/>.
    /// </summary>
    public TransportKind Transport { get; set; } = TransportKind.Auto;

    /// <summary>A fixed token. Sent in the <c>Authorization</c> header, never in a URL, never logged. Excludes <see cref="TokenProvider"/>.</summary>
    public string? Token { get; set; }

    /// <summary>
    /// Gives the token: asked before each connection, and again shortly before the token's <c>exp</c>, so that a live
    /// connection goes on with the new one. May be called from any thread, never twice at a time.
    /// </summary>
    public Func<CancellationToken, ValueTask<string?>>? TokenProvider { get; set; }

    /// <summary>Offers permessage-deflate (RFC 7692). Saves bytes at the price of memory and time per message. Default: off.</summary>
    public bool Compression { get; set; }

    /// <summary>The time for one try to open a connection, until the server's first sign. Above zero. Default: 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time for the answer to a publish, and for every call of the HTTP API, from its sending. Above zero. Default: 10 s.
    /// </summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The time until a better transport is tried for the first time, while <see cref="TransportKind.Auto"/> has fallen
    /// back; it doubles up to <see cref="MaxProbeInterval"/>. Each wait is a quarter shorter to a quarter longer. Above zero. Default: 30 s.
    /// </summary>
    public TimeSpan ProbeInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The cap on the doubling of <see cref="ProbeInterval"/>, not below it and at most a day. Default: 5 minutes.</summary>
    public TimeSpan MaxProbeInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The upper end of the first wait before reconnecting, above zero. The wait is random between zero and this. Default: 1 s.</summary>
    public TimeSpan FirstReconnectDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The cap on the doubling of <see cref="FirstReconnectDelay"/>, not below it. Default: 30 s.</summary>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection must have held for the waits to begin anew. Not negative. Default: 10 s.</summary>
    public TimeSpan StableAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Messages buffered per subscription while the reader is busy, 1 to 1,000,000. When the buffer is full the client
    /// pauses the subscription (unsubscribes) and goes on from its cursor once half was read, so that a slow reader
    /// costs neither memory nor messages, and never holds up the replies of other calls. Default: 1024.
    /// </summary>
    public int SubscriptionBuffer { get; set; } = 1024;

    /// <summary>Commands that wait for the connection or for their answer, 1 to 1,000,000. Default: 1000.</summary>
    public int MaxPendingCommands { get; set; } = 1000;

    /// <summary>What happens to a call above <see cref="MaxPendingCommands"/>. Default: <see cref="PendingLimitPolicy.Wait"/>.</summary>
    public PendingLimitPolicy PendingLimitPolicy { get; set; } = PendingLimitPolicy.Wait;

    /// <summary>The largest frame, event or HTTP answer taken from the server, in bytes, at least 1024; a larger one ends the connection. Default: 16 MiB.</summary>
    public int MaxFrameBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The clock behind every timer. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the client logs: connection states at Debug, faults of event handlers at Error. Default: nowhere.</summary>
    public ILogger? Logger { get; set; }

    /// <summary>Throws if an option is missing or out of range; the message names it.</summary>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    internal void Validate()
    {
        Require(Url is { IsAbsoluteUri: true, Scheme: "http" or "https" or "ws" or "wss" }, nameof(Url), "must be an absolute address with http, https, ws or wss");
        Require(Url!.UserInfo.Length == 0 && Url.Query.Length == 0, nameof(Url), "must have neither a user nor a query; give the token as Token");
        Require(Token is null || TokenProvider is null, nameof(Token), "and TokenProvider exclude each other");
        Require(ConnectTimeout > TimeSpan.Zero, nameof(ConnectTimeout), "must be above zero");
        Require(Enum.IsDefined(Transport), nameof(Transport), "must be Auto, WebSocket, ServerSentEvents or LongPolling");
        Require(AnswerTimeout > TimeSpan.Zero, nameof(AnswerTimeout), "must be above zero");
        Require(ProbeInterval > TimeSpan.Zero, nameof(ProbeInterval), "must be above zero");
        Require(MaxProbeInterval >= ProbeInterval && MaxProbeInterval <= TimeSpan.FromDays(1), nameof(MaxProbeInterval), "must not be below ProbeInterval and be at most a day");
        Require(FirstReconnectDelay > TimeSpan.Zero, nameof(FirstReconnectDelay), "must be above zero");
        Require(MaxReconnectDelay >= FirstReconnectDelay, nameof(MaxReconnectDelay), "must not be below FirstReconnectDelay");
        Require(StableAfter >= TimeSpan.Zero, nameof(StableAfter), "must not be negative");
        Require(SubscriptionBuffer is >= 1 and <= 1_000_000, nameof(SubscriptionBuffer), "must be 1 to 1000000");
        Require(MaxPendingCommands is >= 1 and <= 1_000_000, nameof(MaxPendingCommands), "must be 1 to 1000000");
        Require(Enum.IsDefined(PendingLimitPolicy), nameof(PendingLimitPolicy), "must be Wait or Reject");
        Require(MaxFrameBytes >= 1024, nameof(MaxFrameBytes), "must be at least 1024");

        static void Require(bool condition, string name, string rule)
        {
            if (!condition) throw new ArgumentException($"{name} {rule}.", name);
        }
    }
}
