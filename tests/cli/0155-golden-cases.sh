#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The golden cases of tests/cases: what an analyst can read is what the program says.
. "$(dirname "$0")/lib.sh"

expect 0 python3 "$(dirname "$0")/../cases/run_cases.py" "$TAHQIQ"
grep FAILED "$work/out"

finish
