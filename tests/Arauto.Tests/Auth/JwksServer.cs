using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Auth;

/// <summary>An issuer's key endpoint that can rotate, fail and hang.</summary>
internal sealed class JwksServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private JwksServer(WebApplication app) => _app = app;

    public string Document { get; set; } = """{"keys":[]}""";

    public int Status { get; set; } = 200;

    public TaskCompletionSource? Hold { get; set; }

    public int Requests => Volatile.Read(ref _requests);

    public Uri Url => new($"{_app.Urls.Single()}/jwks.json");

    public static async Task<JwksServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new JwksServer(app);
        app.MapGet("/jwks.json", async context =>
        {
            Interlocked.Increment(ref server._requests);
            var document = server.Document;
            if (server.Hold is { } hold) await hold.Task.WaitAsync(context.RequestAborted);
            context.Response.StatusCode = server.Status;
            await context.Response.WriteAsync(document, context.RequestAborted);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
