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
for lang in fr ar en; do
    expect 0 "$TAHQIQ" report "$work/c" --lang $lang -o "$work/report-$lang"
    says "$work/report-$lang/report.html" "Content-Security-Policy"
done
expect 2 "$TAHQIQ" report "$work/c" --lang de
finish
