DELETE FROM adherence_row
