UPDATE entry
SET salt = NULL
WHERE idx = $1
