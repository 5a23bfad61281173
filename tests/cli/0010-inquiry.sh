#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The main job: what is found does not depend on threads, on the order of evidence, on the steps.
. "$(dirname "$0")/lib.sh"

make_drill
expect 0 inquire -o "$work/a" --jobs 1 "$work/drill/leak"
expect 0 inquire -o "$work/b" --jobs 4 "$work/drill/leak"
exports "$work/a" "$work/xa"
exports "$work/b" "$work/xb"
for kind in records subjects exhibits readings snapshots counts; do
    same "$work/xa/$kind.csv" "$work/xb/$kind.csv"
done
same "$work/a/report/report.html" "$work/b/report/report.html"
[ -s "$work/a/report/report.json" ] || { echo "FAILED: no report.json"; failures=$((failures + 1)); }

# In several steps, files one by one in another order.
expect 0 "$TAHQIQ" case new "$work/c" --title "In steps"
expect 0 "$TAHQIQ" examine "$work/c" --register "$work/r.tqr" --key "$work/k"
expect 0 "$TAHQIQ" take "$work/c" "$work/drill/leak" --source "Telegram" --by "analyst"
expect 0 "$TAHQIQ" take "$work/c" "$work/drill/leak"
says "$work/out" "known already"
expect 0 "$TAHQIQ" examine "$work/c" --register "$work/r.tqr" --key "$work/k"
exports "$work/c" "$work/xc"
for kind in records subjects exhibits readings snapshots counts; do
    same "$work/xa/$kind.csv" "$work/xc/$kind.csv"
done
expect 0 "$TAHQIQ" verify "$work/c"
says "$work/out" "whole"
expect 0 "$TAHQIQ" status "$work/c" --json
python3 -c 'import json,sys; s = json.load(open(sys.argv[1])); assert s["examined"] and s["records"] > 500' "$work/out" || failures=$((failures + 1))

# Files in any order of arguments: the same exhibits under the same paths.
mkdir "$work/e1" "$work/e2"
cp "$work/drill/leak/files/"*.csv "$work/e1"
set -- "$work/e1/"*.csv
first=$1 second=$2
expect 0 inquire -o "$work/d1" "$first" "$second"
expect 0 inquire -o "$work/d2" "$second" "$first"
exports "$work/d1" "$work/xd1"
exports "$work/d2" "$work/xd2"
for kind in records subjects exhibits readings snapshots counts; do
    same "$work/xd1/$kind.csv" "$work/xd2/$kind.csv"
done

# Nothing changes when it is run again.
expect 0 inquire -o "$work/a" "$work/drill/leak"
exports "$work/a" "$work/xa2"
same "$work/xa/records.csv" "$work/xa2/records.csv"
same "$work/xa/exhibits.csv" "$work/xa2/exhibits.csv"

# JSON Lines hold the same as CSV.
expect 0 "$TAHQIQ" export "$work/a" records --format jsonl
python3 - "$work/out" "$work/xa/records.csv" <<'PY' || failures=$((failures + 1))
import csv, json, sys
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
rows = list(csv.DictReader(open(sys.argv[2], encoding="utf-8", newline="")))
assert len(lines) == len(rows) > 0
for line, row in zip(lines, rows):
    assert line["exhibit"] == row["exhibit"] and line["cells"] == json.loads(row["cells"])
PY
finish
