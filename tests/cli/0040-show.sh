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
expect 0 "$TAHQIQ" verify "$work/c"
for lang in fr ar en; do
    expect 0 "$TAHQIQ" report "$work/c" --lang $lang -o "$work/report-$lang"
    says "$work/report-$lang/report.html" "Content-Security-Policy"
done
expect 2 "$TAHQIQ" report "$work/c" --lang de
finish
