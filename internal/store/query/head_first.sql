INSERT INTO head (one, size, root, note)
VALUES (1, $1, $2, $3)
ON CONFLICT (one) DO NOTHING
