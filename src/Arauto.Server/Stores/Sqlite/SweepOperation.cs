namespace Arauto.Server.Stores.Sqlite;

/// <summary>One bounded step of removing what has expired: messages by age, keys, and the messages of channels that were reset.</summary>
/// <remarks>The result tells whether there is more to do; then the next step goes to the end of the queue, so that appends come in between.</remarks>
internal sealed class SweepOperation : WriteOperation<bool>
{
    private const int Channels = 100;

    protected override bool Run(WriterSession session)
    {
        session.Channels.Flush();
        var budget = (long)ChannelTable.TrimRows;
        var due = session.Channels.ListDue(Channels);
        foreach (var id in due)
        {
            if (budget == 0) return true;
            var row = session.Channels.Get(id);
            budget -= row.Name is null ? RemoveReset(session, row, budget) : RemoveOld(session, row, budget);
        }

        var keys = session.Keys.DeleteExpired(ChannelTable.TrimRows);
        return budget == 0 || due.Count == Channels || keys == ChannelTable.TrimRows;
    }

    private static long RemoveReset(WriterSession session, ChannelRow row, long budget)
    {
        var end = Math.Min(row.Oldest + budget, row.Top + 1);
        var removed = end - row.Oldest;
        session.Messages.DeleteBelow(row.Id, end);
        if (end > row.Top) session.Channels.Delete(row);
        else session.Channels.Trim(row, end, row.ExpiresAt);
        return removed;
    }

    private static long RemoveOld(WriterSession session, ChannelRow row, long budget)
    {
        var age = (long)row.Retention.MaxAge.TotalMilliseconds;
        var end = Math.Min(row.Oldest + budget, row.Top + 1);

        // From the oldest end only: a message behind one that stays, stays too, even if its clock was behind.
        var first = session.Messages.FindSince(row.Id, row.Oldest, end, session.Now - age);
        var oldest = first?.Offset ?? end;
        var expiresAt = first is { } kept ? kept.Timestamp + age : end > row.Top ? null : row.ExpiresAt;
        var removed = oldest - row.Oldest;
        if (removed > 0) session.Messages.DeleteBelow(row.Id, oldest);
        session.Channels.Trim(row, oldest, expiresAt);
        return removed;
    }
}
