#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A register of fingerprints only: an inquiry finds the same records, holders and snapshots; what
# it cannot tell is what takes a text.
. "$(dirname "$0")/lib.sh"

make_drill
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/f.tqr" --key "$work/k" --fingerprints-only
expect 0 "$TAHQIQ" register info "$work/f.tqr" --key "$work/k"
says "$work/out" "fingerprints only"
expect 0 "$TAHQIQ" register info --json "$work/f.tqr" --key "$work/k"
python3 -c '
import json, sys
info = json.load(open(sys.argv[1]))
assert info["fingerprints_only"] and info["kinds"]["person"] == 1200
assert all(field["checked"] == 0 and field["values"] == field["keys"] for field in info["fields"])
' "$work/out" || failures=$((failures + 1))

expect 0 inquire -o "$work/whole" "$work/drill/leak"
expect 0 "$TAHQIQ" inquire --register "$work/f.tqr" --key "$work/k" -o "$work/prints" "$work/drill/leak"
exports "$work/whole" "$work/xw"
exports "$work/prints" "$work/xp"
same "$work/xw/snapshots.csv" "$work/xp/snapshots.csv"
python3 - "$work/xw" "$work/xp" <<'PY' || failures=$((failures + 1))
import csv, json, sys

def table(folder, name):
    return list(csv.DictReader(open(f"{folder}/{name}.csv", encoding="utf-8", newline="")))

whole, prints = table(sys.argv[1], "records"), table(sys.argv[2], "records")
assert len(whole) == len(prints) > 700
names = {}
for a, b in zip(whole, prints):
    # Pseudonyms stand for keys one to one.
    assert bool(a["subject"]) == bool(b["subject"])
    assert not a["subject"] or names.setdefault(b["subject"], a["subject"]) == a["subject"]
    assert all(c in "0123456789abcdef" for c in b["subject"])
    # What is damaged cannot be told from what was altered, and a spelling from another.
    if a["verdict"] != b["verdict"]:
        respelt = ("variant", "contradicts") in [
            (x[2], y[2]) for x, y in zip(json.loads(a["cells"]), json.loads(b["cells"]))]
        assert b["verdict"] == "altered", (a, b)
        assert a["verdict"] == "incomplete" or respelt, (a, b)
    for x, y in zip(json.loads(a["cells"]), json.loads(b["cells"])):
        assert x[:2] == y[:2]
        assert x[2] == y[2] or (x[2], y[2]) in (("variant", "agrees"), ("truncated", "contradicts"),
                                                ("variant", "contradicts")), (x, y)
assert len(set(names.values())) == len(names) > 300
fields = [{(row["table"], row["column"]): row["field"] for row in table(folder, "readings")} for folder in sys.argv[1:3]]
assert fields[0] == fields[1]
PY
subject=$(grep '^files/export_a.csv,.*,person,.*,authentic,' "$work/xp/records.csv" | head -n 1 | cut -d, -f5)
expect 0 "$TAHQIQ" show "$work/prints" subject "$subject"
says "$work/out" "registration_no              agrees"
expect 0 "$TAHQIQ" verify "$work/prints"

# Fingerprints stay those of the key they were made with: under another key they match as before.
expect 0 "$TAHQIQ" register rekey "$work/f.tqr" --key "$work/k" --new-key "$work/k2" -o "$work/g.tqr"
expect 0 "$TAHQIQ" inquire --register "$work/g.tqr" --key "$work/k2" -o "$work/again" "$work/drill/leak"
exports "$work/again" "$work/xa"
same "$work/xp/records.csv" "$work/xa/records.csv"

# Compared only with its like.
expect 0 "$TAHQIQ" register compare "$work/f.tqr" "$work/g.tqr" --key "$work/k" --key-b "$work/k2"
expect 2 "$TAHQIQ" register compare "$work/r.tqr" "$work/f.tqr" --key "$work/k"
says "$work/err" "fingerprints only"
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/h.tqr" --key "$work/k3" --fingerprints-only
expect 2 "$TAHQIQ" register compare "$work/f.tqr" "$work/h.tqr" --key "$work/k" --key-b "$work/k3"
says "$work/err" "different keys"
finish
