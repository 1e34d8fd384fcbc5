namespace Arauto.Options;

/// <summary>A value that an option cannot have.</summary>
/// <param name="Key">The option's path in the configuration: <c>limits.messageBytes</c>, <c>channels["room:"].messageBurst</c>.</param>
/// <param name="Value">The value as text; <see langword="null"/> for a secret.</param>
/// <param name="Allowed">What is allowed instead, to follow the word "allowed".</param>
public sealed record OptionsProblem(string Key, string? Value, string Allowed)
{
    /// <inheritdoc/>
    public override string ToString() => Value is null ? $"{Key}: this value is not allowed; allowed: {Allowed}." : $"{Key}: \"{Value}\" is not allowed; allowed: {Allowed}.";
}
