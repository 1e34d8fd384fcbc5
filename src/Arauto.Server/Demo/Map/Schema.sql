-- One row: the number of the last change. It starts from the clock, so that a map made anew never repeats a number that
-- a page of the old one still remembers.
CREATE TABLE map (
  revision INTEGER NOT NULL
);

-- What is on the map. A removed incident stays for a while, so that its report, repeated late, does not bring it back.
CREATE TABLE objects (
  kind    TEXT NOT NULL,
  id      TEXT NOT NULL,
  version INTEGER NOT NULL,           -- the revision that made this state
  content TEXT NOT NULL,              -- JSON, as pages get it
  removed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;

-- What is to be published. A row is written in the transaction of the change that it tells of, and goes once the
-- message is in the channel's log. The key makes it safe to publish a row again.
CREATE TABLE outbox (
  revision INTEGER PRIMARY KEY,
  key      TEXT NOT NULL,
  event    TEXT NOT NULL,
  data     BLOB NOT NULL              -- JSON as UTF-8
);

INSERT INTO map VALUES (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)); -- milliseconds since 1970

INSERT INTO objects (kind, id, version, content) VALUES
  ('area', 'harbour', 0, '{"id":"harbour","name":"Harbour","corners":[{"x":236,"y":452},{"x":330,"y":432},{"x":432,"y":446},{"x":470,"y":520},{"x":408,"y":572},{"x":282,"y":556}]}'),
  ('area', 'north-park', 0, '{"id":"north-park","name":"North Park","corners":[{"x":110,"y":96},{"x":216,"y":62},{"x":312,"y":112},{"x":298,"y":206},{"x":186,"y":232},{"x":118,"y":186}]}'),
  ('area', 'old-town', 0, '{"id":"old-town","name":"Old Town","corners":[{"x":352,"y":252},{"x":452,"y":230},{"x":526,"y":272},{"x":512,"y":362},{"x":420,"y":392},{"x":346,"y":344}]}'),
  ('area', 'riverside', 0, '{"id":"riverside","name":"Riverside","corners":[{"x":660,"y":140},{"x":806,"y":122},{"x":850,"y":214},{"x":778,"y":318},{"x":648,"y":296}]}'),
  ('subscription', 'harbour', 0, '{"id":"harbour","status":"active"}'),
  ('subscription', 'north-park', 0, '{"id":"north-park","status":"paused"}'),
  ('subscription', 'old-town', 0, '{"id":"old-town","status":"active"}'),
  ('subscription', 'riverside', 0, '{"id":"riverside","status":"active"}'),
  ('notice', 'notice', 0, '{"id":"notice","text":""}');

PRAGMA user_version = 1;
