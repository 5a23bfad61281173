#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Registers and leaks of institutions unlike the drill's: other names, dates, streets and pages.
. "$(dirname "$0")/lib.sh"

others=$(dirname "$0")/../trial/other_institutions.py
expect 0 python3 "$others" make "$work/others"
expect 0 python3 "$others" score "$work/others" "$TAHQIQ"
says "$work/out" "0 false links"
finish
