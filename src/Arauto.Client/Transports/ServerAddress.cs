namespace Arauto.Client.Transports;

/// <summary>The server's addresses, made from the base address of the options.</summary>
internal static class ServerAddress
{
    /// <summary>The address of <paramref name="path"/> over HTTP.</summary>
    public static Uri Http(Uri baseUrl, string path, string query = "") => Make(baseUrl, IsSecure(baseUrl) ? "https" : "http", path, query);

    /// <summary>The address of the native protocol over WebSocket.</summary>
    public static Uri WebSocket(Uri baseUrl, string query = "") => Make(baseUrl, IsSecure(baseUrl) ? "wss" : "ws", "ws", query);

    private static bool IsSecure(Uri url) => url.Scheme is "https" or "wss";

    private static Uri Make(Uri baseUrl, string scheme, string path, string query) => new UriBuilder(baseUrl)
    {
        Scheme = scheme,
        // The default port of http and ws is the same, as is that of https and wss.
        Port = baseUrl.Port,
        Path = baseUrl.AbsolutePath.TrimEnd('/') + "/" + path,
        Query = query,
    }.Uri;
}
