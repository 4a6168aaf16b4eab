SELECT idx, by_idx
FROM published_row
WHERE idx >= $1
ORDER BY idx
LIMIT $2
