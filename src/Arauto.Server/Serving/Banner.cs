using Arauto.Server.CommandLine.Terminals;
using Arauto.Server.Configuration;

namespace Arauto.Server.Serving;

/// <summary>What a newcomer sees first: where everything is and what to paste next. Development mode only; otherwise the log says where the server listens.</summary>
internal static class Banner
{
    public static void Write(Terminal terminal, ServerSettings settings, ServerApplication server)
    {
        var http = server.Address.ToString().TrimEnd('/');
        var url = http == "http://127.0.0.1:8085" ? "" : $" --url {http}";
        var data = settings.DataFolder == "./data" ? "" : $" --data {ShellQuote(settings.DataFolder)}";
        terminal.WriteLine($"""

            Arauto is ready. Node {settings.Arauto.Node}, store {settings.EffectiveStore}

              Chat        {http}/   (open it in two tabs)
              Live map    {http}/map
              WebSocket   {http.Replace("http", "ws", StringComparison.Ordinal)}/ws
              HTTP API    {http}/v1   (described at {http}/openapi/v1.json)
              Health      {http}/readyz
              Metrics     {server.MetricsAddress?.ToString() ?? "off"}

            DEVELOPMENT MODE: anyone on this machine can get a token. Set jwt-secret or jwks for anything else.

              ./arauto chat --user alice --room lobby{url}
              ./arauto token --user alice{data}

            """);
    }

    /// <summary>The text as one word of a POSIX shell, so that the line can be pasted.</summary>
    private static string ShellQuote(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or ':') ? text : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
