#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Run each libFuzzer target of a build folder for some seconds on its seeds: fuzz.sh BUILD SECONDS [NAME]
set -eu
build=$1
seconds=$2
only=${3:-}

failed=0
for target in "$build"/tests/fuzz/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=$(basename "$target")
    [ -z "$only" ] || [ "$name" = "fuzz_$only" ] || continue
    found="$build/fuzz/$name"
    mkdir -p "$found"
    seeds=tests/corpus/${name#fuzz_}
    [ "$name" != fuzz_embedded ] || seeds=tests/corpus/doc
    [ -d "$seeds" ] || seeds=
    case ${name#fuzz_} in doc | pdf | ppt | xls) seeds="$seeds tests/corpus/locked" ;; esac
    echo "== $name for $seconds s"
    # shellcheck disable=SC2086
    "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="$found/" "$found" $seeds >"$found.log" 2>&1 || {
        failed=1
        tail -n 40 "$found.log"
    }
    grep -E 'stat::(number_of_executed_units|average_exec_per_sec)' "$found.log" || true
done
exit $failed
