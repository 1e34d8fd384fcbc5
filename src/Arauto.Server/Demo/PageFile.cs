using System.Security.Cryptography;

namespace Arauto.Server.Demo;

/// <summary>A file of the demo pages, embedded in the assembly. Immutable.</summary>
/// <param name="Path">Where it is served.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="EntityTag">A strong entity tag (RFC 9110 section 8.8.3), quotes included: a hash of the bytes.</param>
internal sealed record PageFile(string Path, string ContentType, byte[] Content, string EntityTag)
{
    private const string Prefix = "Arauto.Server.Demo.Page/";

    /// <summary>Reads every file; <c>index.html</c> is served at <c>/</c>, other pages by their name, what they use under <c>/demo</c>.</summary>
    public static IReadOnlyList<PageFile> LoadAll() =>
        [.. typeof(PageFile).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(Load)];

    private static PageFile Load(string resource)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var name = resource[Prefix.Length..];
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"";
        return new PageFile(PathOf(name), ContentTypeOf(name), content, tag);
    }

    private static string PathOf(string name) => name switch
    {
        "index.html" => "/",
        _ when name.EndsWith(".html", StringComparison.Ordinal) => $"/{System.IO.Path.GetFileNameWithoutExtension(name)}",
        _ => $"/demo/{name}",
    };

    private static string ContentTypeOf(string name) => System.IO.Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        var extension => throw new InvalidOperationException($"The demo has a file of an unknown type: {extension}."),
    };
}
