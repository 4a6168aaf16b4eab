SELECT idx, id, subject, position, kind, actor, at, leaf, salt, envelope, record, signature
FROM entry
WHERE idx >= $1
ORDER BY idx
LIMIT $2
