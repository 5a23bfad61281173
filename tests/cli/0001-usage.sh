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
expect 2 "$TAHQIQ" inqiure
says "$work/err" "did you mean 'inquire'?"
expect 2 "$TAHQIQ" STATUS
says "$work/err" "did you mean 'status'?"
expect 2 "$TAHQIQ" register
says "$work/err" "needs a second word"
says "$work/err" "register info"
expect 2 "$TAHQIQ" register buidl x
says "$work/err" "there is no command 'register buidl'; did you mean 'register build'?"
expect 2 "$TAHQIQ" regsiter
says "$work/err" "did you mean one of these?"
says "$work/err" "register checks"
expect 2 "$TAHQIQ" score case
says "$work/err" "did you mean 'drill score'?"
expect 2 "$TAHQIQ" ''
expect 2 "$TAHQIQ" "$(printf '%0100d' 0)" "$(printf '%0100d' 0)"
for words in "help register" "register --help"; do
    # shellcheck disable=SC2086
    expect 0 "$TAHQIQ" $words
    says "$work/out" "register checks"
done
expect 2 "$TAHQIQ" help frobnicate
expect 2 "$TAHQIQ" take
says "$work/err" "CASE EVIDENCE... is missing"
expect 2 "$TAHQIQ" take case
says "$work/err" ": EVIDENCE... is missing"
expect 2 "$TAHQIQ" show case record
says "$work/err" ": ID is missing"
says "$work/err" "Usage: tahqiq show"
says "$work/err" "'tahqiq show --help' tells more"
expect 2 "$TAHQIQ" status a b
says "$work/err" "unexpected 'b'"
expect 2 "$TAHQIQ" status --colour a
says "$work/err" "there is no option '--colour'"
expect 2 "$TAHQIQ" status --jsn a
says "$work/err" "did you mean '--json'?"
expect 2 "$TAHQIQ" status --json=yes a
says "$work/err" "takes no value"
for jobs in 0 -1 abc 1e9 1000000000 '' 4.0; do
    expect 2 "$TAHQIQ" inquire --register r --key k -o c --jobs "$jobs" x
    says "$work/err" "--jobs takes a whole number from 1 to 256, not '$jobs'"
done
expect 2 "$TAHQIQ" inquire --register r -o c x
says "$work/err" ": --key KEYFILE is needed"
expect 1 "$TAHQIQ" inquire --register "$work/none.tqr" --key k -o "$work/c" "$work"
says "$work/err" "there is no register"
expect 1 "$TAHQIQ" register info "$work" --key "$0"
expect 1 "$TAHQIQ" register info "$work" --key "$work/none"
says "$work/err" "could not open key"
expect 2 "$TAHQIQ" drill x --persons many
says "$work/err" "whole number"
expect 2 "$TAHQIQ" drill x --persons
says "$work/err" "needs N"
expect 2 "$TAHQIQ" inquire "$work"
says "$work/err" "--register FILE.tqr and --key KEYFILE are needed"
expect 2 "$TAHQIQ" export case everything
says "$work/err" "there is no export 'everything'"
says "$work/err" "pdf_clusters, breaks"
expect 2 "$TAHQIQ" show case record x --reveal
says "$work/err" "--reason"
expect 2 "$TAHQIQ" show case record x --reason because
says "$work/err" "--reason goes with --reveal"
expect 2 "$TAHQIQ" show case recrod x
says "$work/err" "exhibit, record or subject"
expect 1 "$TAHQIQ" status "$work/nowhere"
says "$work/err" "is not a case"
expect 0 "$TAHQIQ" register checks
says "$work/out" "ma-cnss-person"
for command in drill "drill score" "register build" "register info" "register compare" "register rekey" "register checks" inquire "case new" \
    take examine status show export report verify; do
    # shellcheck disable=SC2086
    expect 0 "$TAHQIQ" $command --help
    says "$work/out" "Usage: tahqiq $command"
    # shellcheck disable=SC2086
    expect 0 "$TAHQIQ" help $command
    says "$work/out" "Usage: tahqiq $command"
done
finish
