namespace Arauto.Auth;

/// <summary>What a token's claim <c>channels</c> can allow on a channel.</summary>
[Flags]
public enum ChannelRight
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The word <c>subscribe</c>: receive, read history and presence.</summary>
    Subscribe = 1,

    /// <summary>The word <c>publish</c>.</summary>
    Publish = 2,
}
