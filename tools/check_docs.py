#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compare the program's help with its manual pages and the README: check_docs.py TAHQIQ"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def commands(tahqiq):
    """The commands that the overview lists."""
    names = []
    for line in output(tahqiq, "--help").splitlines():
        found = re.match(r"  (\S+(?: \S+)?)  +\S", line)
        if found:
            names.append(found[1])
    return names


def options(tahqiq, command):
    text = output(tahqiq, *command.split(), "--help")
    return re.findall(r"^  (--?[a-z-]+)", text, re.M)


def main():
    tahqiq = sys.argv[1]
    faults = []
    names = commands(tahqiq)
    if len(names) < 10:
        faults.append("the overview lists hardly any command")
    overview = (ROOT / "man/tahqiq.1").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "man").glob("*.1")}
    for name in names:
        page = f"tahqiq-{name.replace(' ', '-')}.1"
        if page not in pages:
            faults.append(f"man/{page} is missing")
            continue
        text = (ROOT / "man" / page).read_text(encoding="utf-8")
        for option in options(tahqiq, name):
            if option != "--help" and f"Fl {option[1:]}" not in text:
                faults.append(f"man/{page} does not tell of {option}")
        for option in re.findall(r"^\.It Fl (\S+)", text, re.M):
            if "-" + option not in options(tahqiq, name):
                faults.append(f"man/{page} tells of -{option}, which is not there")
        if f"tahqiq-{name.replace(' ', '-')}" not in overview:
            faults.append(f"man/tahqiq.1 does not list '{name}'")
        pages.discard(page)
    pages -= {"tahqiq.1"}
    faults += [f"man/{page} is about no command" for page in sorted(pages)]
    for path in sorted((ROOT / "man").glob("*.[15]")):
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(path)],
                              capture_output=True, text=True, check=False)
        faults += [line for line in lint.stdout.splitlines() if line]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for needed in ("./dev demo", "./dev check"):
        if needed not in readme:
            faults.append(f"README.md does not tell of '{needed}'")
    for path in sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8")):
            if not (path.parent / target).exists():
                faults.append(f"{path.name}: the link to {target} leads nowhere")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
