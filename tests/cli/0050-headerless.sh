#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Columns are found by content: no header and another column order change no verdict.
. "$(dirname "$0")/lib.sh"

make_drill
expect 0 inquire -o "$work/a" "$work/drill/leak"
expect 0 "$TAHQIQ" export "$work/a" records -o "$work/a.csv"
mv "$work/drill" "$work/drill-a"
expect 0 "$TAHQIQ" drill "$work/drill" --persons 1200 --rows 500 --documents 24 --months 12 --no-header --shuffle
expect 0 inquire -o "$work/b" "$work/drill/leak"
expect 0 "$TAHQIQ" export "$work/b" records -o "$work/b.csv"
python3 - "$work/a.csv" "$work/b.csv" <<'PY' || failures=$((failures + 1))
import csv, sys
def read(path):
    return [(row["exhibit"], row["record"], row["subject"], row["verdict"])
            for row in csv.DictReader(open(path, encoding="utf-8", newline=""))]
first, second = read(sys.argv[1]), read(sys.argv[2])
assert len(first) == len(second), (len(first), len(second))
different = [(a, b) for a, b in zip(first, second) if a != b]
assert not different, (len(different), different[:5])
PY
finish
