INSERT INTO exhibit_row (subject, exhibit, holder, in_transit_to, grade, tlp, content_commit, content_blob, manifest_commit, manifest_blob, received)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (subject, exhibit) DO UPDATE SET
  holder = excluded.holder,
  in_transit_to = excluded.in_transit_to,
  grade = excluded.grade,
  tlp = excluded.tlp,
  content_commit = excluded.content_commit,
  content_blob = excluded.content_blob,
  manifest_commit = excluded.manifest_commit,
  manifest_blob = excluded.manifest_blob,
  received = excluded.received
