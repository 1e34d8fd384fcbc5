using System.Buffers.Text;
using System.Security.Cryptography;
using Arauto.Auth;
using Arauto.Backplanes;
using Arauto.Backplanes.Redis;
using Arauto.Backplanes.SingleNode;
using Arauto.Channels;
using Arauto.Connections;
using Arauto.Feeds;
using Arauto.Gateways;
using Arauto.Hosting;
using Arauto.Http;
using Arauto.Hubs;
using Arauto.Ingestion;
using Arauto.Limits;
using Arauto.Logs;
using Arauto.Logs.Island;
using Arauto.Logs.Memory;
using Arauto.Metrics;
using Arauto.Nodes;
using Arauto.Options;
using Arauto.Presence;
using Arauto.Publishing;
using Arauto.Receipts;
using Arauto.Redis;
using Arauto.Relays;
using Arauto.Rooms;
using Arauto.SocketIo;
using Arauto.SocketIo.Cluster;
using Arauto.Stores;
using Arauto.Stores.Memory;
using Arauto.Stores.Redis;
using Arauto.Transports.EngineIo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Arauto;

/// <summary>Puts Arauto into an application's services.</summary>
public static class ArautoServices
{
    /// <summary>For closing what remains after the drain's deadline and for the store's last commits.</summary>
    private static readonly TimeSpan MarginAfterDrain = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Adds a node that believes the tokens of this application and no others: they are signed with a random key that
    /// lives as long as the process, by the <see cref="TokenIssuer"/> among the services. After a restart, and on another
    /// node, users need a new one; to have it otherwise, give <see cref="AuthOptions"/>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static IServiceCollection AddArauto(this IServiceCollection services, Action<ArautoOptions>? configure = null) =>
        services.AddArauto(new AuthOptions { JwtSecret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(AuthOptions.MinSecretBytes)) }, configure);

    /// <summary>
    /// Adds a node. Register an <see cref="IStore"/> before, already open, to keep messages; without one they are kept in
    /// the Redis of the options (<see cref="ArautoOptions.Redis"/>), or in memory. A <see cref="TimeProvider"/> of the application's own is used too. With <see cref="AuthOptions.JwtSecret"/> a
    /// <see cref="TokenIssuer"/> is among the services.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="auth">How tokens are checked.</param>
    /// <param name="configure">Sets options.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public static IServiceCollection AddArauto(this IServiceCollection services, AuthOptions auth, Action<ArautoOptions>? configure = null)
    {
        var options = new ArautoOptions();
        configure?.Invoke(options);
        return services.AddArauto(auth, options);
    }

    /// <summary>Adds a node with options that are complete.</summary>
    public static IServiceCollection AddArauto(this IServiceCollection services, AuthOptions auth, ArautoOptions options)
    {
        if (OptionsValidation.FindProblems(options).Concat(OptionsValidation.FindProblems(auth)).FirstOrDefault() is { } problem)
            throw new ArgumentException(problem.ToString());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options).AddSingleton(auth).AddSingleton<ArautoMetrics>().AddSingleton<PrometheusText>();
        services.AddCors();
        var hasStore = services.Any(service => service.ServiceType == typeof(IStore));
        if (RedisAddress.TryParse(options.Redis, out var address)) AddRedis(services, address, options, isStore: !hasStore);
        services.TryAddSingleton<IStore>(provider => new MemoryStore(new MemoryStoreOptions(), provider.GetRequiredService<TimeProvider>()));
        AddCore(services);
        AddAuth(services);
        if (auth.JwtSecret is not null) services.TryAddSingleton(provider => new TokenIssuer(auth, provider.GetRequiredService<TimeProvider>()));
        AddEndpoints(services);
        services.AddHostedService<NodeHost>().AddHostedService<ClusterHost>();
        services.PostConfigure<HostOptions>(host =>
        {
            var drain = TimeSpan.FromSeconds(options.Drain.DeadlineSeconds + options.Drain.SpreadSeconds) + MarginAfterDrain;
            if (host.ShutdownTimeout < drain) host.ShutdownTimeout = drain;
        });
        return services;
    }

    /// <summary>Durable channels live in the store, the others in memory; where there is a Redis, they live there, and in memory only while it is away.</summary>
    private static ChannelRules CreateChannelRules(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<ArautoOptions>();
        var store = provider.GetRequiredService<IStore>();
        if (provider.GetService<RedisStore>() is not { } redis) return new ChannelRules(options, store.Log, provider.GetRequiredService<MemoryChannelLog>());
        var shared = provider.GetRequiredService<IslandLog>();
        return new ChannelRules(options, store == redis ? shared : store.Log, shared);
    }

    private static IslandLog CreateIslandLog(IServiceProvider provider)
    {
        // The feeds need the rules first.
        var feeds = new Lazy<FeedRegistry>(provider.GetRequiredService<FeedRegistry>);
        return new IslandLog(
            provider.GetRequiredService<RedisStore>().Log,
            provider.GetRequiredService<HomeWatch>(),
            channel => feeds.Value.Find(channel)?.Current,
            MemoryOptions(provider.GetRequiredService<ArautoOptions>()),
            provider.GetRequiredService<TimeProvider>());
    }

    private static HomeWatch CreateHomeWatch(IServiceProvider provider, ArautoOptions options)
    {
        // Past the breaker, which a server that answers and refuses opens too.
        var redis = provider.GetRequiredService<RedisService>().Client;
        return new HomeWatch(provider.GetRequiredService<RedisStore>().PartOf, redis.AnswersAsync, TimeSpan.FromSeconds(options.Cluster.IslandSeconds), provider.GetRequiredService<TimeProvider>());
    }

    private static MemoryLogOptions MemoryOptions(ArautoOptions options) => new() { IdempotencyWindow = TimeSpan.FromHours(options.Limits.IdempotencyHours) };

    private static void AddCore(IServiceCollection services)
    {
        services.AddSingleton(provider => new MemoryChannelLog(MemoryOptions(provider.GetRequiredService<ArautoOptions>()), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(CreateChannelRules);
        services.AddSingleton<LaneSet>().AddSingleton<Hub>().AddSingleton<FeedRegistry>().AddSingleton<NodeLifetime>();
        services.TryAddSingleton<IBackplane, SingleNodeBackplane>();
        services.TryAddSingleton<INodeBus, SingleNodeBus>();
        services.AddSingleton<Publisher>().AddSingleton<IPublisher>(provider => provider.GetRequiredService<Publisher>());
        services.AddSingleton<PublishLimiter>();
        services.AddSingleton(provider => new ConnectionCounts(provider.GetRequiredService<ArautoOptions>().Limits.ConnectionsPerUser, provider.GetService<ISharedCounts>()));
        services.TryAddSingleton<IPresenceShare, NoOthers>();
        services.AddSingleton(provider => new ConnectionCensus(
            provider.GetRequiredService<Hub>(),
            provider.GetRequiredService<INodeBus>(),
            provider.GetService<NodeDirectory>(),
            provider.GetRequiredService<ArautoOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ConnectionCensus>>()));
        services.AddSingleton<HistoryReader>().AddSingleton<PresenceRegistry>().AddSingleton<ReceiptBook>().AddSingleton<RoomDirectory>();
        services.AddSingleton<NodeServices>();
        services.AddSingleton(provider => new EngineIoNode(provider.GetRequiredService<INodeBus>().Self, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EngineIoRelay>();
        services.AddSingleton<GatewayRegistry>().AddSingleton<SocketClusters>().AddSingleton<SocketNamespaces>();
        services.AddSingleton<IEventCaller, NativeCaller>().AddSingleton(provider => new Lazy<IEventCaller>(provider.GetRequiredService<IEventCaller>));
        services.AddSingleton(provider => new SocketServer(provider.GetRequiredService<SocketNamespaces>()));
    }

    private static RedisStore CreateRedisStore(IServiceProvider provider, RedisAddress address, ArautoOptions options) => new(
        provider.GetRequiredService<IRedis>(),
        address.Prefix,
        new RedisStoreOptions { IdempotencyWindow = TimeSpan.FromHours(options.Limits.IdempotencyHours), RoomHours = options.Cluster.RoomHours },
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILoggerFactory>());

    /// <summary>What joins this node with others.</summary>
    private static void AddRedis(IServiceCollection services, RedisAddress address, ArautoOptions options, bool isStore)
    {
        services.TryAddSingleton(provider => RedisService.Create(
            address,
            $"arauto-{options.Node}",
            TimeSpan.FromSeconds(options.Cluster.CircuitSeconds),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(provider => provider.GetRequiredService<RedisService>().Guarded);
        services.AddSingleton(new RedisNames(address.Prefix));
        var self = NodeName.Draw();
        services.AddSingleton(provider => new RedisBus(
            provider.GetRequiredService<IRedis>(), provider.GetRequiredService<RedisNames>(), self, provider.GetRequiredService<ILogger<RedisBus>>()));
        services.AddSingleton<INodeBus>(provider => provider.GetRequiredService<RedisBus>());
        services.AddSingleton(provider => new NodeDirectory(
            provider.GetRequiredService<RedisService>().Client,
            provider.GetRequiredService<RedisNames>(),
            self,
            TimeSpan.FromSeconds(options.Cluster.LeaseSeconds),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<NodeDirectory>>()));
        services.AddSingleton(provider => new RedisHealth(
            provider.GetRequiredService<RedisService>().Client,
            provider.GetRequiredService<RedisService>().Breaker,
            provider.GetRequiredService<RedisNames>().Canary(self),
            provider.GetRequiredService<ArautoMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisHealth>>()));
        services.AddSingleton<IBackplane, RedisBackplane>();
        services.AddSingleton<SharedCounts>().AddSingleton<ISharedCounts>(provider => provider.GetRequiredService<SharedCounts>());
        services.AddSingleton<SharedPresence>().AddSingleton<IPresenceShare>(provider => provider.GetRequiredService<SharedPresence>());
        services.AddSingleton<ClusterMember>().AddSingleton<NodeShare>().AddSingleton<ExternalPublications>();
        services.AddSingleton(provider => CreateRedisStore(provider, address, options));
        services.AddSingleton(provider => CreateHomeWatch(provider, options)).AddSingleton(CreateIslandLog);
        if (isStore) services.AddSingleton<IStore>(provider => provider.GetRequiredService<RedisStore>());
    }

    private static void AddAuth(IServiceCollection services)
    {
        services.AddSingleton<AccessControl>().AddSingleton<ChannelGate>();
        services.AddSingleton(provider => new RevocationList(
            provider.GetRequiredService<IStore>().Revocations, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RevocationList>>()));
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<ArautoOptions>();
            return new OriginPolicy(options.Origins, options.Development);
        });
        services.TryAddSingleton<ISigningKeys>(provider =>
        {
            var auth = provider.GetRequiredService<AuthOptions>();
            return auth.JwksUrl is { } url
                ? new JwksKeys(url, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<JwksKeys>>())
                : new SecretKey(auth.JwtSecret!);
        });
        services.TryAddSingleton<ITokenValidator, TokenValidator>();
    }

    private static void AddEndpoints(IServiceCollection services) =>
        services.AddSingleton<ApiGate>().AddSingleton<RequestBody>().AddSingleton<ClientAddress>()
            .AddSingleton<ConnectionGate>().AddSingleton<FollowGate>()
            .AddSingleton<WebSocketEndpoint>().AddSingleton<EventStreamEndpoint>().AddSingleton<PollEndpoint>().AddSingleton<ChannelEndpoints>().AddSingleton<RoomEndpoints>()
            .AddSingleton<SessionEndpoints>().AddSingleton<HealthEndpoints>();
}
