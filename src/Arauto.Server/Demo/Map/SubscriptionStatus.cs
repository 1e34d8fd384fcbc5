namespace Arauto.Server.Demo.Map;

/// <summary>Whether an area is watched.</summary>
internal enum SubscriptionStatus
{
    /// <summary>It is.</summary>
    Active,

    /// <summary>It is not, for a while.</summary>
    Paused,
}
