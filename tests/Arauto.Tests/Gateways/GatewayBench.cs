using System.Runtime.CompilerServices;
using System.Text;
using Arauto.Gateways;
using Arauto.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Gateways;

/// <summary>A namespace without a wire: what its handlers get and what comes of it. Nobody looks into its sockets.</summary>
internal sealed class GatewayBench
{
    private readonly ServiceProvider _services;
    private readonly GatewayBuilder _builder;
    private NamespaceDefinition? _definition;

    public GatewayBench(Action<IServiceCollection>? services = null, Action<GatewayOptions>? configure = null)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<TimeProvider>(Time).AddSingleton<ILoggerProvider>(Logged).AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug));
        services?.Invoke(collection);
        _services = collection.BuildServiceProvider(validateScopes: true);
        var options = new GatewayOptions();
        configure?.Invoke(options);
        _builder = new GatewayBuilder("/test", options, _services);
    }

    public ManualTimeProvider Time { get; } = new();

    public LoggedLines Logged { get; } = new();

    public GatewayBuilder Builder => _builder;

    public NamespaceDefinition Definition => _definition ??= _builder.Build();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static GatewayBench Of<TGateway>(Action<IServiceCollection>? services = null)
        where TGateway : Gateway
    {
        var bench = new GatewayBench(services);
        bench.Builder.Add(typeof(TGateway));
        return bench;
    }

    /// <summary>A socket for what only has to tell sockets apart.</summary>
    public static Socket NewSocket() => (Socket)RuntimeHelpers.GetUninitializedObject(typeof(Socket));

    /// <summary>Sends an event that asks for an acknowledgement.</summary>
    /// <returns>The acknowledgement's JSON; "none" if there is none.</returns>
    public async Task<string> SendAsync(string name, string arguments = "[]", Socket? socket = null, params byte[][] attachments)
    {
        var own = "none";
        var answer = await Definition.InvokeAsync(socket ?? NewSocket(), name, Parse(arguments, attachments), arguments =>
        {
            own = Text(arguments);
            return default;
        }, CancellationToken.None);
        return answer is null ? own : Text(answer);
    }

    public static EventArguments Parse(string arguments, params byte[][] attachments) =>
        EventArguments.Parse(Encoding.UTF8.GetBytes(arguments), [.. attachments.Select(bytes => new ReadOnlyMemory<byte>(bytes))]);

    public static string Text(EventArguments arguments) => Encoding.UTF8.GetString(arguments.Json.Span);
}
