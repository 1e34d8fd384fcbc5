using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.Http;

/// <summary>Answers subscriptions that were asked for by naming them in a request. Pure.</summary>
internal static class StartingPlace
{
    /// <summary>The answer to a subscription that begins at <paramref name="cursor"/>.</summary>
    /// <param name="command">The subscription; its id is set.</param>
    /// <param name="cursor">Where it begins. Opaque: the position is read for information, if this version can.</param>
    /// <param name="resumed">Whether everything after the given cursor comes.</param>
    public static SubscribeReply Reply(SubscribeCommand command, string? cursor, bool resumed) => new()
    {
        Id = command.Id!.Value,
        Channel = command.Channel,
        Cursor = cursor,
        Position = Read(command.Channel, cursor),
        Resumed = resumed,
    };

    private static Position Read(string channel, string? text) => Cursor.TryDecode(text, out var cursor) && cursor.TryGet(channel, out var position) ? position : default;
}
