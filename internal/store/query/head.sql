SELECT size, root, note
FROM head
WHERE one = 1
