using Arauto.Protocol.Frames;

namespace Arauto.Client.Connections;

/// <summary>What a <see cref="Link"/> tells the session. Called from the link's receive loop, in the order of the frames.</summary>
internal interface ILinkHandler
{
    /// <summary>A frame came. <paramref name="bytes"/> are valid for the length of the call.</summary>
    void OnFrame(Link link, ServerFrame frame, ReadOnlySpan<byte> bytes);

    /// <summary>All subscriptions are at <paramref name="cursor"/> now.</summary>
    void OnPlaces(string cursor);

    /// <summary>A frame came that this version does not understand.</summary>
    void OnUnreadable(string reason);
}
