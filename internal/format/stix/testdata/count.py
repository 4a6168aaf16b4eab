#!/usr/bin/env python3
"""Counts what stix.Decode should find in real bundles, written apart from it.

cd ../shared/data/stix && python3 …/count.py *.stix2 oasis-examples/*.json oasis-examples/*/*.json

Prints per file: observations by family, skipped (objects that give nothing,
and repeated values), claims. It knows only the paths that
occur in those files, and stops at any other.
"""
import collections, json, os, re, sys

PATHS = [
    ("infrastructure", r"(domain-name|ipv4-addr):value|app:cert\.sha256|x509-certificate:(issuer|serial_number)"),
    ("file", r"file:(path|name|hashes\.('SHA-256'|md5|sha256))|app:id"),
    ("artefact", r"configuration-profile:id"),
]

for path in sys.argv[1:]:
    doc = json.load(open(path, encoding="utf-8"))
    found, claims, none = [], set(), 0
    for o in doc.get("objects", [doc]):
        before = len(found) + len(claims)
        assert not o.get("revoked")
        ids = [r.get("external_id", "") for r in o.get("external_references", [])]
        match o["type"]:
            case "indicator" if "MATCHES" not in o["pattern"]:
                for p, v in re.findall(r"([\w-]+:[\w.'-]+)\s*=\s*'(.*?)'", o["pattern"]):
                    families = [f for f, form in PATHS if re.fullmatch(form, p)]
                    assert len(families) == 1, p
                    found.append((families[0], v))
            case "malware" | "tool":
                assert not any(i.startswith("S") for i in ids)
                found.append(("software", o["name"].strip()))
            case "attack-pattern":
                assert not any(i.startswith("T") for i in ids)
            case "vulnerability":
                found.append(("vulnerability", ids[0]))
            case "ipv4-addr" | "domain-name":
                found.append(("infrastructure", o["value"]))
            case "threat-actor" | "intrusion-set" | "campaign":
                claims.add(o["id"])
            case "relationship" if o["relationship_type"] == "attributed-to":
                claims.add(o["id"])
        if len(found) + len(claims) == before and o["type"] != "report":
            none += 1
    skipped = none + len(found) - len(set(found))
    families = collections.Counter(f for f, _ in set(found))
    print(os.path.basename(path), dict(sorted(families.items())), "skipped", skipped, "claims", len(claims))
