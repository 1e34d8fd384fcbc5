using System.Net;
using Arauto.Tests.Support;
using Arauto.Transports;
using Arauto.Transports.ServerSentEvents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Arauto.Tests.Transports.ServerSentEvents;

/// <summary>An event stream on Kestrel and a client on a bare socket.</summary>
internal sealed class EventStreamPair : TransportPair
{
    private readonly WebApplication _app;
    private readonly RecordingReceiver _receiver = new();
    private readonly TaskCompletionSource<Task> _running = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventStreamClient? _client;
    private EventStreamTransport? _transport;
    private CountingPipeWriter? _output;

    private EventStreamPair(WebApplication app) => _app = app;

    public override ITransport Transport => _transport!;

    public override RecordingReceiver Receiver => _receiver;

    public override int Writes => _output!.Flushes;

    public override Task Completion => _running.Task.Unwrap();

    public static async Task<EventStreamPair> ConnectAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var pair = new EventStreamPair(app);
        app.Run(pair.HandleAsync);
        await app.StartAsync();
        pair._client = await EventStreamClient.ConnectAsync(new Uri(app.Urls.First()));
        await pair._running.Task.WaitAsync(TimeSpan.FromSeconds(20));
        return pair;
    }

    public override async Task<string?> ClientReceiveAsync() => (await _client!.ReadAsync())?.Data;

    public override Task ClientCloseAsync()
    {
        _client!.Dispose();
        return Task.CompletedTask;
    }

    public override void Vanish() => _client!.Reset();

    public override async ValueTask DisposeAsync()
    {
        _client!.Dispose();
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await Eventually.EndsAsync("the server", _app.DisposeAsync().AsTask());
    }

    private async Task HandleAsync(HttpContext context)
    {
        context.Features.Get<IHttpMinResponseDataRateFeature>()!.MinDataRate = null;
        await context.Response.BodyWriter.FlushAsync();
        _output = new CountingPipeWriter(context.Response.BodyWriter);
        _transport = new EventStreamTransport(_output, EventStreamFraming.Get(singleChannel: true, withEvents: false), TimeProvider.System);
        _transport.Attach(_receiver);
        var running = _transport.RunAsync(context.Abort, context.RequestAborted);
        _running.SetResult(running);
        await running;
    }
}
