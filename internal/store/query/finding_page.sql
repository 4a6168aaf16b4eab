SELECT subject, version, state, outcome, issued, document_commit, document_blob, idx
FROM finding_row
WHERE (idx, subject, version) < ($1, $2, $3)
ORDER BY idx DESC, subject DESC, version DESC
LIMIT $4
