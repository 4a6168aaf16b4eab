DELETE FROM finding_row
