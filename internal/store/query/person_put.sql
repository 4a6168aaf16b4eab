INSERT INTO person_row (subject, state, region, sector, roles)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (subject) DO UPDATE SET
  state = excluded.state,
  region = excluded.region,
  sector = excluded.sector,
  roles = excluded.roles
