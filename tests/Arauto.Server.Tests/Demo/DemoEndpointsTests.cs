using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Arauto.Auth;
using Arauto.Server.Demo;
using Arauto.Server.Tests.Stores;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Arauto.Server.Tests.Demo;

public sealed partial class DemoEndpointsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;
    private HttpClient _client = null!;

    public DemoEndpointsTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddArauto(new AuthOptions { JwtSecret = "a secret of thirty-two bytes or more, for tests" }, options => options.Development = true);
        builder.Services.AddDemo(_folder.Path);
        _app = builder.Build();
        _app.MapArauto();
        _app.MapDemo();
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_pages_and_all_they_refer_to_are_served_under_a_strict_policy()
    {
        var addresses = new HashSet<string> { "/" };
        var queue = new Queue<string>(addresses);
        while (queue.TryDequeue(out var address))
        {
            using var response = await _client.GetAsync(address, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(ExpectedType(address), response.Content.Headers.ContentType?.ToString());
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
            Assert.True(response.Headers.CacheControl?.NoCache);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(", text);
            foreach (Match match in Reference().Matches(text))
            {
                var reference = new Uri(new Uri(_client.BaseAddress!, address), match.Groups[1].Value).AbsolutePath;
                if (addresses.Add(reference)) queue.Enqueue(reference);
            }
        }
        Assert.Equal(PageFile.LoadAll().Select(file => file.Path).Order(), addresses.Order());
    }

    [Fact]
    public async Task An_unchanged_file_is_not_sent_again()
    {
        using var first = await _client.GetAsync("/demo/chat/main.js", TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/demo/chat/main.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://127.0.0.1:8085")]
    [InlineData("http://localhost:3000")]
    public async Task A_program_or_a_page_of_this_machine_gets_a_token_that_the_node_believes(string? origin)
    {
        using var response = await AskAsync("""{"user":"alice"}""", origin);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.CacheControl?.NoStore);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        var result = await _app.Services.GetRequiredService<ITokenValidator>().ValidateAsync(body.GetProperty("token").GetString()!, TestContext.Current.CancellationToken);
        Assert.Equal("alice", result.Identity?.User);
        Assert.False(result.Identity?.IsService);
    }

    [Theory]
    [InlineData("https://elsewhere.example")]
    [InlineData("http://127.0.0.1.elsewhere.example")]
    [InlineData("null")]
    public async Task A_page_of_another_site_gets_no_token(string origin)
    {
        using var response = await AskAsync("""{"user":"alice"}""", origin);
        await AssertRefusedAsync(response, HttpStatusCode.Forbidden, "origin_not_allowed", "pages of this machine");
    }

    [Fact]
    public async Task A_page_whose_name_was_bound_to_this_machine_gets_no_token()
    {
        using var request = Ask("""{"user":"alice"}""", "http://rebound.example");
        request.Headers.Host = "rebound.example";
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        await AssertRefusedAsync(response, HttpStatusCode.Forbidden, "origin_not_allowed", "pages of this machine");
    }

    [Theory]
    [InlineData("""{"user":""}""", "\"user\" must have 1 to 128")]
    [InlineData("""{"user":"a b"}""", "\"user\" must have 1 to 128")]
    [InlineData("""{"name":"alice"}""", "\"user\" must have 1 to 128")]
    [InlineData("""{"user":7}""", "The body must be JSON such as")]
    [InlineData("""{"user":"\ud800"}""", "The body must be JSON such as")]
    [InlineData("alice", "The body must be JSON such as")]
    [InlineData("null", "The body must be JSON such as")]
    [InlineData("", "The body must be JSON such as")]
    public async Task A_body_that_names_no_user_is_refused_with_what_is_wrong(string body, string message)
    {
        using var response = await AskAsync(body, null);
        await AssertRefusedAsync(response, HttpStatusCode.BadRequest, "invalid_message", message);
    }

    [Fact]
    public async Task A_body_over_the_bound_is_refused()
    {
        using var response = await AskAsync($$"""{"user":"{{new string('a', 5000)}}"}""", null);
        await AssertRefusedAsync(response, HttpStatusCode.RequestEntityTooLarge, "too_large", "4096 bytes");
    }

    private static string ExpectedType(string address) => Path.GetExtension(address) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        _ => "text/html; charset=utf-8",
    };

    private static HttpRequestMessage Ask(string body, string? origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/dev/token") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return request;
    }

    private async Task<HttpResponseMessage> AskAsync(string body, string? origin)
    {
        using var request = Ask(body, origin);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, HttpStatusCode status, string code, string message)
    {
        Assert.Equal(status, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [GeneratedRegex("""(?:href="|src="|from '|import ')(\.{0,2}/[\w./-]+)""")]
    private static partial Regex Reference();
}
