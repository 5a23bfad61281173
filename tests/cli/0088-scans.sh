#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Scans: the drill's certificates as pictures only are read by OCR, as far as the budget goes, and what
# a budget left is read by a larger one. Nothing is called altered because it was misread.
. "$(dirname "$0")/lib.sh"

make_drill
scans="$(dirname "$TAHQIQ")/../../tests/bench/scan_pages"
mkdir "$work/text" "$work/heap"
find "$work/drill/leak" -name '*.pdf' | sort | head -n 4 >"$work/list"
while read -r path; do
    cp "$path" "$work/text"
    name=$(basename "$path" .pdf)
    expect 0 "$scans" make pdf "$path" "$work/heap/$name.pdf"
done <"$work/list"
first=$(find "$work/text" -name '*.pdf' | sort | head -n 1)
expect 0 "$scans" make tiff "$first" "$work/heap/fax.tiff"
expect 0 "$scans" make png "$first" "$work/heap/picture.png"
cp "$first" "$work/heap/has-text.pdf"
printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\377\377\0\0\377\377\010\002\0\0\0' >"$work/heap/bomb.png"
head -c 9000 "$work/heap/picture.png" >"$work/heap/cut.png"

# Without OCR every scan is noted, and none read.
expect 0 inquire -o "$work/off" --ocr off "$work/heap"
says "$work/out" "not read by OCR: 7 of 7 pages that are pictures"
says "$work/off/report/report.html" "were not read by OCR: 7 of 7."
expect 0 "$TAHQIQ" export "$work/off" exhibits -o "$work/off.csv"
says "$work/off.csv" "not read by OCR, the budget is spent: 1 of 1 pages that are pictures"
expect 0 "$TAHQIQ" status "$work/off" --json
python3 - "$work/out" "$work/off/report/report.json" <<'PY' || failures=$((failures + 1))
import json
import sys

status, report = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
assert status["ocr"] == report["ocr"] and status["ends"] == report["ends"], (status, report)
assert status["ocr"]["pages_unread"] == status["ocr"]["pages"] > 0, status
assert status["ends"]["note"] > 0 and status["bytes_unread"] > 0, status
PY
says "$work/off.csv" "the image is too large in pixels: not decoded"

# With enough of it each is read; what has its text is not looked at.
expect 0 inquire -o "$work/all" "$work/heap"
exports "$work/all" "$work/all.csv"
says "$work/all.csv/exhibits.csv" "read by OCR: 1 pages, mean confidence"
python3 - "$work/all.csv" <<'PY' || failures=$((failures + 1))
import csv, sys
exhibits = {row["exhibit"]: row for row in csv.DictReader(open(sys.argv[1] + "/exhibits.csv"))}
assert "OCR" not in exhibits["has-text.pdf"]["notes"], exhibits["has-text.pdf"]
assert exhibits["cut.png"]["notes"], exhibits["cut.png"]
records = {row["exhibit"]: row for row in csv.DictReader(open(sys.argv[1] + "/records.csv"))}
scans = [row for name, row in records.items() if name not in ("has-text.pdf", "cut.png")]
assert len(scans) == 6, sorted(records)
wrong = [row for row in scans if row["verdict"] in ("altered", "misattributed", "unfounded")]
assert not wrong, [(row["exhibit"], row["verdict"]) for row in wrong]
same = records["has-text.pdf"]["subject"]
assert same and records["fax.tiff"]["subject"] == same, records["fax.tiff"]
PY

# A budget is given out in rounds, and a larger one ends like one that was large from the start.
expect 0 inquire -o "$work/off" --ocr 2 "$work/heap"
says "$work/out" "not read by OCR: 5 of 7 pages that are pictures"
expect 0 inquire -o "$work/off" --ocr 300 --jobs 1
exports "$work/off" "$work/off.d"
grep -q "not read by OCR:" "$work/off/report/report.html" && {
    echo "FAILED: the report misses pages that were read"
    failures=$((failures + 1))
}
same "$work/all.csv/records.csv" "$work/off.d/records.csv"
same "$work/all.csv/exhibits.csv" "$work/off.d/exhibits.csv"

expect 2 inquire -o "$work/no" --ocr many "$work/heap"
says "$work/err" "--ocr takes a whole number from 0 to 10000000, or off, not 'many'"
finish
