# SPDX-License-Identifier: AGPL-3.0-or-later
# What all command-line tests share. $TAHQIQ is the program; each test has a folder of its own.
set -u

work=$(mktemp -d "${TMPDIR:-/tmp}/tahqiq-cli-XXXXXX")
trap 'chmod -R u+rwX "$work" 2>/dev/null; rm -rf "$work"' EXIT
failures=0

# expect STATUS COMMAND...: run it, keep its output in $work/out and $work/err.
expect() {
    wanted=$1
    shift
    "$@" >"$work/out" 2>"$work/err"
    got=$?
    if [ "$got" -ne "$wanted" ]; then
        echo "FAILED: exit status $got instead of $wanted: $*"
        sed 's/^/    /' "$work/err"
        failures=$((failures + 1))
    fi
}

# says FILE TEXT: the file has a line that holds TEXT.
says() {
    if ! grep -qF -- "$2" "$1"; then
        echo "FAILED: '$2' is not in $1:"
        head -n 20 "$1" | sed 's/^/    /'
        failures=$((failures + 1))
    fi
}

# same A B: two files are equal, byte for byte.
same() {
    if ! cmp -s "$1" "$2"; then
        echo "FAILED: $1 and $2 differ:"
        diff "$1" "$2" | head -n 10 | sed 's/^/    /'
        failures=$((failures + 1))
    fi
}

# same_info A B: what 'register info --json' says of two registers is the same, but for when each was
# built, and the packed size of the head, which tells that.
same_info() {
    for file in "$1" "$2"; do
        sed -E 's/"file":[0-9]+,"head":[0-9]+/"file":0,"head":0/; s/"as_of":("[^"]*"|null)/"as_of":null/' \
            "$file" >"$file.sizeless"
    done
    same "$1.sizeless" "$2.sizeless"
}

# skip WHAT WHY: a part that this machine cannot run; tools/run_tests.py repeats it.
skip() {
    echo "skipped: $1: $2"
}

# A small fund: its register is $work/r.tqr, its key $work/k, its leak $work/drill/leak.
make_drill() {
    expect 0 "$TAHQIQ" drill "$work/drill" --persons 1200 --rows 500 --documents 24 --months 12 "$@"
    expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
}

inquire() {
    "$TAHQIQ" inquire --register "$work/r.tqr" --key "$work/k" "$@"
}

# exports CASE FOLDER: all exports of a case.
exports() {
    mkdir -p "$2"
    for kind in records subjects exhibits readings snapshots counts rules signs pdf_signs \
        pdf_clusters mosaic recapture breaks; do
        expect 0 "$TAHQIQ" export "$1" "$kind" -o "$2/$kind.csv"
    done
}

finish() {
    [ "$failures" -eq 0 ] || echo "$failures failures"
    exit "$((failures > 0))"
}
