SELECT idx, by_idx
FROM published_row
