SELECT subject, opened, stage, victims, incident_date, analyses, findings, head
FROM case_row
WHERE (opened, subject) < ($1, $2)
ORDER BY opened DESC, subject DESC
LIMIT $3
