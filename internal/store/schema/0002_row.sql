-- Read models. Each can be dropped and written again from the entries. The
-- columns of the key stand first. Lists are JSON in text; times are seconds
-- since 1970, UTC; digests are bytes, none where there is none.
CREATE TABLE case_row (
  subject       TEXT    PRIMARY KEY,
  opened        INTEGER NOT NULL,
  stage         TEXT    NOT NULL,
  victims       TEXT    NOT NULL,
  incident_date TEXT    NOT NULL,
  analyses      INTEGER NOT NULL,
  findings      INTEGER NOT NULL,
  head          BLOB    NOT NULL
) STRICT;
CREATE INDEX case_row_newest ON case_row (opened, subject);

CREATE TABLE exhibit_row (
  subject         TEXT    NOT NULL,
  exhibit         TEXT    NOT NULL,
  holder          TEXT    NOT NULL,
  in_transit_to   TEXT    NOT NULL,
  grade           TEXT    NOT NULL,
  tlp             TEXT    NOT NULL,
  content_commit  BLOB    NOT NULL,
  content_blob    BLOB    NOT NULL,
  manifest_commit BLOB    NOT NULL,
  manifest_blob   BLOB    NOT NULL,
  received        INTEGER NOT NULL,
  PRIMARY KEY (subject, exhibit)
) STRICT;

CREATE TABLE finding_row (
  subject         TEXT    NOT NULL,
  version         INTEGER NOT NULL,
  state           TEXT    NOT NULL,
  outcome         TEXT    NOT NULL,
  issued          INTEGER NOT NULL,
  document_commit BLOB    NOT NULL,
  document_blob   BLOB    NOT NULL,
  idx             INTEGER NOT NULL REFERENCES entry (idx),
  PRIMARY KEY (subject, version)
) STRICT;
CREATE INDEX finding_row_newest ON finding_row (idx, subject, version);

CREATE TABLE person_row (
  subject TEXT PRIMARY KEY,
  state   TEXT NOT NULL,
  region  TEXT NOT NULL,
  sector  TEXT NOT NULL,
  roles   TEXT NOT NULL
) STRICT;

CREATE TABLE adherence_row (
  idx        INTEGER PRIMARY KEY REFERENCES entry (idx),
  subject    TEXT    NOT NULL,
  instrument TEXT    NOT NULL,
  act        TEXT    NOT NULL,
  date       TEXT    NOT NULL,
  force      TEXT    NOT NULL
) STRICT;
CREATE INDEX adherence_row_state ON adherence_row (subject, idx);

CREATE TABLE published_row (
  idx    INTEGER PRIMARY KEY REFERENCES entry (idx),
  by_idx INTEGER NOT NULL REFERENCES entry (idx)
) STRICT;
