#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Drills of the other institutions stay above what is reached today; ./dev trial has the goals.
. "$(dirname "$0")/lib.sh"

expect 2 "$TAHQIQ" drill "$work/none" --profile nosuch
says "$work/err" "there are fund, university, clinic and association"
expect 2 "$TAHQIQ" drill "$work/none" --profile clinic --months 12
says "$work/err" "--profile fund"
expect 0 python3 "$(dirname "$0")/../../tools/trial.py" "$TAHQIQ" --floors \
    --profile university,clinic,association --persons 3000 --seeds 1,2,3,4 --no-fresh
says "$work/out" "12 passed, 0 failed"
[ "$failures" -eq 0 ] || cat "$work/out"
finish
