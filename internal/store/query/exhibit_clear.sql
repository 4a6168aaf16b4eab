DELETE FROM exhibit_row
