#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Two fixed seeds of a smaller drill reach the goals; ./dev trial has all ten at full size.
exec python3 "$(dirname "$0")/../../tools/trial.py" "$TAHQIQ" --profile fund --persons 8000 --seeds 1,2 --no-fresh
