INSERT INTO finding_row (subject, version, state, outcome, issued, document_commit, document_blob, idx)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (subject, version) DO UPDATE SET
  state = excluded.state,
  outcome = excluded.outcome,
  issued = excluded.issued,
  document_commit = excluded.document_commit,
  document_blob = excluded.document_blob,
  idx = excluded.idx
