namespace Arauto.Tests.Support;

/// <summary>A node as clients see it, in this process or one of its own.</summary>
internal interface INode
{
    Uri WebSocket { get; }

    /// <summary>Whether the test has killed it, so that whatever fails on it is no fault.</summary>
    bool IsKilled { get; }

    /// <summary>A token that the node believes.</summary>
    string Token(string user);

    /// <summary>HTTP with the user's token.</summary>
    HttpClient Client(string user);

    Task<WireClient> ConnectAsync(string user, bool service = false, string? subprotocol = null, bool deflate = false);
}
