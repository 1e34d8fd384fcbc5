using Arauto.Rooms;

namespace Arauto.Server.Stores.Sqlite;

/// <summary>Rooms and members. A change is written by the writer; the room afterwards is read from the readers, so that large rooms do not hold up appends.</summary>
internal sealed class SqliteRoomStore(SqliteWriter writer, SqliteReaders readers) : IRoomStore
{
    private const string Columns = "id, is_public, owner, metadata, created_at";

    public ValueTask<bool> TryCreateAsync(Room room, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(room);
        return writer.WriteAsync(
            session =>
            {
                var id = Key(room.Id);
                var created = session.Prepare($"INSERT INTO rooms ({Columns}) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", 5)
                    .Execute(id, room.IsPublic ? 1L : 0L, room.Owner, room.Metadata.ToArray(), room.CreatedAt.ToUnixTimeMilliseconds());
                if (created == 0) return false;
                foreach (var user in room.Members) AddMember(session, id, user);
                return true;
            },
            cancellationToken);
    }

    public ValueTask<Room?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        readers.ReadAsync(session => Read(session, Key(id)), cancellationToken);

    public ValueTask<Room?> UpdateAsync(Guid id, bool? isPublic, ReadOnlyMemory<byte>? metadata, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (session, key) => session.Prepare("UPDATE rooms SET is_public = coalesce($2, is_public), metadata = coalesce($3, metadata) WHERE id = $1", 3)
            .Execute(key, isPublic is { } value ? (value ? 1L : 0L) : null, metadata?.ToArray()),
        cancellationToken);

    public ValueTask<bool> DeleteAsync(Guid id, CancellationToken cancellationToken) =>
        writer.WriteAsync(session => session.Prepare("DELETE FROM rooms WHERE id = $1", 1).Execute(Key(id)) > 0, cancellationToken);

    public ValueTask<Room?> AddMemberAsync(Guid id, string user, CancellationToken cancellationToken) =>
        ChangeAsync(id, (session, key) => AddMember(session, key, user), cancellationToken);

    public ValueTask<Room?> RemoveMemberAsync(Guid id, string user, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (session, key) => session.Prepare("DELETE FROM room_members WHERE room_id = $1 AND user = $2", 2).Execute(key, user),
        cancellationToken);

    public ValueTask<IReadOnlyList<Room>> ListAsync(string user, Guid? after, int limit, CancellationToken cancellationToken) => readers.ReadAsync<IReadOnlyList<Room>>(
        session =>
        {
            var ids = new List<byte[]>();

            // Big endian bytes sort like Guid.CompareTo; nothing sorts in front of an empty blob.
            using (var rows = session.Prepare("SELECT room_id FROM room_members WHERE user = $1 AND room_id > $2 ORDER BY room_id LIMIT $3", 3)
                .Query(user, after is { } id ? Key(id) : [], (long)limit))
            {
                while (rows.Read()) ids.Add(rows.GetFieldValue<byte[]>(0));
            }

            return [.. ids.Select(key => Read(session, key)!)];
        },
        cancellationToken);

    private static byte[] Key(Guid id) => id.ToByteArray(bigEndian: true);

    // Selecting the room makes a member of no room no row, instead of a violated foreign key.
    private static int AddMember(WriterSession session, byte[] room, string user) => session.Prepare(
        "INSERT INTO room_members (room_id, user) SELECT id, $2 FROM rooms WHERE id = $1 ON CONFLICT DO NOTHING", 2).Execute(room, user);

    private static Room? Read(ReaderSession session, byte[] key)
    {
        using var room = session.Prepare($"SELECT {Columns} FROM rooms WHERE id = $1", 1).Query(key);
        if (!room.Read()) return null;
        var members = new HashSet<string>(StringComparer.Ordinal);
        using (var rows = session.Prepare("SELECT user FROM room_members WHERE room_id = $1", 1).Query(key))
        {
            while (rows.Read()) members.Add(rows.GetString(0));
        }

        return new Room
        {
            Id = new Guid(room.GetFieldValue<byte[]>(0), bigEndian: true),
            IsPublic = room.GetInt64(1) != 0,
            Owner = room.IsDBNull(2) ? null : room.GetString(2),
            Members = members,
            Metadata = room.GetFieldValue<byte[]>(3),
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(room.GetInt64(4)),
        };
    }

    private async ValueTask<Room?> ChangeAsync(Guid id, Func<WriterSession, byte[], int> change, CancellationToken cancellationToken)
    {
        var key = Key(id);
        await writer.WriteAsync(session => change(session, key), cancellationToken);

        // Once written, it is told: a token that fires now must not make the change look undone.
        return await readers.ReadAsync(session => Read(session, key), CancellationToken.None);
    }
}
