namespace Arauto.Publishing;

/// <summary>Publishes messages from server code. Registered as a singleton; safe for concurrent use.</summary>
public interface IPublisher
{
    /// <summary>Publishes one message. Rights and rate limits are the caller's affair; the channel's rule and the size limit hold.</summary>
    /// <param name="request">The message.</param>
    /// <param name="cancellationToken">Ends the wait for the log; the message may be in the log all the same.</param>
    /// <returns>What became of it, or why it was refused. Faults of the store are results, not exceptions.</returns>
    Task<PublishResult> PublishAsync(PublishRequest request, CancellationToken cancellationToken);
}
