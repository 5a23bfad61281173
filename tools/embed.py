#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Turn a data file into a C array: embed.py INPUT OUTPUT.c NAME

The program must not look for its data files at run time, so they are compiled in.
"""

import pathlib
import sys


def main():
    source, target, name = sys.argv[1:4]
    data = pathlib.Path(source).read_bytes()
    lines = [
        f"/* made from {pathlib.Path(source).name} by tools/embed.py */",
        "#include <stddef.h>",
        f"extern const char {name}[];",
        f"extern const size_t {name}_length;",
        f"const size_t {name}_length = {len(data)};",
        f"const char {name}[] = {{",
    ]
    # Signed values, so that no conversion warning depends on the sign of char.
    values = [str(byte - 256 if byte > 127 else byte) for byte in data] + ["0"]
    for start in range(0, len(values), 20):
        lines.append("    " + ",".join(values[start:start + 20]) + ",")
    lines.append("};")
    pathlib.Path(target).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
