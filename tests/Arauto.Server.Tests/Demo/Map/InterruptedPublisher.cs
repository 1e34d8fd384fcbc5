using Arauto.Publishing;

namespace Arauto.Server.Tests.Demo.Map;

/// <summary>A publisher that a test can make fail, before or after the message is in the log.</summary>
internal sealed class InterruptedPublisher(IPublisher node, Func<PublishRequest, IPublisher, CancellationToken, Task<PublishResult>> interrupt) : IPublisher
{
    public Task<PublishResult> PublishAsync(PublishRequest request, CancellationToken cancellationToken) => interrupt(request, node, cancellationToken);

    /// <summary>As if the process ended here: the call never comes back, until the node stops.</summary>
    public static async Task<PublishResult> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("Not reached.");
    }
}
