SELECT idx, id, subject, position, kind, actor, at, leaf, salt, envelope, record, signature
FROM entry
WHERE subject = $1
ORDER BY position
