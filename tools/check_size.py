#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fail if a function, file or line is larger than CONTRIBUTING.md allows.

Functions are found as clang-format lays them out: a line that starts at column 0 and is not a
declaration, its body from '{' to '}' at column 0. Complexity counts branches by keyword, which is
what a reader has to follow.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUNCTION_LINES_MAX = 70
COMPLEXITY_MAX = 25
FILE_LINES_MAX = 1000
LINE_LENGTH_MAX = 100
BRANCH = re.compile(r"\b(if|for|while|case)\b|&&|\|\||\?(?!\?)")
TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|/\*.*?\*/|//.*')

# Tables, not code: what they hold is data, and they are generated or read line by line.
EXCEPTIONS = {line.split("#")[0].strip(): line
              for line in (ROOT / "tools/size_exceptions.txt").read_text().splitlines()
              if line.split("#")[0].strip()}


def functions(lines):
    """Yield (name, first line number, body lines)."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{") and number > 1:
            start = number
        elif line.startswith("}") and start is not None:
            head = " ".join(lines[max(0, start - 6):start - 1])
            names = re.findall(r"(\w+)\s*\(", head)
            if names and not line.startswith("};"):
                yield names[-1] if len(names) == 1 else names[0], start, lines[start - 1:number]
            start = None


def check(path):
    name = str(path.relative_to(ROOT))
    lines = path.read_text(encoding="utf-8").splitlines()
    faults = []
    if len(lines) > FILE_LINES_MAX:
        faults.append(f"{name}: {len(lines)} lines (at most {FILE_LINES_MAX})")
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_LENGTH_MAX:
            faults.append(f"{name}:{number}: {len(line)} characters (at most {LINE_LENGTH_MAX})")
    for function, number, body in functions(lines):
        if len(body) > FUNCTION_LINES_MAX:
            faults.append(f"{name}:{number}: {function} has {len(body)} lines "
                          f"(at most {FUNCTION_LINES_MAX})")
        branches = 1 + sum(len(BRANCH.findall(TEXT.sub("", line))) for line in body)
        if branches > COMPLEXITY_MAX:
            faults.append(f"{name}:{number}: {function} has complexity {branches} "
                          f"(at most {COMPLEXITY_MAX})")
    return faults


def main():
    faults = []
    for folder in ("src", "include", "tests"):
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            if str(path.relative_to(ROOT)) not in EXCEPTIONS:
                faults += check(path)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
