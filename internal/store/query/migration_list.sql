SELECT version, name, digest
FROM migration
ORDER BY version
