INSERT INTO entry (idx, id, subject, position, kind, actor, at, leaf, salt, envelope, record, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (id) DO NOTHING
