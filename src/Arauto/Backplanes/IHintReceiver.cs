using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Backplanes;

/// <summary>Takes what other nodes tell. Called from the backplane's thread; quick, and does not throw.</summary>
internal interface IHintReceiver
{
    /// <summary>Whether a position of a channel is not behind this node already; saves reading a hint that is none.</summary>
    bool IsNews(string channel, Position position);

    /// <summary>A message was appended somewhere, perhaps here.</summary>
    void Hint(MessageFrame message);

    /// <summary>Something that is not kept.</summary>
    void HearEphemeral(string channel, ServerFrame frame);

    /// <summary>Hints of a channel may have been missed up to now.</summary>
    void Missed(string channel);
}
