SELECT subject, exhibit, holder, in_transit_to, grade, tlp, content_commit, content_blob, manifest_commit, manifest_blob, received
FROM exhibit_row
