using System.Net.Http.Headers;

namespace Arauto.Tests.Transports.EngineIo;

/// <summary>A whole answer over HTTP.</summary>
internal sealed record EngineIoAnswer(int Status, string Body, HttpResponseHeaders Headers, HttpContentHeaders Content)
{
    public static async Task<EngineIoAnswer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
            return new EngineIoAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    public string? Header(string name) =>
        Headers.TryGetValues(name, out var values) || Content.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <summary>The protocol's refusal, exactly.</summary>
    public void IsRefusal(int code, string message, int status = 400)
    {
        Assert.Equal($$"""{"code":{{code}},"message":"{{message}}"}""", Body);
        Assert.Equal(status, Status);
        Assert.Equal("application/json", Content.ContentType?.ToString());
    }

    public void IsUnknownSession() => IsRefusal(1, "Session ID unknown");

    public void IsBadRequest() => IsRefusal(3, "Bad request");

    /// <summary>The packets of a poll's answer, exactly.</summary>
    public void IsPayload(string body)
    {
        Assert.Equal(body, Body);
        Assert.Equal(200, Status);
    }
}
