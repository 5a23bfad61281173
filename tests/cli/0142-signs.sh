#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Signs of fabrication: rows that were made up are told, those that are real are not.
. "$(dirname "$0")/lib.sh"

expect 0 "$TAHQIQ" drill "$work/drill" --persons 6000 --rows 4000 --documents 40 --months 12 --seed 3
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 inquire -o "$work/case" "$work/drill/leak" --lang fr
exports "$work/case" "$work/exports"
python3 - "$work/exports" "$work/case/report" <<'END' || failures=$((failures + 1))
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1] + "/signs.csv", encoding="utf-8")))
found = {(row["test"], row["field"]) for row in rows if row["sign"] == "1"}
assert ("check-digits", "registration_no") in found, rows
assert not {test for test, _ in found} & {"duplicates", "sequential", "too-clean", "few-names"}, found
for row in rows:
    assert row["sign"] == "0" or (float(row["chance"]) < 0.01 and abs(float(row["effect"])) >= 0.2), row
report = json.load(open(sys.argv[2] + "/report.json"))
assert sum(len(table["signs"]) for table in report["tables"]) == len(rows)
page = open(sys.argv[2] + "/report.html", encoding="utf-8").read()
assert "ont-elles été fabriquées" in page and "clés de contrôle fausses" in page
END

# In words, at the exhibit.
expect 0 "$TAHQIQ" show "$work/case" exhibit files/liste.csv
says "$work/out" "sign of fabrication: check-digits (registration_no)"

# Any number of threads: the same bytes.
expect 0 inquire -o "$work/one" --jobs 1 "$work/drill/leak"
exports "$work/one" "$work/exports-one"
same "$work/exports/signs.csv" "$work/exports-one/signs.csv"

# Only what the register bears out: far too few rows are doubtful, and nothing is a sign.
mkdir "$work/real"
python3 - "$work/exports/records.csv" "$work/drill/leak/files/liste.csv" "$work/real/liste.csv" <<'END'
import csv, sys
real = {int(row["record"]) for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))
        if row["exhibit"] == "files/liste.csv" and row["verdict"] in ("authentic", "stale")}
assert len(real) > 500, len(real)
lines = open(sys.argv[2], "rb").read().splitlines(keepends=True)
open(sys.argv[3], "wb").write(lines[0] + b"".join(lines[i] for i in sorted(real)))
END
expect 0 inquire -o "$work/honest" "$work/real" --lang en
expect 0 "$TAHQIQ" export "$work/honest" records -o "$work/honest.csv"
expect 0 "$TAHQIQ" export "$work/honest" signs -o "$work/honest-signs.csv"
python3 - "$work/honest.csv" "$work/honest-signs.csv" <<'END' || failures=$((failures + 1))
import csv, sys
records = list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))
signs = list(csv.DictReader(open(sys.argv[2], encoding="utf-8")))
real = sum(row["verdict"] in ("authentic", "stale") for row in records)
assert real > .95 * len(records) > 475, (real, len(records))
assert not [row for row in signs if row["sign"] != "0"], signs
END
finish
