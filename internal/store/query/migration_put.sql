INSERT INTO migration (version, name, digest)
VALUES ($1, $2, $3)
