#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Inquiries among faults of the world: calls that fail, memory that runs out, kills, power cuts.

After each fault the inquiry is run again, plainly, and must end with the exports of one that nothing
disturbed. usage: run_faults.py TAHQIQ FAULT.so [--scale N] [SWEEP...]
"""

import argparse
import errno
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

import power_loss

EXPORTS = ("records", "subjects", "exhibits", "readings", "snapshots", "counts")
ERRORS = {name: str(getattr(errno, name)) for name in ("EIO", "ENOSPC", "EINTR")}
SEED = 5
VARIANTS = 5


class Bench:
    """A drill, its undisturbed exports, and a folder in which cases are made."""

    def __init__(self, program, library, work):
        self.program, self.library, self.work = program, library, work
        self.below = work / "below"
        self.case = self.below / "case"
        self.failures = 0
        self.trials = 0
        self.must("drill", "drill", "--persons", "500", "--rows", "120", "--documents", "4",
                  "--months", "12")
        self.must("register", "build", "drill/register/register.yaml", "-o", "r.tqr", "--key", "k")
        self.clear()
        self.inquire_must()
        self.wanted = self.exports()

    def run(self, *arguments, **settings):
        environment = dict(os.environ)
        if settings:
            environment.update({"FAULT_" + name.upper(): str(value)
                                for name, value in settings.items()})
            environment.update(LD_PRELOAD=str(self.library), FAULT_BELOW=str(self.below))
        return subprocess.run([self.program, *map(str, arguments)], cwd=self.work, text=True,
                              capture_output=True, env=environment, errors="replace", timeout=120)

    def must(self, *arguments):
        done = self.run(*arguments)
        if done.returncode:
            raise SystemExit(f"could not even {arguments}: {done.stderr}")

    def clear(self):
        shutil.rmtree(self.below, ignore_errors=True)
        self.below.mkdir()

    def inquire_arguments(self):
        return ("inquire", "--register", "r.tqr", "--key", "k", "--jobs", "1", "-o", self.case,
                "drill/leak")

    def inquire(self, **settings):
        return self.run(*self.inquire_arguments(), **settings)

    def inquire_must(self):
        self.must(*self.inquire_arguments())

    def examine(self):
        return self.run("examine", self.case, "--register", "r.tqr", "--key", "k", "--jobs", "1")

    def exports(self):
        return {kind: self.run("export", self.case, kind).stdout for kind in EXPORTS}

    def complain(self, what, *details):
        self.failures += 1
        print("FAILED:", what, flush=True)
        for detail in details:
            print("    " + str(detail).strip().replace("\n", "\n    ")[:2000])

    def check_end(self, what, again):
        """The rerun `again` has ended well, and left what an undisturbed inquiry leaves."""
        if again.returncode:
            self.complain(what + ": the rerun failed", again.stderr)
            return
        found = self.exports()
        for kind in EXPORTS:
            if found[kind] != self.wanted[kind]:
                self.complain(f"{what}: {kind} differ after the rerun")
        verified = self.run("verify", self.case)
        if verified.returncode:
            self.complain(what + ": faults after the rerun", verified.stderr)

    def check_between(self, what):
        """What a fault left has no fault of its own, as far as there is a case."""
        verified = self.run("verify", self.case)
        unfinished = ("is not a case: there is no case.db", "the ledger is missing",
                      "cuts it off", "cuts them off")
        if verified.returncode and not any(text in verified.stderr for text in unfinished):
            self.complain(what + ": faults before the rerun", verified.stderr)

    def check_failed(self, what, done):
        """A run that met a fault says so, or was not harmed by it."""
        self.trials += 1
        if done.returncode not in (0, 1):
            self.complain(f"{what}: exit status {done.returncode}", done.stderr)
        elif done.returncode == 1 and not done.stderr.startswith("tahqiq: "):
            self.complain(what + ": no message", done.stderr)
        self.check_between(what)


def picks(count, wanted):
    """At most `wanted` of 1..count, spread, the same each time."""
    if count <= wanted:
        return range(1, count + 1)
    dice = random.Random(SEED)
    width = count / wanted
    return [1 + int(i * width + dice.random() * width) for i in range(wanted)]


def counted(bench, kinds):
    count = bench.work / "count"
    bench.clear()
    bench.inquire(kinds=kinds, count=count)
    return int(count.read_text())


def sweep(bench, name, kinds, how, wanted, stays=""):
    """Inquiries of which one call each fails (with `stays`, all from that call on)."""
    noticed = 0
    for nth in picks(counted(bench, kinds), wanted):
        what = f"{name}, call {nth}"
        bench.clear()
        done = bench.inquire(kinds=kinds, nth=nth, how=how, stays=stays)
        bench.check_failed(what, done)
        noticed += done.returncode == 1
        if how in (ERRORS["EINTR"], "short") and done.returncode:
            bench.complain(what + ": what is no error ended the inquiry", done.stderr)
        bench.check_end(what, bench.inquire())
    if how not in (ERRORS["EINTR"], "short") and not noticed:
        bench.complain(name + ": no inquiry noticed anything")


def sweep_calls(bench, scale):
    wanted = 4 * scale
    for name, kinds, how in (("EIO on reading", "r", "EIO"), ("EIO on writing", "w", "EIO"),
                             ("EIO on syncing", "s", "EIO"), ("EIO on names", "n", "EIO"),
                             ("ENOSPC", "wn", "ENOSPC")):
        sweep(bench, name, kinds, ERRORS[how], wanted)
    sweep(bench, "a disk that stays full", "wns", ERRORS["ENOSPC"], wanted, stays="yes")
    sweep(bench, "signals", "rw", ERRORS["EINTR"], wanted // 2)
    sweep(bench, "half transfers", "rw", "short", wanted // 2)


def sweep_memory(bench, scale):
    sweep(bench, "no memory", "a", str(errno.ENOMEM), 10 * scale)


def readers_of(pid):
    children = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += [int(word) for word in path.read_text().split()]
        except OSError:
            continue  # the thread has ended
    return children


def kill_a_reader(bench, what, seconds):
    """One kill an inquiry: an exhibit that loses two readers is given up, as it should be."""
    process = subprocess.Popen([bench.program, *map(str, bench.inquire_arguments())],
                               cwd=bench.work, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    time.sleep(seconds)
    for reader in readers_of(process.pid)[:1]:
        try:
            os.kill(reader, 9)
        except ProcessLookupError:
            pass
    out, err = process.communicate()
    bench.check_end(what, subprocess.CompletedProcess([], process.returncode, out, err))


def sweep_kills(bench, scale):
    """The program is killed at a call, the readers at moments that the seed tells."""
    for nth in picks(counted(bench, "wsn"), 5 * scale):
        bench.clear()
        bench.inquire(kinds="wsn", nth=nth, how="kill")
        bench.trials += 1
        bench.check_between(f"killed at call {nth}")
        bench.check_end(f"killed at call {nth}", bench.inquire())
    bench.clear()
    start = time.monotonic()
    bench.inquire_must()
    took = time.monotonic() - start
    dice = random.Random(SEED)
    for _ in range(4 * scale):
        seconds = took * dice.random()
        bench.clear()
        bench.trials += 1
        kill_a_reader(bench, f"a reader killed after {seconds:.3f} s", seconds)


def is_taken(journal, count):
    return any(event[0] == "print" and b"taken: " in event[1] for event in journal[:count])


def lose_power(bench, journal, count, variant):
    """Everything there, nothing, or each sector and name with a probability that the seed tells."""
    dice = random.Random(f"{SEED} {count} {variant}")
    share = {0: 0.0, 1: 1.0}.get(variant, dice.random())
    what = f"power lost after event {count}, variant {variant}"
    bench.clear()
    state = power_loss.state_after(journal, count, str(bench.below), dice, share)
    power_loss.make_state(state, str(bench.below), str(bench.below))
    bench.trials += 1
    bench.check_between(what)
    bench.check_end(what, bench.examine() if is_taken(journal, count) else bench.inquire())


def sweep_power(bench, scale):
    """Of an inquiry, and of one that was killed before: then what is on the disk may be unsure."""
    dice = random.Random(SEED)
    killed_at = [0] + dice.sample(range(1, counted(bench, "wsn")), min(scale, 5))
    for nth in killed_at:
        path = bench.work / "journal"
        path.unlink(missing_ok=True)
        bench.clear()
        if nth:
            bench.inquire(kinds="wsn", nth=nth, how="kill", journal=path)
        bench.inquire(journal=path)
        journal = power_loss.load_journal(path)
        for at, count in enumerate(picks(len(journal), 10 * scale)):
            lose_power(bench, journal, count, at % VARIANTS)


SWEEPS = {"calls": sweep_calls, "memory": sweep_memory, "kills": sweep_kills, "power": sweep_power}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("library", type=os.path.abspath)
    parser.add_argument("--scale", type=int, default=1, help="so many times as many faults")
    parser.add_argument("sweeps", nargs="*", default=list(SWEEPS))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tahqiq-faults-") as work:
        bench = Bench(chosen.program, chosen.library, pathlib.Path(work).resolve())
        for name in chosen.sweeps:
            before, start = bench.trials, time.monotonic()
            SWEEPS[name](bench, chosen.scale)
            print(f"{name}: {bench.trials - before} faults in {time.monotonic() - start:.0f} s",
                  flush=True)
        print(f"{bench.failures} failures")
        return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
