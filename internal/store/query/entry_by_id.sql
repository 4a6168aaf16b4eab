SELECT idx, id, subject, position, kind, actor, at, leaf, salt, envelope, record, signature
FROM entry
WHERE id = $1
