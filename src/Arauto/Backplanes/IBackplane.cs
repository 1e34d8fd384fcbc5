using Arauto.Protocol.Frames;

namespace Arauto.Backplanes;

/// <summary>Tells the other nodes that a message was appended. A hint only: the log is the truth, and a hint that is lost, late or doubled never shows.</summary>
internal interface IBackplane
{
    /// <summary>Sends the hint, payload included. Never blocks, never throws.</summary>
    /// <returns>How many nodes could be told.</returns>
    Fanout Send(MessageFrame message);
}
