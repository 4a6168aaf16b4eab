DELETE FROM person_row
