namespace Arauto.Client.Connections;

/// <summary>The server's addresses, made from the base address of the options.</summary>
internal static class ServerAddress
{
    /// <summary>The address of <paramref name="path"/> over HTTP.</summary>
    public static Uri Http(Uri baseUrl, string path) => Make(baseUrl, IsSecure(baseUrl) ? "https" : "http", path);

    /// <summary>The address of the native protocol over WebSocket.</summary>
    public static Uri WebSocket(Uri baseUrl) => Make(baseUrl, IsSecure(baseUrl) ? "wss" : "ws", "ws");

    private static bool IsSecure(Uri url) => url.Scheme is "https" or "wss";

    private static Uri Make(Uri baseUrl, string scheme, string path) => new UriBuilder(baseUrl)
    {
        Scheme = scheme,
        // The default port of http and ws is the same, as is that of https and wss.
        Port = baseUrl.Port,
        Path = baseUrl.AbsolutePath.TrimEnd('/') + "/" + path,
    }.Uri;
}
