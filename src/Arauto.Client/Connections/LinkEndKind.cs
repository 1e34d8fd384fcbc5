namespace Arauto.Client.Connections;

/// <summary>What a <see cref="LinkEnd"/> means for the next try.</summary>
internal enum LinkEndKind
{
    /// <summary>Come back after a wait.</summary>
    Lost,

    /// <summary>Come back when the server said.</summary>
    Moved,

    /// <summary>Come back only with another token.</summary>
    Unauthorized,

    /// <summary>Do not come back.</summary>
    Refused,
}
