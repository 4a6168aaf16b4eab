SELECT subject, version, state, outcome, issued, document_commit, document_blob, idx
FROM finding_row
WHERE subject = $1
ORDER BY version
