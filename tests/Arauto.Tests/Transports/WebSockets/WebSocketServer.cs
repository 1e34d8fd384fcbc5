using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Arauto.Protocol;
using Arauto.Protocol.Frames;
using Arauto.Tests.Support;
using Arauto.Transports;
using Arauto.Transports.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Arauto.Tests.Transports.WebSockets;

/// <summary>A real Kestrel on a free port whose <c>/ws</c> hands out its connections; with <see cref="Echo"/> it answers each message with itself.</summary>
internal sealed class WebSocketServer : IAsyncDisposable
{
    public const int MessageBytes = 64 * 1024;

    private readonly WebApplication _app;
    private readonly Channel<ServerConnection> _accepted = System.Threading.Channels.Channel.CreateUnbounded<ServerConnection>();

    private WebSocketServer(WebApplication app) => _app = app;

    public bool Echo { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public int Port { get; private set; }

    /// <summary>What went wrong on our side; must stay empty.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    public static async Task<WebSocketServer> StartAsync(bool echo = false, HttpProtocols protocols = HttpProtocols.Http1, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
            options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var app = builder.Build();
        var server = new WebSocketServer(app) { Echo = echo, Time = time ?? TimeProvider.System };
        app.Run(server.HandleAsync);
        await app.StartAsync();
        server.Port = new Uri(app.Urls.First()).Port;
        return server;
    }

    public Task<ServerConnection> AcceptAsync() =>
        _accepted.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await Eventually.EndsAsync("the server", _app.DisposeAsync().AsTask());
        Assert.Empty(Faults);
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (!WebSocketHandshake.TryNegotiate(context, ["test.v2", "test.v1"], allowDeflate: true, out var handshake, out var error))
        {
            context.Response.StatusCode = error.Code.Entry().HttpStatus;
            await context.Response.WriteAsync($"{error.Code.Word()}: {error.Message}");
            return;
        }

        var stream = new CountingStream(await handshake.AcceptAsync());
        var framing = WebSocketFraming.Get(binary: false, handshake.IsDeflated);
        var transport = new WebSocketTransport(stream, framing, MessageBytes, Time, new FaultLogger(Faults), context.Abort);
        var receiver = new RecordingReceiver();
        if (Echo) receiver.OnMessage = new EchoTurns(transport, receiver, handshake.IsDeflated).AnswerAsync;
        var run = transport.RunAsync(receiver, context.RequestAborted);
        _accepted.Writer.TryWrite(new ServerConnection(transport, receiver, stream, run));
        await run;
    }

    /// <summary>Answers one message after the other, waiting for the peer as a lane would.</summary>
    private sealed class EchoTurns
    {
        private readonly ITransport _transport;
        private readonly bool _deflated;
        private volatile TaskCompletionSource _completed = new();

        public EchoTurns(ITransport transport, RecordingReceiver receiver, bool deflated)
        {
            _transport = transport;
            _deflated = deflated;
            receiver.OnSendCompleted = () => _completed.TrySetResult();
        }

        public async ValueTask AnswerAsync(byte[] message, bool isBinary)
        {
            var output = new ArrayBufferWriter<byte>();
            WebSocketFraming.Get(isBinary, _deflated).Write(new HeartbeatFrame(), message, output);
            var completed = _completed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_transport.Send([output.WrittenMemory])) await completed.Task;
        }
    }

    private sealed class FaultLogger(ConcurrentQueue<string> faults) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) faults.Enqueue(formatter(state, exception) + " " + exception);
        }
    }
}
