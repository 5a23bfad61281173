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

# Tables of a register that are not what the description says: where, and what to do; the old
# register stays.
mkdir "$work/csv"
cp "$work/r.tqr" "$work/csv/r.tqr"
table() { # table CONTENT [LINE-OF-THE-DESCRIPTION]: build from this one
    # shellcheck disable=SC2059
    printf "$1" >"$work/csv/t.csv"
    printf 'register: {name: t, timezone: Africa/Casablanca}\nsubjects: [person]\ntables:\n  - name: t\n    subject: person\n    key: k\n    file: t.csv\n%s    columns: {v: {field: v, type: %s, category: social}, n: {field: n, type: family-name, category: identity}}\n' \
        "${2:+    $2
}" "${3:-text}" >"$work/csv/t.yaml"
}
build() {
    expect "$1" "$TAHQIQ" register build "$work/csv/t.yaml" -o "$work/csv/r.tqr" --key "$work/k"
    shift
    for text in "$@"; do says "$work/err" "$text"; done
}
table 'k,v,n\n1,a\0b,Al\n2\0,b,Al\n3,\001\033[31m,Al\n4,\355\240\200,Al\n5,ok,\003\n'
build 0 "t.csv line 2 column 2: a NUL byte in it: 'a\\u{0000}b'" \
    "t.csv line 3 column 1: the key is not valid UTF-8, has a NUL byte, or is too long" \
    "t.csv line 5 column 2: not valid UTF-8: '\\xED" "t.csv line 6 column 3: nothing that could be compared: '\\u{0003}'"
cp "$work/csv/r.tqr" "$work/old.tqr"
table 'k\0,\0v\0,\0n\0\n\0001\0,\0002\0,\0a\0\n\0'
build 1 "t.yaml:6: table 't': 't.csv' has no column 'k'" "give the 'encoding' of the file, as UTF-16"
table 'k,v,n\n1,\351,\351\n'
build 0 "line 2 column 2: not valid UTF-8: '\\xE9'"
cp "$work/csv/r.tqr" "$work/old.tqr"
table 'k,v,n\n1,\351,\351\n' 'encoding: UTF-16'
build 1 "has no column 'k'"
table 'k,v,n\n' 'encoding: NOPE'
build 1 "t.yaml:8:15: unknown encoding 'NOPE'"
table 'k;v;n\n1;2;3\n'
build 1 "it has k;v;n; give the 'delimiter' that parts the columns"
table 'k,v,n\r1,2,a\r4,5,b\r'
build 1 "its lines end in a carriage return alone"
table 'k,v,v,n\n1,2,3,4\n'
build 1 "'t.csv' has two columns 'v'"
table ''
build 1 "'t.csv' is empty; a header row is wanted"
table 'k,v,n\n1,2\n,2,a\n'
build 1 "t.csv line 2: not the 3 cells of the header" "t.csv line 3 column 1: the key is empty" \
    "t.yaml:6: table 't': none of the 2 rows of 't.csv' could be used"
{ printf 'k,v,n\n1,a,b\n2,"'; head -c 17000000 /dev/zero | tr '\0' x; } >"$work/csv/t.csv"
build 1 "t.csv line 3 is longer than 16777216 bytes: see that every quoted cell is closed"
printf 'k,v,n\n1,2,a\n' | gzip | head -c 20 >"$work/csv/t.csv"
build 1 "t.csv': the compressed data is cut short"
rm "$work/csv/t.csv"
build 1 "t.yaml:7:11: file 't.csv': No such file or directory"
same "$work/old.tqr" "$work/csv/r.tqr"
table 'k,v,n,f,t\n1,0001-01-01,a,2020-01-01,2021-01-01\n2,2020-02-30,a,infinity,\n3,2020-01-01,a,2021-01-01,2020-01-01\n4,2020-01-01,a,9999-12-31,\n5,2020-01-01,a,,12345-01-01\n6,2020-01-01,a,0044-03-15 BC,\n5,2021-01-01,b,,\n5,2021-01-01,b,,\n' \
    'valid: [f, t]' date
build 0 "line 2 column 2: a date before the year 1800: '0001-01-01'" \
    "line 3 column 4: 'valid from' is no date or time from 1800 to 5000: 'infinity'" \
    "line 4: the valid interval is empty or runs backwards" \
    "line 5 column 4: 'valid from' is no date or time from 1800 to 5000: '9999-12-31'" \
    "line 7 column 4: 'valid from' is no date or time from 1800 to 5000: '0044-03-15 BC'"
says "$work/out" "8 rows, 5 facts"
[ -z "$(find "$work/csv" -name '*.tmp-*')" ] || { echo "FAILED: a temporary file stayed"; failures=$((failures + 1)); }
finish
