#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Killed at any moment and run again, an inquiry ends as an undisturbed one.
. "$(dirname "$0")/lib.sh"

make_drill
expect 0 inquire -o "$work/whole" "$work/drill/leak"
exports "$work/whole" "$work/xw"

# How long an undisturbed run takes, in milliseconds: kills are spread over it.
start=$(date +%s%N)
expect 0 inquire -o "$work/timed" "$work/drill/leak"
took=$((($(date +%s%N) - start) / 1000000))

round=0
while [ $round -lt 8 ]; do
    round=$((round + 1))
    rm -rf "$work/killed"
    # Several kills in one case, at moments that differ from round to round.
    for part in 1 2 3; do
        "$TAHQIQ" inquire --register "$work/r.tqr" --key "$work/k" -o "$work/killed" "$work/drill/leak" \
            >/dev/null 2>&1 &
        pid=$!
        sleep "$(awk -v t=$took -v r=$round -v p=$part 'BEGIN { printf "%.3f", t / 1000 * ((r * 37 + p * 53) % 97) / 100 }')"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
    done
    expect 0 inquire -o "$work/killed" "$work/drill/leak"
    exports "$work/killed" "$work/xk"
    for kind in records subjects exhibits readings snapshots counts; do
        same "$work/xw/$kind.csv" "$work/xk/$kind.csv"
    done
    expect 0 "$TAHQIQ" verify "$work/killed"
done
finish
