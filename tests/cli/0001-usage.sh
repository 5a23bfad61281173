#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Wrong arguments get an answer that helps, and exit status 2.
. "$(dirname "$0")/lib.sh"

expect 2 "$TAHQIQ"
says "$work/err" "Usage: tahqiq COMMAND"
expect 0 "$TAHQIQ" --help
says "$work/out" "inquire"
expect 0 "$TAHQIQ" --version
expect 2 "$TAHQIQ" frobnicate
says "$work/err" "there is no command 'frobnicate'"
expect 2 "$TAHQIQ" register
says "$work/err" "needs a second word"
expect 2 "$TAHQIQ" take
says "$work/err" "something is missing"
expect 2 "$TAHQIQ" status a b
says "$work/err" "unexpected 'b'"
expect 2 "$TAHQIQ" status --colour a
says "$work/err" "there is no option '--colour'"
expect 2 "$TAHQIQ" drill x --persons many
says "$work/err" "whole number"
expect 2 "$TAHQIQ" drill x --persons
says "$work/err" "needs N"
expect 2 "$TAHQIQ" inquire "$work"
says "$work/err" "--register FILE.tqr and --key KEYFILE are needed"
expect 2 "$TAHQIQ" export case everything
says "$work/err" "there is no export 'everything'"
expect 2 "$TAHQIQ" show case record x --reveal
says "$work/err" "--reason"
expect 1 "$TAHQIQ" status "$work/nowhere"
says "$work/err" "is not a case"
expect 0 "$TAHQIQ" register checks
says "$work/out" "ma-cnss-person"
for command in drill "drill score" "register build" "register info" "register compare" "register rekey" "register checks" inquire "case new" \
    take examine status show export report verify; do
    # shellcheck disable=SC2086
    expect 0 "$TAHQIQ" $command --help
    says "$work/out" "Usage: tahqiq $command"
done
finish
