INSERT INTO published_row (idx, by_idx)
VALUES ($1, $2)
ON CONFLICT (idx) DO UPDATE SET
  by_idx = excluded.by_idx
