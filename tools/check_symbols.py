#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fail if two modules define a global symbol of one name: the linker would take whichever comes
first. Fail if a program shows one to shared libraries: they would take it for their own.
check_symbols.py BUILD_FOLDER"""

import collections
import pathlib
import subprocess
import sys


def listed(*arguments):
    """Names of functions and data that nm lists."""
    listing = subprocess.run(["nm", "--defined-only", *arguments], capture_output=True, text=True,
                             check=True).stdout
    parts = [line.split() for line in listing.splitlines()]
    return [part[2] for part in parts
            if len(part) == 3 and part[1] in "TDBR" and not part[2].startswith("_")]


def shown(program):
    """Copies of a shared library's data carry its version: they are meant to be shared."""
    return [f"{name}: {program.name} shows it to shared libraries"
            for name in listed("-D", str(program)) if "@" not in name]


def main():
    owners = collections.defaultdict(set)
    for library in sorted(pathlib.Path(sys.argv[1], "src").glob("*/lib*.a")):
        for name in listed("-g", str(library)):
            owners[name].add(library.parent.name)
    faults = [f"{name}: defined in {' and '.join(sorted(modules))}"
              for name, modules in sorted(owners.items()) if len(modules) > 1]
    for program in ("cli/tahqiq", "reader/tahqiq-reader", "reader/tahqiq-ocr"):
        faults += shown(pathlib.Path(sys.argv[1], "src", program))
    print("\n".join(faults))
    if not owners:
        print("no symbols found")
    return 1 if faults or not owners else 0


if __name__ == "__main__":
    sys.exit(main())
