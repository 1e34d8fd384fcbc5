using Arauto;
using Arauto.Auth;
using Arauto.Tests.SocketIo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Snippets.First;

namespace Snippets.Testing;

internal static class EchoApp
{
    public static WebApplication Build(string[] args, AuthOptions auth)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        builder.Services.AddArauto(auth);
        var app = builder.Build();
        app.MapArauto();
        app.MapGateway<EchoGateway>("/echo");
        return app;
    }
}

public sealed class TestingTests
{
    [Fact]
    public async Task The_way_of_testing_in_the_docs_works()
    {
#pragma warning disable xUnit1051 // As in the docs.
        var auth = new AuthOptions { JwtSecret = "a secret of thirty-two bytes or more, for tests" };
        await using var app = EchoApp.Build(["--urls", "http://127.0.0.1:0"], auth);
        await app.StartAsync();
        var token = new TokenIssuer(auth, TimeProvider.System).Issue("alice", TimeSpan.FromMinutes(5));
        var address = app.Urls.First();
        await using var client = await SocketIoClient.ConnectAsync(new Uri(address), token, "/echo");
        Assert.Equal("hello", (string?)(await client.AskAsync(1, "echo", "hello"))[0]);
    }
}
