using System.Text.Json;

namespace Arauto.Gateways;

/// <summary>What is known of a handshake whose request is not: a client of the native protocol, or of another node.</summary>
/// <param name="Url">Path and query.</param>
internal sealed record HandshakePicture(string Url)
{
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>What a client sent that sent nothing.</summary>
    public static JsonElement NoAuth { get; } = JsonElement.Parse("{}");

    public IReadOnlyDictionary<string, string> Query { get; init; } = None;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = None;

    public JsonElement Auth { get; init; } = NoAuth;

    public bool Secure { get; init; }
}
