#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Documents that cannot be read: whom they may name is estimated, and counted as "at most" affected.
. "$(dirname "$0")/lib.sh"

expect 0 "$TAHQIQ" drill "$work/drill" --persons 3000 --rows 200 --documents 400 --months 12 --seed 4
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 inquire -o "$work/whole" "$work/drill/leak"

# Every eighth certificate becomes one that nobody can read.
python3 - "$work/drill/leak" >"$work/made" <<'END' || failures=$((failures + 1))
import pathlib, sys, zipfile
made = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.zip")):
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    pdfs = sorted(name for name in members if name.endswith(".pdf"))
    made += len(pdfs[::8])
    for name in pdfs[::8]:
        members[name] = b"%PDF-1.4\nof " + name.encode() + b" nothing is left\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
print(made)
END
expect 0 inquire -o "$work/part" "$work/drill/leak" --lang fr
python3 - "$work/whole/report/report.json" "$work/part/report" "$(cat "$work/made")" <<'END' || failures=$((failures + 1))
import json, sys
def affected(report):
    return next(row for row in report["counts"]
                if (row["measure"], row["kind"], row["category"]) == ("affected", "person", ""))
whole = json.load(open(sys.argv[1]))
part = json.load(open(sys.argv[2] + "/report.json"))
assert whole["unseen"] == []
persons = next(row for row in part["unseen"] if row["kind"] == "person")
missing = affected(whole)["value"] - affected(part)["value"]
assert persons["unread"] == int(sys.argv[3]) > 20 and persons["read"] > 300, persons
assert 0 < persons["low"] <= missing <= persons["high"] <= persons["unread"], (persons, missing)
assert affected(part)["high"] >= affected(whole)["value"]
page = open(sys.argv[2] + "/report.html", encoding="utf-8").read()
assert "Qui nomment les documents non lus" in page
END

# Any number of threads: the same numbers.
expect 0 inquire -o "$work/one" --jobs 1 "$work/drill/leak" --lang fr
same "$work/part/report/report.html" "$work/one/report/report.html"
finish
