using Arauto;
using Arauto.Auth;
using Arauto.Channels;
using Arauto.Samples.Collaboration;

var builder = WebApplication.CreateBuilder(args);

builder.Services.AddArauto(options =>
{
    options.Limits.MessageBytes = DocumentLog.MaxMessageBytes;
    // Whoever has a token may follow any document; only the gateway writes.
    options.Channels[DocumentLog.Updates] = new ChannelOptions { Subscribe = AccessRule.Any, Publish = AccessRule.Service, HistoryMessages = DocumentLog.KeptUpdates, HistoryHours = 0 };
    options.Channels[DocumentLog.States] = new ChannelOptions { Subscribe = AccessRule.Service, Publish = AccessRule.Service, HistoryMessages = 1, HistoryHours = 0 };
});
builder.Services.AddSingleton<DocumentLog>();

var app = builder.Build();
app.Use((context, next) =>
{
    context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; connect-src 'self' ws: wss:; img-src data:; frame-ancestors 'none'";
    return next();
});
app.UseFileServer();
app.MapArauto();
app.MapGateway<DocumentsGateway>("/documents");

// Here an application asks who somebody is. The sample believes what they say, so only this machine reaches it (appsettings.json).
app.MapPost("/token", (TokenRequest request, TokenIssuer tokens) => Identity.IsValidUser(request.User)
    ? Results.Ok(new TokenAnswer(tokens.Issue(request.User, TimeSpan.FromHours(12))))
    : Results.Problem($"A name has 1 to {Identity.MaxUserLength} characters without spaces, commas and asterisks.", statusCode: 400));

app.Run();
