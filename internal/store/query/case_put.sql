INSERT INTO case_row (subject, opened, stage, victims, incident_date, analyses, findings, head)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (subject) DO UPDATE SET
  opened = excluded.opened,
  stage = excluded.stage,
  victims = excluded.victims,
  incident_date = excluded.incident_date,
  analyses = excluded.analyses,
  findings = excluded.findings,
  head = excluded.head
