SELECT leaf, position
FROM entry
WHERE subject = $1
ORDER BY position DESC
LIMIT 1
