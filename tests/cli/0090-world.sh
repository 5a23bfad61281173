#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The world's refusals: clear words, exit status 1, nothing replaced that is not ours, and the same
# command goes on once the world has come to reason.
. "$(dirname "$0")/lib.sh"

make_drill
leak=$work/drill/leak
expect 0 inquire -o "$work/whole" "$leak"
exports "$work/whole" "$work/xw"
no_case() {
    [ ! -e "$work/none" ] || { echo "FAILED: a case was made"; failures=$((failures + 1)); rm -rf "$work/none"; }
}

# What is wrong with the arguments is said before a case is made.
mkfifo "$work/pipe"
expect 1 timeout 20 "$TAHQIQ" inquire --register "$work/pipe" --key "$work/k" -o "$work/none" "$leak"
says "$work/err" "cut short"
no_case
expect 1 timeout 20 "$TAHQIQ" inquire --register "$work/r.tqr" --key "$work/pipe" -o "$work/none" "$leak"
says "$work/err" "less than the 32 bytes"
no_case
expect 1 "$TAHQIQ" inquire --register "$leak" --key "$work/k" -o "$work/none" "$leak"
no_case
expect 2 inquire -o "$work/none" --lang xx "$leak"
says "$work/err" "fr, ar or en"
no_case
expect 2 inquire -o "$leak" "$leak"
says "$work/err" "neither a case nor an empty folder"
expect 1 inquire -o "$work/k/case" "$leak"
# A key may come through a pipe.
cat "$work/k" >"$work/pipe" &
expect 0 timeout 20 "$TAHQIQ" register info "$work/r.tqr" --key "$work/pipe"
wait

# Pipes, devices and links are written to, never replaced; who closes a pipe has seen enough.
cat "$work/pipe" >"$work/through" &
expect 0 timeout 20 "$TAHQIQ" export "$work/whole" exhibits -o "$work/pipe"
wait
[ -p "$work/pipe" ] || { echo "FAILED: the pipe was replaced"; failures=$((failures + 1)); }
same "$work/xw/exhibits.csv" "$work/through"
: >"$work/target"
ln -s target "$work/link"
expect 0 "$TAHQIQ" export "$work/whole" exhibits -o "$work/link"
same "$work/xw/exhibits.csv" "$work/target"
expect 1 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/pipe" --key "$work/k"
says "$work/err" "no regular file"
{ "$TAHQIQ" export "$work/whole" records 2>"$work/err"; :; } | head -n 1 >"$work/out"
[ ! -s "$work/err" ] || { echo "FAILED: a closed pipe is complained about"; cat "$work/err"; failures=$((failures + 1)); }
if [ -c /dev/full ]; then
    "$TAHQIQ" export "$work/whole" records >/dev/full 2>"$work/err" && failures=$((failures + 1))
    says "$work/err" "No space left"
    "$TAHQIQ" --help >/dev/full 2>"$work/err" && failures=$((failures + 1))
    says "$work/err" "could not write to standard output"
else
    skip "a full device" "there is no /dev/full"
fi

# Without standard output nothing is printed into what is opened in its place.
"$TAHQIQ" case new "$work/silent" --title "silent" >&- 2>&- && failures=$((failures + 1))
"$TAHQIQ" take "$work/silent" "$leak/files" <&- >&- 2>&- && failures=$((failures + 1))
expect 0 "$TAHQIQ" verify "$work/silent"
says "$work/out" "whole: "

# What would be lost is not written over: the key, the institution's tables, the case.
build() {
    "$TAHQIQ" register build "$work/drill/register/register.yaml" "$@"
}
cp "$work/k" "$work/k2"
expect 2 build -o "$work/k2" --key "$work/k2"
says "$work/err" "name the same file"
ln "$work/k2" "$work/k3"
expect 2 build -o "$work/k3" --key "$work/k2"
says "$work/err" "not a sealed register"
same "$work/k" "$work/k2"
cp "$work/drill/register/register.yaml" "$work/mine.yaml"
expect 2 build -o "$work/mine.yaml" --key "$work/k"
same "$work/drill/register/register.yaml" "$work/mine.yaml"
expect 1 build -o "$work/no/folder.tqr" --key "$work/k4"
[ ! -e "$work/k4" ] || { echo "FAILED: a key was made"; failures=$((failures + 1)); }
ln -s "$work/whole/ledger.jsonl" "$work/to-ledger"
one=$(find "$work/whole/vault" -type f | head -n 1)
for file in "$work/whole/case.db" "$work/whole/cache.pack" "$work/to-ledger" "$work/whole/key" "$one"; do
    expect 2 "$TAHQIQ" export "$work/whole" records -o "$file"
    says "$work/err" "is a file of the case itself"
