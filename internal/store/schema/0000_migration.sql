-- Run at every opening. What it lists has been applied and is not applied again.
CREATE TABLE IF NOT EXISTS migration (
  version INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  digest  BLOB NOT NULL -- SHA-256 of the file: a schema is never edited, only followed
) STRICT;
