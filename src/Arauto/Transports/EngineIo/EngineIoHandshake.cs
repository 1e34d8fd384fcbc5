using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Arauto.EngineIo;

/// <summary>The request that opened a session. Immutable.</summary>
/// <remarks>What was sent is kept in the form that costs least; the dictionaries are made when they are asked for.</remarks>
public sealed class EngineIoHandshake
{
    private readonly string _query;
    private readonly string[] _headers;
    private IReadOnlyDictionary<string, string>? _queryValues;
    private IReadOnlyDictionary<string, string>? _headerValues;

    internal EngineIoHandshake(HttpRequest request, string address, bool secure, DateTimeOffset time)
    {
        Address = address;
        IsSecure = secure;
        Time = time;
        Path = request.PathBase.Add(request.Path).ToUriComponent();
        _query = request.QueryString.Value ?? "";
        _headers = new string[2 * request.Headers.Count];
        var at = 0;
        foreach (var (name, value) in request.Headers)
        {
            _headers[at++] = name;
            _headers[at++] = value.ToString();
        }
    }

    /// <summary>The decoded parameters of the query; values of a repeated one are joined with commas.</summary>
    public IReadOnlyDictionary<string, string> Query =>
        _queryValues ??= QueryHelpers.ParseQuery(_query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

    /// <summary>The headers, with names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers => _headerValues ??= ReadHeaders();

    /// <summary>The client's address; behind a trusted proxy the one it names.</summary>
    public string Address { get; }

    /// <summary>Whether the client came over TLS.</summary>
    public bool IsSecure { get; }

    /// <summary>When.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The path, as it was sent.</summary>
    public string Path { get; }

    /// <summary>The path with the query, as it was sent.</summary>
    public string PathAndQuery => Path + _query;

    /// <summary>One header, without making all.</summary>
    internal string? FindHeader(string name)
    {
        for (var i = 0; i < _headers.Length; i += 2)
            if (string.Equals(_headers[i], name, StringComparison.OrdinalIgnoreCase)) return _headers[i + 1];
        return null;
    }

    /// <summary>One parameter of the query, without keeping all.</summary>
    internal string? FindParameter(string name) => QueryHelpers.ParseQuery(_query).TryGetValue(name, out var value) ? value.ToString() : null;

    private Dictionary<string, string> ReadHeaders()
    {
        var headers = new Dictionary<string, string>(_headers.Length / 2, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < _headers.Length; i += 2) headers[_headers[i].ToLowerInvariant()] = _headers[i + 1];
        return headers;
    }
}
