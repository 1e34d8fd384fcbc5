using Arauto.Auth;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>Revocations.</summary>
internal sealed class SqliteRevocationStore(SqliteWriter writer, SqliteReaders readers) : IRevocationStore
{
    public async ValueTask AddAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        if (revocation.TokenId is null == revocation.User is null)
            throw new ArgumentException("A revocation names either a token or a user.", nameof(revocation));
        await writer.WriteAsync(
            session => session.Prepare(
                """
                INSERT INTO revocations (kind, subject, issued_before, until) VALUES ($1, $2, $3, $4)
                ON CONFLICT DO UPDATE SET issued_before = max(issued_before, excluded.issued_before), until = max(until, excluded.until)
                """, 4).Execute(
                    revocation.TokenId is null ? "user" : "token",
                    revocation.TokenId ?? revocation.User,
                    RoundUp(revocation.IssuedBefore),
                    RoundUp(revocation.Until)),
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<Revocation>> LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(
            session => session.Prepare("DELETE FROM revocations WHERE until <= $1", 1).Execute(now.ToUnixTimeMilliseconds()), cancellationToken);
        return await readers.ReadAsync<IReadOnlyList<Revocation>>(
            session =>
            {
                var revocations = new List<Revocation>();
                using var rows = session.Prepare("SELECT kind, subject, issued_before, until FROM revocations").Query();
                while (rows.Read())
                {
                    var byToken = rows.GetString(0) == "token";
                    var subject = rows.GetString(1);
                    revocations.Add(new Revocation(
                        byToken ? subject : null,
                        byToken ? null : subject,
                        DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(2)),
                        DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3))));
                }

                return revocations;
            },
            cancellationToken);
    }

    // Up, so that a part of a millisecond never lets a token through.
    private static long RoundUp(DateTimeOffset moment) => (moment + TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1)).ToUnixTimeMilliseconds();
}
