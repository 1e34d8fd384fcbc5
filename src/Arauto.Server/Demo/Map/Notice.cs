namespace Arauto.Server.Demo.Map;

/// <summary>What the administration has to say to everybody; there is one at a time.</summary>
internal sealed record Notice : MapObject
{
    /// <summary>The id of the only one.</summary>
    public const string TheId = "notice";

    /// <summary>The most characters of <see cref="Text"/>.</summary>
    public const int MaxText = 200;

    /// <summary>The text; empty once it was taken down.</summary>
    public required string Text { get; init; }
}
