SELECT subject, state, region, sector, roles
FROM person_row
WHERE subject > $1
ORDER BY subject
LIMIT $2
