#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The sealed file is what tqr(5) says: a reader written after that page alone finds in it the facts
# of the institution's tables.
. "$(dirname "$0")/lib.sh"
reader=$(dirname "$0")/../format/read_tqr.py

make_drill
expect 0 "$reader" "$work/r.tqr" "$work/k"
cp "$work/out" "$work/facts.jsonl"
expect 0 "$TAHQIQ" register info --json "$work/r.tqr" --key "$work/k"
python3 - "$work/facts.jsonl" "$work/out" "$work/drill/register" <<'PY' || failures=$((failures + 1))
import collections, csv, datetime, json, sys, zoneinfo

facts = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
info = json.load(open(sys.argv[2], encoding="utf-8"))
zone = zoneinfo.ZoneInfo("Africa/Casablanca")

def minutes(text):
    if not text:
        return None
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp() // 60)

def table(name):
    return csv.DictReader(open(f"{sys.argv[3]}/{name}.csv", encoding="utf-8", newline=""))

def rounded(fact):
    """Valid times are dates. Two libraries may not agree when Morocco turned its clocks in Ramadan."""
    return (*fact[:5], *(time and round(time / 1440) for time in fact[5:]))

def held(kind, field):
    return sorted((rounded(fact[2:]) for fact in facts if fact[:2] == [kind, field]), key=repr)

def told(name, key, column, *times, month=None):
    return sorted({rounded((row[key], row[column], row[month] if month else None,
                            *(minutes(row[time]) if time else None for time in times)))
                   for row in table(name) if row[column]}, key=repr)

validity = ("connu_du", "connu_au", "valide_du", "valide_au")
# Tables without repeated facts: those whose known intervals meet are sealed as one.
assert held("person", "account") == told("comptes", "immat", "rib", *validity)
assert held("person", "national_id") == told("assures", "immat", "cin", *validity)
assert held("employer", "employer_name") == told("employeurs", "affil", "raison_sociale", *validity)
assert held("person", "salary") == told("declarations", "immat", "salaire", "recu_le", "remplace_le", None, None,
                                        month="periode")
counts = collections.Counter((fact[0], fact[1]) for fact in facts)
assert counts == {(field["kind"], field["name"]): field["facts"] for field in info["fields"] if field["facts"]}
PY

# It authenticates: a flipped bit, a cut file, a file with more behind it, another key.
head -c 200000 "$work/r.tqr" >"$work/cut.tqr"
expect 1 "$reader" "$work/cut.tqr" "$work/k"
{ cat "$work/r.tqr"; echo more; } >"$work/more.tqr"
expect 1 "$reader" "$work/more.tqr" "$work/k"
python3 -c 'import sys; data = bytearray(open(sys.argv[1], "rb").read()); data[-100] ^= 1; open(sys.argv[2], "wb").write(data)' \
    "$work/r.tqr" "$work/flipped.tqr"
expect 1 "$reader" "$work/flipped.tqr" "$work/k"
head -c 32 /dev/urandom >"$work/other"
expect 1 "$reader" "$work/r.tqr" "$work/other"
says "$work/err" "another key"

# What a program does not know it refuses by name.
for byte in 8:9:"version 9" 12:2:"does not know"; do
    python3 -c 'import sys; data = bytearray(open(sys.argv[1], "rb").read()); data[int(sys.argv[3])] = int(sys.argv[4]); open(sys.argv[2], "wb").write(data)' \
        "$work/r.tqr" "$work/other.tqr" "$(echo "$byte" | cut -d: -f1)" "$(echo "$byte" | cut -d: -f2)"
    expect 1 "$TAHQIQ" register info "$work/other.tqr" --key "$work/k"
    says "$work/err" "$(echo "$byte" | cut -d: -f3)"
    expect 1 "$reader" "$work/other.tqr" "$work/k"
done

# Of fingerprints only: nothing that a table holds is in it, however it is unpacked.
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/f.tqr" --key "$work/k" --fingerprints-only
/usr/bin/python3 - "$reader" "$work/f.tqr" "$work/r.tqr" "$work/k" "$work/drill/register" <<'PY' || failures=$((failures + 1))
import csv, pathlib, runpy, sys
reader = runpy.run_path(sys.argv[1])
key = reader["subkey"](pathlib.Path(sys.argv[4]).read_bytes(), 1, 32)
hidden = b"".join(reader["chunks"](pathlib.Path(sys.argv[2]).read_bytes(), key))
plain = b"".join(text for field in reader["read"](sys.argv[3], sys.argv[4])["fields"] for text in field["bytes"])
cells = {cell for name in ("assures", "coordonnees", "comptes", "employeurs")
         for row in csv.reader(open(f"{sys.argv[5]}/{name}.csv", encoding="utf-8", newline=""))
         for cell in row if len(cell) > 7 and "T" not in cell and not cell.startswith(("19", "20"))} - {"Casablanca"}
cells = sorted(cells)[::9]  # the time zone is Africa/Casablanca
assert sum(cell.encode() in plain for cell in cells) > 700
assert not [cell for cell in cells if cell.encode() in hidden]
register = reader["read"](sys.argv[2], sys.argv[4])
assert register["prints"] and len(register["kinds"][0]["keys"][0]) == 16
import nacl.bindings
def siphash(data):
    digest = nacl.bindings.crypto_shorthash_siphash24(data, register["fingerprint_key"])
    return f"{int.from_bytes(digest, 'little'):016x}"
numbers = {row["immat"].encode() for row in csv.DictReader(open(sys.argv[5] + "/assures.csv", encoding="utf-8", newline=""))}
facts = {fact[:2] for fact in reader["facts_of"](register, register["fields"][0])}
assert facts == {(siphash(number), siphash(b"\0" + number)) for number in numbers}
assert register["fingerprint_key"] == reader["subkey"](pathlib.Path(sys.argv[4]).read_bytes(), 2, 16)
PY
finish
