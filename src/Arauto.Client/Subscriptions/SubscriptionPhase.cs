namespace Arauto.Client.Subscriptions;

/// <summary>Where a subscription stands on the present connection.</summary>
internal enum SubscriptionPhase
{
    /// <summary>Not asked for yet, or asked and not answered: messages of the channel belong to an earlier subscription and are ignored.</summary>
    Pending,

    /// <summary>Answered; messages are taken.</summary>
    Active,

    /// <summary>Ended on the connection because the buffer was full; goes on once half of it was read.</summary>
    Paused,
}
