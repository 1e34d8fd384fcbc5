using Arauto.Protocol.Frames;

namespace Arauto.Backplanes;

/// <summary>Tells the other nodes what happens in channels. A hint only: the log is the truth, and a hint that is lost, late or doubled never shows. Safe for concurrent use.</summary>
internal interface IBackplane
{
    /// <summary>The name in readiness; <see langword="null"/> if there is nothing that could fail.</summary>
    string? Name { get; }

    /// <summary>What is wrong, in one line; <see langword="null"/> while other nodes can be told.</summary>
    string? Trouble { get; }

    /// <summary>Begins. Called once, before the first connection; does not fail if the others cannot be reached yet.</summary>
    /// <param name="receiver">Who takes what other nodes tell.</param>
    /// <param name="cancellationToken">Ends the wait for the first contact.</param>
    ValueTask StartAsync(IHintReceiver receiver, CancellationToken cancellationToken);

    /// <summary>Sends the hint, payload included. Never blocks, never throws.</summary>
    /// <returns>How many nodes could be told.</returns>
    Fanout Send(MessageFrame message);

    /// <summary>How many nodes were told of a message whose log has sent the hint itself.</summary>
    Fanout Hinted();

    /// <summary>Sends what is not kept. Never blocks, never throws; nothing is owed.</summary>
    void SendEphemeral(string channel, ServerFrame frame);

    /// <summary>Somebody here listens to a channel from now on.</summary>
    void Listen(string channel);

    /// <summary>Nobody here listens to a channel any more.</summary>
    void Forget(string channel);
}
