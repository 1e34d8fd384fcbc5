using Arauto.Protocol;
using Arauto.Protocol.Frames;

namespace Arauto.Client.Transports.Http;

/// <summary>
/// A request for many channels is refused as a whole. Here the channels that are the reason are found, and refused one
/// by one in the words of the native protocol, so that the others go on. Used by one loop at a time.
/// </summary>
internal sealed class ChannelRefusals(HttpGateway http, ArautoClientOptions options)
{
    private readonly List<Received> _found = [];

    /// <summary>What was found since the last call, to be told to the session.</summary>
    public IReadOnlyList<Received> Take()
    {
        Received[] found = [.. _found];
        _found.Clear();
        return found;
    }

    /// <summary>Refuses what no request can hold, without asking.</summary>
    public IReadOnlyList<SubscribeCommand> Bound(IReadOnlyList<SubscribeCommand> wanted)
    {
        foreach (var command in wanted.Skip(Cursor.MaxChannels))
            Add(command, ArautoException.Of(ErrorCode.TooManySubscriptions, $"Without WebSocket a client follows at most {Cursor.MaxChannels} channels."));
        return [.. wanted.Take(Cursor.MaxChannels)];
    }

    /// <summary>Finds the reasons of a refusal.</summary>
    /// <returns>The subscriptions without those that are the reason; all of them if none was found.</returns>
    public async Task<IReadOnlyList<SubscribeCommand>> FindAsync(IReadOnlyList<SubscribeCommand> wanted, HttpRefusedException refusal, string? token, CancellationToken cancellationToken)
    {
        // The last one is the newest; what was accepted before stays.
        if (wanted.Count == 1 || ErrorCatalogue.FromWord(refusal.Error.Code) == ErrorCode.TooManySubscriptions)
        {
            Add(wanted[^1], refusal.Error);
            return [.. wanted.SkipLast(1)];
        }
        List<SubscribeCommand> rest = [];
        foreach (var command in wanted)
        {
            if (await TryAloneAsync(command, token, cancellationToken).ConfigureAwait(false) is { } error) Add(command, error);
            else rest.Add(command);
        }
        return rest;
    }

    private async Task<ArautoException?> TryAloneAsync(SubscribeCommand command, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ServerAddress.Http(options.Url!, "poll", FollowQuery.Of([command], "wait=0")));
        try
        {
            using var response = await http.SendAsync(request, token, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (HttpRefusedException refused) when (refused.IsAboutChannel)
        {
            return refused.Error;
        }
    }

    private void Add(SubscribeCommand command, ArautoException error) => _found.Add(new Received.Framed(
        new ErrorFrame { Id = command.Id, Channel = command.Channel, Code = error.Code, Message = error.Message, RetryAfter = error.RetryAfter?.TotalSeconds },
        default));
}
