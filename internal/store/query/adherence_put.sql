INSERT INTO adherence_row (idx, subject, instrument, act, date, force)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (idx) DO UPDATE SET
  subject = excluded.subject,
  instrument = excluded.instrument,
  act = excluded.act,
  date = excluded.date,
  force = excluded.force