done
expect 0 "$TAHQIQ" verify "$work/whole"

# A key that everybody may read is used, and complained about.
chmod 604 "$work/k2"
expect 0 "$TAHQIQ" register info "$work/r.tqr" --key "$work/k2"
says "$work/err" "everybody on this machine may read the key"
chmod 600 "$work/k2"
expect 0 "$TAHQIQ" register info "$work/r.tqr" --key "$work/k2"
[ ! -s "$work/err" ] || { echo "FAILED: a key of its owner is complained about"; failures=$((failures + 1)); }

# Nothing found yet must not look like nothing to find.
expect 0 "$TAHQIQ" case new "$work/new" --title "new"
for kind in records subjects exhibits readings snapshots counts; do
    expect 2 "$TAHQIQ" export "$work/new" "$kind"
    says "$work/err" "was not examined yet"
    [ ! -s "$work/out" ] || { echo "FAILED: $kind of no examination"; failures=$((failures + 1)); }
done
if [ "$(id -u)" -eq 0 ]; then
    skip "a case of somebody else" "permissions do not bind root"
else
    chmod 000 "$work/new"
    expect 1 "$TAHQIQ" status "$work/new"
    says "$work/err" "Permission denied"
    chmod 700 "$work/new"
fi

# What is found is the same in every locale.
for locale in C fr_FR.UTF-8 ar_MA tr_TR.UTF-8 nowhere; do
    expect 0 env LC_ALL=$locale LANG=$locale "$TAHQIQ" export "$work/whole" records -o "$work/localised"
    same "$work/xw/records.csv" "$work/localised"
done

# One writer at a time.
if command -v flock >/dev/null; then
    flock "$work/whole/cache.pack" sleep 3 &
    sleep 0.5
    expect 1 inquire -o "$work/whole" "$leak"
    says "$work/err" "in use by another process"
    wait
else
    skip "two writers" "there is no flock"
fi

# Stopped and run again.
for signal in INT TERM; do
    for moment in 05 15 30 50; do
        rm -rf "$work/case"
        # A shell starts what is in the background with SIGINT ignored: not so python.
        python3 - "$signal" "0.$moment" "$TAHQIQ" inquire --register "$work/r.tqr" --key "$work/k" \
            -o "$work/case" "$leak" 2>"$work/err" >"$work/out" <<'PY'
import signal, subprocess, sys, time
process = subprocess.Popen(sys.argv[3:])
time.sleep(float(sys.argv[2]))
process.send_signal(getattr(signal, "SIG" + sys.argv[1]))
code = process.wait()
sys.exit(0 if code in (0, -getattr(signal, "SIG" + sys.argv[1])) else 1)
PY
        [ $? -eq 0 ] || { echo "FAILED: SIG$signal was not a clean stop"; failures=$((failures + 1)); }
        # On a busy machine it may have been stopped before it began anything.
        [ ! -e "$work/case" ] || grep -q "report:" "$work/out" || says "$work/err" "goes on from here"
        expect 0 inquire -o "$work/case" "$leak"
        exports "$work/case" "$work/xc"
        for kind in records subjects exhibits readings snapshots counts; do
            same "$work/xw/$kind.csv" "$work/xc/$kind.csv"
        done
    done
done

# A ledger that was removed is not begun anew.
rm "$work/case/ledger.jsonl"
expect 1 inquire -o "$work/case" "$leak"
says "$work/err" "is missing"
expect 1 "$TAHQIQ" verify "$work/case"

# A full disk: where a file system of a few megabytes may be mounted.
mkdir "$work/small"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k tmpfs "$work/small" 2>/dev/null; then
    trap 'umount "$work/small" 2>/dev/null; chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
    for kilobytes in 200 600 1200 2400 3000 3400; do
        find "$work/small" -mindepth 1 -delete
        mount -o "remount,size=${kilobytes}k" "$work/small"
        if ! inquire -o "$work/small/case" "$leak" >"$work/out" 2>"$work/err"; then
            grep -qi "no space left" "$work/err" || { echo "FAILED: no word of the disk"; cat "$work/err"; failures=$((failures + 1)); }
        fi
        mount -o remount,size=64m "$work/small"
        expect 0 inquire -o "$work/small/case" "$leak"
        exports "$work/small/case" "$work/xc"
        for kind in records subjects exhibits readings snapshots counts; do
            same "$work/xw/$kind.csv" "$work/xc/$kind.csv"
        done
        expect 0 "$TAHQIQ" verify "$work/small/case"
    done
    umount "$work/small"
else
    skip "a full disk" "only root may mount a small one"
fi
finish
