#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A list as blocks of names and values, or as lines of them, is judged as it is as CSV: the same records,
# subjects and verdicts.
. "$(dirname "$0")/lib.sh"

make_drill
mkdir "$work/csv" "$work/blocks" "$work/lines"
python3 - "$work" <<'PY'
import csv, sys

work = sys.argv[1]
with open(work + "/drill/leak/files/export_a.csv", encoding="windows-1252", newline="") as file:
    names, *rows = csv.reader(file)
with open(work + "/csv/list.csv", "w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows([names, *rows])
with open(work + "/blocks/list.txt", "w", encoding="utf-8") as file:
    for row in rows:
        file.write("".join(f"{name}: {cell}\n" for name, cell in zip(names, row)) + "\n")
with open(work + "/lines/list.log", "w", encoding="utf-8") as file:
    for row in rows:
        file.write(" ".join(f'{name}="{cell}"' for name, cell in zip(names, row)) + "\n")
PY
for kind in csv blocks lines; do
    expect 0 inquire -o "$work/case-$kind" "$work/$kind"
    expect 0 "$TAHQIQ" export "$work/case-$kind" records -o "$work/$kind.csv"
done
python3 - "$work" <<'PY' || failures=$((failures + 1))
import csv, sys


def read(kind):
    with open(f"{sys.argv[1]}/{kind}.csv", encoding="utf-8", newline="") as file:
        return [(row["record"], row["subject"], row["verdict"]) for row in csv.DictReader(file)]


wanted = read("csv")
assert len(wanted) > 400
for kind in ("blocks", "lines"):
    got = read(kind)
    assert got == wanted, (kind, len(got), len(wanted), [pair for pair in zip(got, wanted) if pair[0] != pair[1]][:5])
PY
finish
