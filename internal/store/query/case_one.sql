SELECT subject, opened, stage, victims, incident_date, analyses, findings, head
FROM case_row
WHERE subject = $1
