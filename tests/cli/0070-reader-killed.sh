#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Readers that are killed from outside cost time, never results; those that die by themselves leave
# a note, the same in every run; one that cannot start is no reader.
. "$(dirname "$0")/lib.sh"

make_drill
expect 0 inquire -o "$work/whole" "$work/drill/leak"
exports "$work/whole" "$work/xw"

# How long an undisturbed run takes, in milliseconds: kills are spread over it.
start=$(date +%s%N)
expect 0 inquire -o "$work/timed" "$work/drill/leak"
took=$((($(date +%s%N) - start) / 1000000))

# One kill a run: an exhibit that loses two readers is given up, as it should be.
kills=0
for percent in 5 12 20 28 36 45 55 70; do
    rm -rf "$work/case"
    "$TAHQIQ" inquire --register "$work/r.tqr" --key "$work/k" --jobs 2 -o "$work/case" "$work/drill/leak" \
        >"$work/out" 2>"$work/err" &
    pid=$!
    sleep "$(awk -v t=$took -v p=$percent 'BEGIN { printf "%.3f", t * p / 100000 }')"
    for reader in $(cat /proc/$pid/task/*/children 2>/dev/null); do
        kill -9 "$reader" 2>/dev/null && kills=$((kills + 1))
        break
    done
    wait $pid || { echo "FAILED: the inquiry failed"; cat "$work/err"; failures=$((failures + 1)); }
    exports "$work/case" "$work/xk"
    for kind in records subjects exhibits readings snapshots counts; do
        same "$work/xw/$kind.csv" "$work/xk/$kind.csv"
    done
    expect 0 "$TAHQIQ" verify "$work/case"
done
[ "$kills" -gt 0 ] || { echo "FAILED: no reader was there to be killed"; failures=$((failures + 1)); }

# Readers of our own, found beside the program: what they do is the rest of a shell script that
# said it is ready and was given the first byte of a job.
mkdir "$work/bin"
cp "$TAHQIQ" "$work/bin/tahqiq"
printf 'x;y\n1;2\n3;4\n' >"$work/one.csv"
reader_that() {
    printf '#!/bin/sh\nprintf R >&3\nhead -c 1 <&3 >/dev/null\n%s\n' "$1" >"$work/bin/tahqiq-reader"
    chmod +x "$work/bin/tahqiq-reader"
    rm -rf "$work/case"
    expect 0 "$work/bin/tahqiq" inquire --register "$work/r.tqr" --key "$work/k" -o "$work/case" "$work/one.csv"
    expect 0 "$TAHQIQ" export "$work/case" exhibits
}
# shellcheck disable=SC2016
reader_that 'kill -KILL $$'
says "$work/out" "not read to its end: the reader was killed"
# shellcheck disable=SC2016
reader_that 'kill -SEGV $$'
says "$work/out" "not read to its end: the reader crashed (Segmentation fault)"
reader_that 'exit 3'
says "$work/out" "not read to its end: the reader ended before its time"
reader_that 'printf nonsense >&3; sleep 5'
says "$work/out" "not read to its end: the reader spoke nonsense"

# The second attempt begins from nothing, with a reader that works.
cp "$(dirname "$TAHQIQ")/../reader/tahqiq-reader" "$work/bin/real"
printf '#!/bin/sh\nif mkdir "%s/twice" 2>/dev/null; then printf R >&3; head -c 1 <&3 >/dev/null; exit 0; fi\nexec "%s/bin/real" "$@"\n' \
    "$work" "$work" >"$work/bin/tahqiq-reader"
rm -rf "$work/case"
expect 0 "$work/bin/tahqiq" inquire --register "$work/r.tqr" --key "$work/k" -o "$work/case" "$work/one.csv"
expect 0 "$TAHQIQ" export "$work/case" exhibits
says "$work/out" "csv,2,"

# A reader that does not start, or does not lock itself in, is the world's failure: nothing was read.
for what in 'exit 0' "printf '\\0' >&3; sleep 5"; do
    printf '#!/bin/sh\n%s\n' "$what" >"$work/bin/tahqiq-reader"
    rm -rf "$work/case"
    expect 1 "$work/bin/tahqiq" inquire --register "$work/r.tqr" --key "$work/k" -o "$work/case" "$work/one.csv"
    says "$work/err" "could not start the reader"
done
finish
