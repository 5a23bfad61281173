#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fail if two modules define a global symbol of one name: the linker would take whichever comes
first. check_symbols.py BUILD_FOLDER"""

import collections
import pathlib
import subprocess
import sys


def main():
    owners = collections.defaultdict(set)
    for library in sorted(pathlib.Path(sys.argv[1], "src").glob("*/lib*.a")):
        listing = subprocess.run(["nm", "-g", "--defined-only", str(library)], capture_output=True,
                                 text=True, check=True).stdout
        for line in listing.splitlines():
            parts = line.split()
            if len(parts) == 3 and parts[1] in "TDBR" and not parts[2].startswith("__"):
                owners[parts[2]].add(library.parent.name)
    faults = [f"{name}: defined in {' and '.join(sorted(modules))}"
              for name, modules in sorted(owners.items()) if len(modules) > 1]
    print("\n".join(faults))
    if not owners:
        print("no symbols found")
    return 1 if faults or not owners else 0


if __name__ == "__main__":
    sys.exit(main())
