namespace Arauto.Channels;

/// <summary>Who may do something on a channel. A token's claim <c>channels</c> adds to it, a service token may everything.</summary>
public enum AccessRule
{
    /// <summary>Only who has the right in the token's claim <c>channels</c>.</summary>
    Token,

    /// <summary>Any authenticated user.</summary>
    Any,

    /// <summary>The user whose id stands behind the prefix.</summary>
    Self,

    /// <summary>Members of the room whose id stands behind the prefix; a public room takes in who subscribes.</summary>
    Members,

    /// <summary>Service tokens only.</summary>
    Service,
}
