#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Run the tests of several build folders and close with one line: N passed, N failed.

Each argument is FOLDER, or FOLDER:SUITE,SUITE for some of its suites.
"""

import json
import os
import pathlib
import subprocess
import sys


def run(folder, suites):
    """Run the tests of one build folder; returns (passed, failed names, skipped, what they left out)."""
    log = pathlib.Path(folder) / "meson-logs" / "testlog.json"
    log.unlink(missing_ok=True)
    subprocess.run(["meson", "test", "-C", folder, "--no-rebuild", "--print-errorlogs",
                    "--num-processes", str(os.cpu_count())]
                   + [option for suite in suites for option in ("--suite", suite)], check=False)
    passed, failed, skipped, left_out = 0, [], 0, []
    for line in log.read_text().splitlines() if log.exists() else []:
        result = json.loads(line)
        left_out += [f"{folder}: {result['name'].split(' / ')[-1]}: {said}" for said
                     in (result.get("stdout") or "").splitlines() if said.startswith("skipped: ")]
        if result["result"] in ("OK", "EXPECTEDFAIL"):
            passed += 1
        elif result["result"] == "SKIP":
            skipped += 1
        else:
            failed.append(f"{folder}: {result['name']}")
    if passed + len(failed) == 0:
        failed.append(f"{folder}: no test ran")
    return passed, failed, skipped, left_out


def main():
    passed, failed, skipped, left_out = 0, [], 0, []
    for argument in sys.argv[1:]:
        folder, _, suites = argument.partition(":")
        print(f"== {argument}", flush=True)
        more = run(folder, suites.split(",") if suites else [])
        passed, failed = passed + more[0], failed + more[1]
        skipped, left_out = skipped + more[2], left_out + more[3]
    for what in left_out:
        print(what)
    for name in failed:
        print(f"FAILED {name}")
    print(f"{passed} passed, {len(failed)} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
