#!/usr/bin/env python3
"""Counts what misp.Decode should find in real events, written apart from it.

python3 internal/format/misp/testdata/count.py ../shared/data/misp/*.json

Prints per file: observations by family, claims. It knows only the types that
occur in those files, and stops at any other.
"""
import collections, json, os, re, sys

HASH = "md5 sha1 sha256 imphash authentihash".split()
TYPES = {
    "infrastructure": "domain ip-dst ip-src hostname url".split(),
    "file": HASH + ["filename"],
    "artefact": "regkey regkey|value user-agent windows-scheduled-task email-subject".split(),
    "persona": "btc dash xmr email-src email-dst whois-registrant-email".split(),
    "vulnerability": ["vulnerability"],
}
NONE = "text other link port yara target-location".split()


def facts(a):
    t, v = a["type"], a["value"]
    if t == "url" and a["category"] == "External analysis":
        return []
    if t == "datetime" and a.get("object_relation") == "compilation-timestamp":
        return [] if v.startswith("1970-01-01T00:00:00") else [("timing", v)]
    if t == "text" and a.get("object_relation") == "lang-id":
        return [("language", v)]
    if t == "domain|ip":
        return [("infrastructure", x) for x in v.split("|")]
    if t in ["filename|" + h for h in HASH]:
        return [("file", x) for x in v.rsplit("|", 1)]
    for family, types in TYPES.items():
        if t in types:
            assert t != "email-dst" or a["category"] == "Network activity"
            return [(family, v)]
    assert t in NONE, t
    return []


for path in sys.argv[1:]:
    try:
        doc = json.load(open(path, encoding="utf-8"))
    except json.JSONDecodeError as e:
        print(os.path.basename(path), "BROKEN", e)
        continue
    found, claims = set(), set()
    for event in (r["Event"] for r in doc["response"]):
        attributes = event["Attribute"] + [a for o in event.get("Object", []) for a in o["Attribute"]]
        assert not any(a["deleted"] for a in attributes)
        for a in attributes:
            found.update((f, v.strip()) for f, v in facts(a))
        # Clusters are found by text: everything that looks like a galaxy tag.
        for kind, value in re.findall(r'misp-galaxy:([a-z-]+)=\\"(.*?)\\"', json.dumps(event, ensure_ascii=False)):
            if kind.endswith("attack-pattern"):
                found.add(("technique", re.search(r"T[\d.]+$", value).group()))
            elif kind == "threat-actor":
                claims.add(value)
            else:
                assert kind.endswith("course-of-action"), kind
    families = collections.Counter(f for f, _ in found)
    print(os.path.basename(path), dict(sorted(families.items())), "claims", len(claims))
