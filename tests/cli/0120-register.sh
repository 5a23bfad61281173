#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# What can be told of a sealed register, and done with it: info, compare, rekey.
. "$(dirname "$0")/lib.sh"

make_drill

# ---- info: the same counts as in the institution's tables, and sizes that add up ----
expect 0 "$TAHQIQ" register info "$work/r.tqr" --key "$work/k"
says "$work/out" "person: 1200"
says "$work/out" "ma-cnss-person-drill 100.00 %"
expect 0 "$TAHQIQ" register info --json "$work/r.tqr" --key "$work/k"
cp "$work/out" "$work/info.json"
python3 - "$work/out" "$work/drill/register" "$work/r.tqr" <<'PY' || failures=$((failures + 1))
import collections, csv, json, os, sys
info = json.load(open(sys.argv[1], encoding="utf-8"))
fields = {(f["kind"], f["name"]): f for f in info["fields"]}
rows = list(csv.DictReader(open(sys.argv[2] + "/comptes.csv", encoding="utf-8", newline="")))
held = collections.Counter(row["immat"] for row in rows if row["rib"])
account = fields["person", "account"]
assert account["facts"] == sum(held.values()), account
assert account["holders"] == len(held)
assert account["values"] == len({row["rib"] for row in rows if row["rib"]})
assert abs(account["missing"] - (1 - len(held) / info["kinds"]["person"])) < 1e-6
assert abs(account["depth"] - sum(held.values()) / len(held)) < 1e-6
assert account["facts_of_one_max"] == max(held.values())
ended = sum(1 for row in rows if row["valide_au"] or row["connu_au"])
assert abs(account["ended"] - ended / len(rows)) < 1e-6
assert account["known_from"] == min(row["connu_du"] for row in rows)
assert account["check_passed"] == account["checked"] == account["values"]
bytes_ = info["bytes"]
assert bytes_["file"] == os.stat(sys.argv[3]).st_size == bytes_["head"] + sum(bytes_["keys"].values()) \
    + sum(sum(f["bytes"].values()) for f in info["fields"])
PY

# ---- compare: a subject less, an account closed, a subject more ----
cp -r "$work/drill/register" "$work/later"
python3 - "$work/later/comptes.csv" "$work/change.json" <<'PY' || failures=$((failures + 1))
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
gone = rows[0]["immat"]
later = [row for row in rows if row["immat"] != gone]
open_ = next(row for row in later if not row["connu_au"])
open_["connu_au"] = "2030-01-01T00:00:00Z"
later.append(dict(rows[0], immat="899999999", rib="999999999999999999999906"))
with open(sys.argv[1], "w", encoding="utf-8", newline="") as out:
    table = csv.DictWriter(out, rows[0].keys())
    table.writeheader()
    table.writerows(later)
json.dump({"removed": len(rows) + 1 - len(later), "all": len(rows)}, open(sys.argv[2], "w"))
PY
expect 0 "$TAHQIQ" register build "$work/later/register.yaml" -o "$work/later.tqr" --key "$work/kl"
expect 0 "$TAHQIQ" register compare "$work/r.tqr" "$work/later.tqr" --key "$work/k" --key-b "$work/kl"
says "$work/out" "subjects"
expect 0 "$TAHQIQ" register compare --json "$work/r.tqr" "$work/later.tqr" --key "$work/k" --key-b "$work/kl"
python3 - "$work/out" "$work/change.json" <<'PY' || failures=$((failures + 1))
import json, sys
change, wanted = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
person = change["kinds"][0]
assert (person["subjects_added"], person["subjects_removed"]) == (1, 0), person
account = next(f for f in change["fields"] if f["name"] == "account")
assert (account["facts_added"], account["facts_removed"]) == (1, wanted["removed"]), account
assert (account["facts_closed"], account["facts_changed"], account["values_added"]) == (1, 0, 1), account
assert account["facts_kept"] == wanted["all"] - wanted["removed"] - 1
others = [f for f in change["fields"] if f["name"] not in ("account", "payment_mode")]
assert all(f["facts_added"] + f["facts_removed"] + f["facts_closed"] + f["facts_changed"] == 0 for f in others)
PY
expect 1 "$TAHQIQ" register compare "$work/r.tqr" "$work/later.tqr" --key "$work/k"
says "$work/err" "sealed with another key"

# ---- rekey: the same register under another key ----
expect 0 "$TAHQIQ" register rekey "$work/r.tqr" --key "$work/k" --new-key "$work/k2" -o "$work/r2.tqr"
expect 0 "$TAHQIQ" register info --json "$work/r2.tqr" --key "$work/k2"
same "$work/out" "$work/info.json"
expect 1 "$TAHQIQ" register info "$work/r2.tqr" --key "$work/k"
says "$work/err" "sealed with another key"
expect 0 inquire -o "$work/before" "$work/drill/leak"
expect 0 "$TAHQIQ" inquire --register "$work/r2.tqr" --key "$work/k2" -o "$work/after" "$work/drill/leak"
exports "$work/before" "$work/xb"
exports "$work/after" "$work/xa"
for kind in records subjects exhibits readings snapshots counts; do
    same "$work/xb/$kind.csv" "$work/xa/$kind.csv"
done
# In place, and what goes wrong leaves the old file as it is.
cp "$work/r2.tqr" "$work/r3.tqr"
expect 0 "$TAHQIQ" register rekey "$work/r3.tqr" --key "$work/k2" --new-key "$work/k"
expect 0 "$TAHQIQ" register info --json "$work/r3.tqr" --key "$work/k"
same "$work/out" "$work/info.json"
cp "$work/r2.tqr" "$work/r4.tqr"
expect 2 "$TAHQIQ" register rekey "$work/r4.tqr" --key "$work/k2"
expect 2 "$TAHQIQ" register rekey "$work/r4.tqr" --key "$work/k2" --new-key "$work/k2"
says "$work/err" "name a new one"
expect 1 "$TAHQIQ" register rekey "$work/r4.tqr" --key "$work/k" --new-key "$work/k4"
says "$work/err" "sealed with another key"
[ ! -e "$work/k4" ] || { echo "FAILED: a key was made for nothing"; failures=$((failures + 1)); }
head -c 100000 "$work/r2.tqr" >"$work/cut.tqr"
expect 1 "$TAHQIQ" register rekey "$work/cut.tqr" --key "$work/k2" --new-key "$work/k" -o "$work/r4.tqr"
says "$work/err" "cut short"
same "$work/r4.tqr" "$work/r2.tqr"
[ -z "$(find "$work" -name '*.tmp-*')" ] || { echo "FAILED: half a file is left"; failures=$((failures + 1)); }

finish
