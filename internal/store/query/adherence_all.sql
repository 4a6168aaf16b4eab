SELECT idx, subject, instrument, act, date, force
FROM adherence_row
