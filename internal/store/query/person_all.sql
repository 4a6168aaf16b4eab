SELECT subject, state, region, sector, roles
FROM person_row
