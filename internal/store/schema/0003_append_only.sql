-- Triggers have no common tongue: this file is SQLite's, another engine brings
-- its own of the same number.
CREATE TRIGGER entry_follows BEFORE INSERT ON entry
WHEN NEW.idx <> (SELECT COALESCE(MAX(idx) + 1, 0) FROM entry)
BEGIN
  SELECT RAISE(ABORT, 'entries follow one another without a gap');
END;

CREATE TRIGGER entry_stays BEFORE DELETE ON entry
BEGIN
  SELECT RAISE(ABORT, 'an entry is never deleted');
END;

-- A salt may be destroyed; nothing else may become anything else.
CREATE TRIGGER entry_is_fixed BEFORE UPDATE ON entry
WHEN NEW.salt IS NOT NULL
  OR NEW.idx       IS DISTINCT FROM OLD.idx
  OR NEW.id        IS DISTINCT FROM OLD.id
  OR NEW.subject   IS DISTINCT FROM OLD.subject
  OR NEW.position  IS DISTINCT FROM OLD.position
  OR NEW.kind      IS DISTINCT FROM OLD.kind
  OR NEW.actor     IS DISTINCT FROM OLD.actor
  OR NEW.at        IS DISTINCT FROM OLD.at
  OR NEW.leaf      IS DISTINCT FROM OLD.leaf
  OR NEW.envelope  IS DISTINCT FROM OLD.envelope
  OR NEW.record    IS DISTINCT FROM OLD.record
  OR NEW.signature IS DISTINCT FROM OLD.signature
BEGIN
  SELECT RAISE(ABORT, 'an entry is never changed');
END;

CREATE TRIGGER head_stays BEFORE DELETE ON head
BEGIN
  SELECT RAISE(ABORT, 'the head of the log is never deleted');
END;

CREATE TRIGGER head_grows BEFORE UPDATE ON head
WHEN NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
BEGIN
  SELECT RAISE(ABORT, 'the head of the log never goes back');
END;
