using Arauto;
using Arauto.Auth;
using Arauto.Samples.RequestLog;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddArauto();
builder.Services.AddSingleton<RequestFeed>().AddHostedService(services => services.GetRequiredService<RequestFeed>());

var app = builder.Build();
app.UseMiddleware<RequestObserver>();
app.Use((context, next) =>
{
    context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; connect-src 'self' ws: wss:; img-src data:; frame-ancestors 'none'";
    return next();
});
app.UseFileServer();
app.MapArauto();
app.MapGateway<RequestsGateway>("/requests");

// Here an application asks whether somebody may see its requests. The sample lets everybody, so only this machine reaches it (appsettings.json).
app.MapPost("/token", (TokenIssuer tokens) => new TokenAnswer(tokens.Issue("operator", TimeSpan.FromHours(12))));

// Something to ask for.
app.MapGet("/hello/{name}", (string name) => $"Hello {name}");
app.MapPost("/orders", () => Results.Accepted());
app.MapGet("/slow", async (CancellationToken stop) =>
{
    await Task.Delay(TimeSpan.FromMilliseconds(400), stop);
    return "At last";
});

app.Run();
