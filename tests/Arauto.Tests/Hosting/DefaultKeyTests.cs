using System.Net;
using Arauto.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Tests.Hosting;

public sealed class DefaultKeyTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_key_given_only_tokens_of_the_same_application_are_believed()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await AskAsync(first, TokenOf(first)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(first, TokenOf(second)));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(first, null));
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddArauto();
        var app = builder.Build();
        app.MapArauto();
        await app.StartAsync(Cancelled);
        return app;
    }

    private static string TokenOf(WebApplication app) => app.Services.GetRequiredService<TokenIssuer>().Issue("alice", TimeSpan.FromHours(1));

    private static async Task<HttpStatusCode> AskAsync(WebApplication app, string? token)
    {
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        if (token is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var answer = await http.GetAsync("/v1/channels/broadcast/messages", Cancelled);
        return answer.StatusCode;
    }
}
