SELECT idx, subject, instrument, act, date, force
FROM adherence_row
WHERE subject = $1
ORDER BY idx
