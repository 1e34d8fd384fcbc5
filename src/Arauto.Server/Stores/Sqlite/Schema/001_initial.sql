-- What the store knows about itself: base_epoch (of channels never written), checked_at (the last readiness check).
CREATE TABLE meta (
  key   TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) WITHOUT ROWID;

-- One row per life of a channel. A reset takes the name off the row and begins a new one; the sweep then removes the
-- nameless row with its messages in small steps. Because ids are never used again, a row's epoch never changes, and
-- messages and keys need not repeat it.
CREATE TABLE channels (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  name         TEXT UNIQUE,
  epoch        INTEGER NOT NULL,
  top          INTEGER NOT NULL,  -- offset of the newest message ever appended, 0 if none
  oldest       INTEGER NOT NULL,  -- offset of the oldest message kept, top + 1 if none
  max_messages INTEGER NOT NULL,  -- retention of the last append, 0 = no bound
  max_age      INTEGER NOT NULL,  -- the same, milliseconds, 0 = no bound
  expires_at   INTEGER            -- when the sweep must look, never later than the oldest message's end; NULL = never
);

CREATE INDEX channels_by_expiry ON channels (expires_at) WHERE expires_at IS NOT NULL;

-- No foreign key: it would cost a look-up with every append, and rows are only ever made through their channel's row.
CREATE TABLE messages (
  channel_id     INTEGER NOT NULL,
  offset         INTEGER NOT NULL,
  id             BLOB NOT NULL,     -- UUID, 16 bytes, big endian
  event          TEXT NOT NULL,
  data           BLOB NOT NULL,     -- JSON as UTF-8
  timestamp      INTEGER NOT NULL,  -- milliseconds since 1970, as are all moments here
  sender         TEXT,
  correlation_id TEXT,              -- NULL when it is the id's text
  PRIMARY KEY (channel_id, offset)
) WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  channel_id     INTEGER NOT NULL,
  key            TEXT NOT NULL,
  message_id     BLOB NOT NULL,
  offset         INTEGER NOT NULL,
  correlation_id TEXT,              -- NULL when it is the id's text
  expires_at     INTEGER NOT NULL,
  PRIMARY KEY (channel_id, key)
) WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

CREATE TABLE rooms (
  id         BLOB NOT NULL PRIMARY KEY,  -- UUID, 16 bytes, big endian
  is_public  INTEGER NOT NULL,
  owner      TEXT,
  metadata   BLOB NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE room_members (
  room_id BLOB NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user    TEXT NOT NULL,
  PRIMARY KEY (room_id, user)
) WITHOUT ROWID;

CREATE INDEX room_members_by_user ON room_members (user, room_id);

CREATE TABLE receipts (
  channel   TEXT NOT NULL,
  user      TEXT NOT NULL,
  delivered INTEGER NOT NULL,
  read      INTEGER NOT NULL,
  PRIMARY KEY (channel, user)
) WITHOUT ROWID;

CREATE TABLE revocations (
  kind          TEXT NOT NULL CHECK (kind IN ('token', 'user')),
  subject       TEXT NOT NULL,
  issued_before INTEGER NOT NULL,
  until         INTEGER NOT NULL,
  PRIMARY KEY (kind, subject)
) WITHOUT ROWID;
