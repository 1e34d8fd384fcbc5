namespace Arauto.Gateways;

/// <summary>What came of an event.</summary>
/// <param name="Acknowledgement">The arguments to acknowledge with; <see langword="null"/> if the handler does or did it, none was asked for, or nobody handles the event.</param>
/// <param name="Failure">Why it failed; <see langword="null"/> if it did not.</param>
/// <param name="IsAcknowledged">Whether the handler acknowledged before it failed, so that the acknowledgement can tell no more.</param>
internal readonly record struct EventOutcome(EventArguments? Acknowledgement, EventFailure? Failure = null, bool IsAcknowledged = false);
