using Arauto.Auth;
using Arauto.Channels;
using Arauto.Feeds;
using Arauto.Hubs;
using Arauto.Limits;
using Arauto.Logs;
using Arauto.Metrics;
using Arauto.Options;
using Arauto.Presence;
using Arauto.Publishing;
using Arauto.Receipts;
using Microsoft.Extensions.Logging;

namespace Arauto.Connections;

/// <summary>What every connection of a node uses; held once, so that a connection carries one reference.</summary>
internal sealed record NodeServices(
    ArautoOptions Options,
    Hub Hub,
    FeedRegistry Feeds,
    Publisher Publisher,
    ChannelRules Rules,
    AccessControl Access,
    ITokenValidator Tokens,
    RevocationList Revocations,
    PublishLimiter PublishLimiter,
    ConnectionCounts ConnectionCounts,
    PresenceRegistry Presence,
    ReceiptBook Receipts,
    HistoryReader History,
    ArautoMetrics Metrics,
    TimeProvider Time,
    ILogger<Connection> Logger,
    NodeLifetime Lifetime,
    Lazy<IEventCaller> Events);
