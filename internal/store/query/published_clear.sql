DELETE FROM published_row
