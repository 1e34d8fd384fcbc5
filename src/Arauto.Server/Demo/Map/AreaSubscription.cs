namespace Arauto.Server.Demo.Map;

/// <summary>Whether an area is watched; its id is that of the area.</summary>
internal sealed record AreaSubscription : MapObject
{
    /// <summary>Whether it is.</summary>
    public required SubscriptionStatus Status { get; init; }
}
