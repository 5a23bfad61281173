#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The drill over fixed seeds and a fresh one, scored: trial.py TAHQIQ [--persons N] [--seeds 1,2,3]

Prints one line a seed and fails if a goal is missed: subject precision >= .999 and recall >= .995,
verdict macro-F1 >= .90, affected persons within 0.5 %, and the support of the persons list covers
the true moment in at least nine of ten seeds.
"""

import argparse
import json
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

FIXED = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def trial(tahqiq, seed, sizes, folder):
    """One rehearsal; the score as `drill score --json` gives it."""
    drill, case = folder / "drill", folder / "case"
    register, key = folder / "register.tqr", folder / "key"
    run(tahqiq, "drill", drill, "--seed", str(seed), *sizes)
    run(tahqiq, "register", "build", drill / "register/register.yaml", "-o", register, "--key", key)
    start = time.monotonic()
    run(tahqiq, "inquire", "--register", register, "--key", key, "-o", case, drill / "leak")
    took = time.monotonic() - start
    score = subprocess.run([tahqiq, "drill", "score", "--json", drill, case], check=True,
                           capture_output=True, text=True).stdout
    return json.loads(score), took


def affected_error(score):
    for count in score["counts"]:
        if count["measure"] == "affected" and count["kind"] == "person":
            return abs(count["error"])
    return 1.0


def covered(score):
    """Whether the largest table is dated right: the first of the snapshots by table size."""
    lists = [row for row in score["snapshots"] if not row["table"].startswith("layout:")]
    return bool(lists) and all(row["covered"] for row in lists)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tahqiq")
    parser.add_argument("--persons", type=int, default=40000)
    parser.add_argument("--seeds", default=",".join(map(str, FIXED)))
    parser.add_argument("--no-fresh", action="store_true", help="fixed seeds only")
    arguments = parser.parse_args()
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    if not arguments.no_fresh:
        seeds.append(1000 + secrets.randbelow(10**9))
    tahqiq = str(pathlib.Path(arguments.tahqiq).resolve())

    faults, dated = [], 0
    print(f"{'seed':>12} {'precision':>9} {'recall':>8} {'macro-F1':>8} {'affected':>9} "
          f"{'Brier':>8} {'dated':>5} {'seconds':>7}")
    for seed in seeds:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tahqiq-trial-"))
        try:
            score, took = trial(tahqiq, seed, ["--persons", str(arguments.persons)], folder)
        finally:
            shutil.rmtree(folder)
        whole = score["all"]
        dated += covered(score)
        print(f"{seed:>12} {whole['precision']:9.5f} {whole['recall']:8.5f} "
              f"{whole['macro_f1']:8.4f} {100 * affected_error(score):8.3f}% "
              f"{score['brier']:8.6f} {'yes' if covered(score) else 'no':>5} {took:7.1f}",
              flush=True)
        if whole["precision"] < 0.999 or whole["recall"] < 0.995:
            faults.append(f"seed {seed}: subjects")
        if whole["macro_f1"] < 0.90:
            faults.append(f"seed {seed}: verdicts")
        if affected_error(score) > 0.005:
            faults.append(f"seed {seed}: affected persons")
        breaks = score["breaks"]
        if breaks["found"] < 0.99 * breaks["made"] or breaks["unjust"] > 0.01 * breaks["told"]:
            faults.append(f"seed {seed}: consistency rules")
        if score["missing"] or score["extra"]:
            faults.append(f"seed {seed}: records missing or extra")
    if dated < 0.9 * len(seeds):
        faults.append(f"dated in {dated} of {len(seeds)} seeds")
    for fault in faults:
        print(f"MISSED {fault}")
    print(f"{len(seeds) - len({f.split(':')[0] for f in faults})} passed, "
          f"{len({f.split(':')[0] for f in faults})} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
