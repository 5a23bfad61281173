#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Consistency rules in an inquiry: what was made to break one is found, and nothing that is true.
. "$(dirname "$0")/lib.sh"

expect 0 "$TAHQIQ" drill "$work/drill" --persons 6000 --rows 2500 --documents 60 --months 12 --seed 3
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 inquire -o "$work/case" "$work/drill/leak" --lang fr
expect 0 "$TAHQIQ" drill score --json "$work/drill" "$work/case"
python3 - "$work/out" <<'END' || failures=$((failures + 1))
import json, sys
breaks = json.load(open(sys.argv[1]))["breaks"]
assert breaks["made"] > 50 and breaks["found"] == breaks["made"] and breaks["unjust"] == 0, breaks
END
exports "$work/case" "$work/exports"
python3 - "$work/exports" "$work/case/report" <<'END' || failures=$((failures + 1))
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1] + "/rules.csv", encoding="utf-8")))
digits = [row for row in rows if row["rule"] == "check-digits" and int(row["records"]) > 100]
assert digits and all(row["sign"] == "more" and float(row["effect"]) > 0.8 for row in digits), rows
assert all(float(row["register_share"]) == 0 for row in digits)
assert all(row["sign"] == "" or float(row["chance"]) < 0.01 for row in rows)
report = json.load(open(sys.argv[2] + "/report.json"))
assert sum(len(table["rules"]) for table in report["tables"]) == len(rows)
page = open(sys.argv[2] + "/report.html", encoding="utf-8").read()
assert "Cela tient-il ensemble" in page and "fabriqué" in page
assert "les identifiants passent le contrôle" in page
END

# In words, at the cell.
record=$(awk -F, '$6 == "check-digits" { print $1 ":" $2; exit }' "$work/exports/breaks.csv")
expect 0 "$TAHQIQ" show "$work/case" record "$record"
says "$work/out" "breaks the rule check-digits: identifiers pass the check rule"

# Any number of threads: the same bytes. "rules" goes into the ledger.
expect 0 inquire -o "$work/one" --jobs 1 "$work/drill/leak"
exports "$work/one" "$work/exports-one"
for kind in rules breaks records; do
    same "$work/exports/$kind.csv" "$work/exports-one/$kind.csv"
done
says "$work/one/ledger.jsonl" '"rules":"shipped"'

# Rules of one's own extend those that come along.
cat >"$work/own.yaml" <<'END'
include: [generic, morocco]
without: [check-digits]
rules:
  - {rule: nobody-from-before, about: nobody is born before 1930, subject: person, field: birth_date,
     at_least: 1930-01-01}
END
expect 0 "$TAHQIQ" examine "$work/one" --register "$work/r.tqr" --key "$work/k" --rules "$work/own.yaml"
expect 0 "$TAHQIQ" export "$work/one" breaks
says "$work/out" "nobody-from-before,nobody is born before 1930"
if grep -q check-digits "$work/out"; then
    echo "FAILED: 'without' leaves nothing out"
    failures=$((failures + 1))
fi
says "$work/one/ledger.jsonl" "own.yaml"
expect 0 "$TAHQIQ" export "$work/one" records
same "$work/out" "$work/exports/records.csv" # rules change no verdict

# A mistake in them is named before anything is examined.
printf 'rules:\n  - {rule: a, subject: person, field: days, atmost: 26}\n' >"$work/bad.yaml"
expect 1 inquire -o "$work/bad" --rules "$work/bad.yaml" "$work/drill/leak"
says "$work/err" "bad.yaml:2:45: unknown word of a rule 'atmost'; did you mean 'at_most'?"
[ ! -e "$work/bad" ] || { echo "FAILED: a case was made"; failures=$((failures + 1)); }

# A register of fingerprints only has no values to test.
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/f.tqr" --key "$work/k" \
    --fingerprints-only
expect 0 "$TAHQIQ" inquire --register "$work/f.tqr" --key "$work/k" -o "$work/prints" "$work/drill/leak"
expect 0 "$TAHQIQ" export "$work/prints" rules
[ "$(wc -l <"$work/out")" -eq 1 ] || { echo "FAILED: rules without values"; failures=$((failures + 1)); }
finish
