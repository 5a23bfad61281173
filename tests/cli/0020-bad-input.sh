#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Bad input gets a clear message or a note on the exhibit; nothing is lost, nothing crashes.
. "$(dirname "$0")/lib.sh"

make_drill

# What cannot work says so before a case is made.
expect 1 inquire -o "$work/none" "$work/no-such-file"
says "$work/err" "no-such-file"
[ ! -e "$work/none" ] || { echo "FAILED: a case was made"; failures=$((failures + 1)); }
head -c 32 /dev/urandom >"$work/wrong"
expect 1 "$TAHQIQ" register info "$work/r.tqr" --key "$work/wrong"
expect 1 "$TAHQIQ" inquire --register "$work/r.tqr" --key "$work/wrong" -o "$work/c0" "$work/drill/leak"
head -c 1000 "$work/r.tqr" >"$work/cut.tqr"
expect 1 "$TAHQIQ" register info "$work/cut.tqr" --key "$work/k"
head -c 10 "$work/k" >"$work/short"
expect 1 "$TAHQIQ" register info "$work/r.tqr" --key "$work/short"

# A heap of unfriendly files.
heap=$work/heap
mkdir -p "$heap/folder" "$heap/closed"
: >"$heap/empty.csv"
printf 'a,b\n1' >"$heap/tiny.csv"
head -c 3000 /dev/urandom >"$heap/noise.bin"
ln -s /etc/passwd "$heap/link"
mkfifo "$heap/fifo"
printf 'x;y\n1;2\n3;4\n' >"$heap/$(printf 'new\nline.csv')"
printf 'x;y\n1;2\n3;4\n' >"$heap/$(printf 'bytes\377\376.csv')"
printf '%%PDF-1.4\nbroken' >"$heap/broken.pdf"
printf 'PK\003\004broken' >"$heap/broken.zip"
printf '{"a": [1, 2' >"$heap/broken.json"
printf '\0\0\0\0\0' >"$heap/nuls.csv"
expect 0 inquire -o "$work/c1" "$heap"
expect 0 "$TAHQIQ" export "$work/c1" exhibits -o "$work/exhibits.csv"
python3 - "$work/exhibits.csv" <<'PY' || failures=$((failures + 1))
import csv, sys
rows = {row["exhibit"]: row for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""))}
for name in ("empty.csv", "tiny.csv", "noise.bin", "link", "fifo", "broken.pdf", "broken.zip", "broken.json",
             "nuls.csv", "new\\u{000A}line.csv", "bytes\\xFF\\xFE.csv"):
    assert name in rows, (name, sorted(rows))
for name in ("link", "fifo", "broken.pdf", "broken.zip", "empty.csv"):
    assert rows[name]["notes"], name
PY
expect 0 "$TAHQIQ" verify "$work/c1"

# The case may not be its own evidence.
expect 0 inquire -o "$work/c2" "$work/drill/leak/files"
expect 1 "$TAHQIQ" take "$work/c2" "$work/c2"
mkdir "$work/outer"
expect 0 "$TAHQIQ" case new "$work/outer/case" --title "inside"
printf 'x;y\n1;2\n' >"$work/outer/a.csv"
expect 0 "$TAHQIQ" take "$work/outer/case" "$work/outer"
expect 0 "$TAHQIQ" examine "$work/outer/case" --register "$work/r.tqr" --key "$work/k"
expect 0 "$TAHQIQ" export "$work/outer/case" exhibits
[ "$(wc -l <"$work/out")" -eq 2 ] || { echo "FAILED: the case was taken into itself"; failures=$((failures + 1)); }

# Evidence that was changed in custody is found.
file=$(find "$work/c2/vault" -type f | sort | head -n 1)
chmod u+w "$file"
printf 'x' >>"$file"
expect 1 "$TAHQIQ" verify "$work/c2"
says "$work/out" "FAULTY"

# A ledger that was changed is found.
sed -i '2s/take/tale/' "$work/c1/ledger.jsonl"
expect 1 "$TAHQIQ" verify "$work/c1"
finish
