using Arauto.Logs;
using Arauto.Protocol;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>Appends one message, or finds the first append with its key.</summary>
internal sealed class AppendOperation(AppendRequest request, TimeSpan keyWindow) : WriteOperation<AppendResult>
{
    public override int Size => request.Data.Length + (request.Envelope?.Size ?? 0);

    protected override AppendResult Run(WriterSession session)
    {
        var channel = session.Channels.FindOrCreate(request.Channel);
        if (request.Key is { } key && session.Keys.Find(channel, key) is { } first) return first;

        var offset = channel.Top + 1;
        session.Messages.Insert(channel.Id, offset, request);
        if (request.Key is not null) session.Keys.Insert(channel.Id, offset, request, keyWindow);

        // Last, because it changes what is cached: an append that fails must leave the cached top alone.
        session.Channels.Advance(channel, request);
        return new AppendResult(request.Id, new Position(channel.Epoch, offset), request.CorrelationId, IsDuplicate: false, IsDurable: true);
    }
}
