#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the seeds in this folder: what a reader says of a list, of a document and of an archive, in the
frames of src/sandbox/wire.h."""

import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent
TYPE, TABLE, ROWS, PAGE, MEMBER, MEMBER_BYTES, MEMBER_END, FACT, NOTE, WORKING = range(2, 12)


def frame(kind, payload):
    return struct.pack("<II", kind, len(payload)) + payload


def text(value):
    return struct.pack("<I", len(value)) + value


def table(name, headers):
    return frame(TABLE, struct.pack("<I", len(headers)) + text(name) + b"".join(map(text, headers)))


def rows(first, cells, columns):
    count = len(cells) // columns
    ends = [0]
    for cell in cells:
        ends.append(ends[-1] + len(cell))
    return frame(ROWS, struct.pack("<IIIIQ", count, columns, ends[-1], 0, first)
                 + struct.pack(f"<{count}Q", *range(first + 2, first + 2 + count))
                 + struct.pack(f"<{len(ends)}I", *ends)
                 + struct.pack(f"<{count}I", *range(first + 1, first + 1 + count))
                 + bytes(count) + b"".join(cells))


def page(number, words):
    content, records = b"", b""
    for i, word in enumerate(words):
        records += struct.pack("<4f3I", 50 * i, 20, 50 * i + 40, 30, len(content), len(word), 0)
        content += word
    return frame(PAGE, struct.pack("<3I2fI", number, len(words), len(content), 595, 842, 90) + records + content)


def main():
    seeds = {
        "list": frame(TYPE, b"csv") + table(b"", [b"nom", b"ville"])
                + rows(0, [b"ALAOUI", b"Rabat", b"", b"Oujda"], 2) + rows(2, [b"BENNANI", b""], 2)
                + table(b"Caches", [b"id"]) + rows(3, [b"800000001"], 1)
                + frame(FACT, text(b"encoding") + b"UTF-8")
                + frame(NOTE, struct.pack("<Q", 7) + b"comment row, not a record"),
        "document": frame(TYPE, b"pdf") + frame(WORKING, b"") + page(1, [b"Madame,", b"ALAOUI"]) + page(2, []),
        "archive": frame(TYPE, b"zip") + frame(MEMBER, b"a.csv") + frame(MEMBER_BYTES, b"x;y\n1;2\n")
                   + frame(MEMBER_END, b"\0") + frame(MEMBER, b"b/c.pdf") + frame(MEMBER_END, b"\1"),
    }
    for name, content in seeds.items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
