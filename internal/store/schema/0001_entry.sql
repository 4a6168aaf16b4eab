-- The log. It only grows; 0003 says so to whoever comes with a shell.
CREATE TABLE entry (
  idx       INTEGER PRIMARY KEY CHECK (idx >= 0),
  id        BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
  subject   TEXT    NOT NULL,
  position  INTEGER NOT NULL CHECK (position >= 0),
  kind      TEXT    NOT NULL,
  actor     TEXT    NOT NULL,
  at        INTEGER NOT NULL, -- seconds since 1970, UTC: the actor's claim
  leaf      BLOB    NOT NULL CHECK (length(leaf) = 32),
  salt      BLOB    CHECK (length(salt) = 32), -- NULL once erased
  envelope  BLOB    NOT NULL,
  record    BLOB    NOT NULL,
  signature BLOB    NOT NULL,
  UNIQUE (subject, position)
) STRICT;

-- The last checkpoint that was signed: one line, or none before the first.
CREATE TABLE head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL CHECK (size >= 0),
  root BLOB    NOT NULL CHECK (length(root) = 32),
  note BLOB    NOT NULL
) STRICT;
