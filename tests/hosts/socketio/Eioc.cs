using System.Text;
using Arauto.EngineIo;

namespace Arauto.SocketIoHost;

/// <summary>For the suite of the JavaScript client of Engine.IO.</summary>
internal static class Eioc
{
    public static void Map(WebApplication application)
    {
        var options = new EngineIoOptions
        {
            PingInterval = TimeSpan.FromMilliseconds(500),
            MaxPayload = 100,
            CheckLimits = false,
            AllowRequest = context => new(context.Request.Query.ContainsKey("deny") ? new EngineIoRefusal() : null),
            OnInitialHeaders = SetCookies,
        };
        options.Origins.Add("*");
        application.MapEngineIo("/engine.io/", options, new Handler());
    }

    private static void SetCookies(HttpContext context, EngineIoSession session)
    {
        var headers = context.Response.Headers;
        headers.Append("Set-Cookie", "1=1; Max-Age=86400");
        headers.Append("Set-Cookie", "2=2; Path=/; HttpOnly; Secure; SameSite=Strict");
        headers.Append("Set-Cookie", "3=3; Max-Age=0");
        headers.Append("Set-Cookie", $"4=4; Expires={session.Handshake.Time:R}");
    }

    private sealed class Handler : IEngineIoHandler
    {
        private static readonly byte[] Binary = [0, 1, 2, 3, 4];

        public void OnOpened(EngineIoSession session) => session.Send("hi");

        public ValueTask OnMessageAsync(EngineIoSession session, EngineIoMessage message)
        {
            switch (message.IsBinary ? null : Encoding.UTF8.GetString(message.Data.Span))
            {
                case "give binary": session.Send(Binary); break;
                case "give utf8": session.Send("пойду спать всем спокойной ночи"); break;
                case "sendHeaders": session.Send(System.Text.Json.JsonSerializer.Serialize(message.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()))); break;
                default: Echo.Send(session, message); break;
            }
            return default;
        }

        public void OnClosed(EngineIoSession session, EngineIoCloseReason reason)
        {
        }
    }
}
