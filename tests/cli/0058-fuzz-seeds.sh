#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The seeds of the fuzzer of sealed files are of the format as it is now: else it would see no more than
# their version.
. "$(dirname "$0")/lib.sh"

printf 'tahqiq fuzz key 0123456789abcdef' >"$work/key"
chmod 600 "$work/key"
for name in small fingerprints; do
    expect 0 "$TAHQIQ" register info "$(dirname "$0")/../corpus/seal/$name.tqr" --key "$work/key"
    says "$work/out" "person"
done

finish
