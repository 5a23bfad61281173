#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Values are masked unless a reason is given, and the reason is in the ledger.
. "$(dirname "$0")/lib.sh"

make_drill
expect 0 inquire -o "$work/c" "$work/drill/leak"
expect 0 "$TAHQIQ" export "$work/c" records -o "$work/records.csv"
python3 - "$work/records.csv" >"$work/pick" <<'PY'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    if row["verdict"] == "authentic" and row["exhibit"].endswith(".csv"):
        print(f'{row["exhibit"]}:{row["record"]}')
        print(row["subject"])
        print(row["exhibit"])
        break
PY
record=$(sed -n 1p "$work/pick")
subject=$(sed -n 2p "$work/pick")
exhibit=$(sed -n 3p "$work/pick")
expect 0 "$TAHQIQ" show "$work/c" record "$record"
says "$work/out" "authentic"
says "$work/out" "·"
if grep -qF "$subject" "$work/out"; then
    echo "FAILED: the register key is shown in clear"
    failures=$((failures + 1))
fi
expect 0 "$TAHQIQ" show "$work/c" record "$record" --reveal --reason "asked by the person"
says "$work/out" "$subject"
says "$work/c/ledger.jsonl" "asked by the person"
expect 0 "$TAHQIQ" show "$work/c" subject "$subject"
expect 0 "$TAHQIQ" show "$work/c" exhibit "$exhibit"
says "$work/out" "sha256"
expect 2 "$TAHQIQ" show "$work/c" record "nowhere.csv:1"
expect 2 "$TAHQIQ" show "$work/c" record "no-number"
expect 2 "$TAHQIQ" show "$work/c" record "${record}x"
says "$work/err" "EXHIBIT:NUMBER"
# With the register, what it held and when: masked as well, and only the one that was used.
python3 - "$work/records.csv" >"$work/pick" <<'PY'
import csv, sys
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    if row["verdict"] == "altered" and row["exhibit"].endswith(".csv"):
        print(f'{row["exhibit"]}:{row["record"]}')
        break
PY
altered=$(cat "$work/pick")
expect 0 "$TAHQIQ" show "$work/c" record "$altered" --register "$work/r.tqr" --key "$work/k"
says "$work/out" "    the register held "
says "$work/out" ", never what is shown"
says "$work/out" "·"
expect 0 "$TAHQIQ" register rekey "$work/r.tqr" --key "$work/k" -o "$work/other.tqr" --new-key "$work/k2"
expect 2 "$TAHQIQ" show "$work/c" record "$altered" --register "$work/other.tqr" --key "$work/k2"
says "$work/err" "the case was examined with another register"
expect 2 "$TAHQIQ" show "$work/c" record "$altered" --register "$work/r.tqr"
says "$work/err" "go together"
expect 1 "$TAHQIQ" show "$work/c" record "$altered" --register "$work/none.tqr" --key "$work/k"
expect 0 "$TAHQIQ" verify "$work/c"

# Many records of one line of the source: each shows its own values.
mkdir "$work/dump"
python3 - "$work/drill/leak" "$work/dump/all.sql" "$work/wanted" <<'PY'
import csv, pathlib, sys
source = max(pathlib.Path(sys.argv[1]).rglob("*.csv"), key=lambda p: p.stat().st_size)
lines = source.read_bytes().decode("utf-8", "replace").splitlines()
delimiter = max(",;|\t", key=lines[1].count)
rows = [row for row in csv.reader(lines[1:101], delimiter=delimiter)]
quoted = ["(" + ",".join("'" + cell.replace("'", "''") + "'" for cell in row) + ")" for row in rows]
with open(sys.argv[2], "w", encoding="utf-8") as out:
    out.write("INSERT INTO people VALUES " + ",".join(quoted) + ";\n")
open(sys.argv[3], "w", encoding="utf-8").write("\n".join(" ".join(row) for row in rows))
PY
expect 0 inquire -o "$work/d" "$work/dump"
for number in 1 2 77; do
    expect 0 "$TAHQIQ" show "$work/d" record "all.sql:$number" --reveal --reason "a test"
    python3 - "$work/out" "$work/wanted" $number <<'PY' || failures=$((failures + 1))
import sys
shown = [line[46:].split("  (")[0].strip() for line in open(sys.argv[1], encoding="utf-8").readlines()[1:]]
row = open(sys.argv[2], encoding="utf-8").read().split("\n")[int(sys.argv[3]) - 1]
shown = [value for value in shown if value]
if not shown or any(value not in row for value in shown):
    sys.exit(f"FAILED: record {sys.argv[3]} shows {shown}, which is not of {row}")
PY
done
for lang in fr ar en; do
    expect 0 "$TAHQIQ" report "$work/c" --lang $lang -o "$work/report-$lang"
    says "$work/report-$lang/report.html" "Content-Security-Policy"
done
expect 2 "$TAHQIQ" report "$work/c" --lang de
finish
