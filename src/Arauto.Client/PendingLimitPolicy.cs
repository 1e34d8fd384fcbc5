namespace Arauto.Client;

/// <summary>What a call does when <see cref="ArautoClientOptions.MaxPendingCommands"/> commands wait already.</summary>
public enum PendingLimitPolicy
{
    /// <summary>The call waits until an earlier one was answered or cancelled. The default.</summary>
    Wait,

    /// <summary>The call fails at once with the code <c>unavailable</c>.</summary>
    Reject,
}
