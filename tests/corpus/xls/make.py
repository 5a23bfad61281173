#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the samples in this folder: old workbooks in compound files, as [MS-XLS] and [MS-CFB] have them."""

import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent


def record(kind, *content):
    content = b"".join(content)
    return struct.pack("<HH", kind, len(content)) + content


def u16(*values):
    return struct.pack(f"<{len(values)}H", *values)


def text(value, count="<H"):
    if all(ord(c) < 256 for c in value):
        return struct.pack(count, len(value)) + b"\0" + value.encode("latin-1")
    return struct.pack(count, len(value)) + b"\1" + value.encode("utf-16-le")


def cell(kind, row, column, style, content):
    return record(kind, u16(row, column, style), content)


def sheet(*cells):
    return record(0x809, u16(0x600, 0x10), bytes(12)) + b"".join(cells) + record(0x0A)


def book(sheets, padding=0):
    """The stream of a workbook with the sheets' names, states and content."""
    shared = text("matricule") + text("nom") + text("العمراني") + text("date") + text("ALA")[:5]
    start = [record(0x809, u16(0x600, 5), bytes(12)), record(0x22, u16(0)),
             record(0x41E, u16(164), text("00000")),
             record(0xE0, u16(0, 0), bytes(16)), record(0xE0, u16(0, 164), bytes(16)),
             record(0xE0, u16(0, 14), bytes(16)),
             record(0xFC, struct.pack("<II", 5, 5), shared),
             record(0x3C, b"\0A"),  # the last text goes on here
             record(0x0A)]
    before = sum(map(len, start)) + sum(len(record(0x85, bytes(6), text(name, "<B"))) for name, _, _ in sheets)
    listed = []
    for name, hidden, content in sheets:
        listed.append(record(0x85, struct.pack("<IBB", before, hidden, 0), text(name, "<B")))
        before += len(content)
    stream = b"".join(start[:-1] + listed + start[-1:]) + b"".join(content for _, _, content in sheets)
    return stream + bytes(padding)


SHEET = sheet(
    *[cell(0xFD, 0, i, 0, struct.pack("<I", shared)) for i, shared in enumerate((0, 1, 3))],
    cell(0x27E, 1, 0, 1, struct.pack("<I", 42 << 2 | 2)), cell(0xFD, 1, 1, 0, struct.pack("<I", 2)),
    cell(0x203, 1, 2, 2, struct.pack("<d", 45292)),
    record(0xBD, u16(2, 0), u16(1), struct.pack("<I", 4300 << 2 | 3), u16(0),
           struct.pack("<I", 7 << 2 | 2), u16(1)),
    cell(0x06, 2, 2, 0, b"\0\0\0\0\0\0\xff\xff" + bytes(6)), record(0x207, text("texte")),
    cell(0x205, 3, 0, 0, b"\1\0"), cell(0x205, 3, 1, 0, b"\x2a\1"), cell(0x204, 3, 2, 0, text("étiquette")))
HIDDEN = sheet(cell(0xFD, 0, 0, 0, struct.pack("<I", 4)), cell(0x203, 0, 1, 0, struct.pack("<d", 1.5)))


def compound(name, streams):
    """Small streams in the root's, others in sectors of their own; chains in one table."""
    small, small_links, links, sectors, entries = b"", [], [], [], []

    def add(content):
        first = len(sectors)
        for at in range(0, len(content), 512):
            sectors.append(content[at:at + 512].ljust(512, b"\0"))
            links.append(len(sectors))
        links[-1] = 0xFFFFFFFE
        return first

    for title, content in streams:
        if len(content) >= 4096:
            entries.append((title, 2, add(content), len(content)))
            continue
        entries.append((title, 2, len(small) // 64, len(content)))
        count = (len(content) + 63) // 64
        small_links += [len(small_links) + i + 1 for i in range(count - 1)] + [0xFFFFFFFE]
        small += content.ljust(count * 64, b"\0")
    root = add(small) if small else 0xFFFFFFFE
    table = add(struct.pack(f"<{len(small_links)}I", *small_links)) if small else 0xFFFFFFFE
    entries.insert(0, ("Root Entry", 5, root, len(small)))
    directory = add(b"".join(
        title.encode("utf-16-le").ljust(64, b"\0") + u16(2 * len(title) + 2) + bytes([kind, 1])
        + b"\xff" * 12 + bytes(36) + struct.pack("<IQ", start, size) for title, kind, start, size in entries))
    links.append(0xFFFFFFFD)
    head = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + u16(0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
            + struct.pack("<IIIIIIII", 1, directory, 0, 4096, table, 1, 0xFFFFFFFE, 0)
            + struct.pack("<I", len(sectors)) + b"\xff" * 4 * 108)
    sectors.append(struct.pack(f"<{len(links)}I", *links).ljust(512, b"\xff"))
    (FOLDER / name).write_bytes(head + b"".join(sectors))


SHEETS = [("Agents", 0, SHEET), ("Caché", 1, HIDDEN)]
compound("small.xls", [("Workbook", book(SHEETS))])
compound("large.xls", [("Other", b"x"), ("Workbook", book(SHEETS, 4096))])
compound("encrypted.xls", [("EncryptedPackage", bytes(64))])
compound("password.xls", [("Workbook", record(0x809, u16(0x600, 5), bytes(12)) + record(0x2F, u16(1)))])


def old_text(value, count="<H"):
    return struct.pack(count, len(value)) + value.encode("latin-1")


# Of version 5, with sheets that say they are of version 8, as some programs write it.
OLD_SHEET = sheet(*[cell(0x204, row, column, 0, old_text(value))
                    for row, values in enumerate((("matricule", "nom"), ("00042", "Zéroual")))
                    for column, value in enumerate(values)])
OLD_START = record(0x809, u16(0x500, 5)) + record(0x42, u16(1252))
OLD_LISTED = record(0x85, struct.pack("<IBB", len(OLD_START) + 4 + 6 + 7 + 4, 0, 0), old_text("Agents", "<B"))
compound("old.xls", [("Book", OLD_START + OLD_LISTED + record(0x0A) + OLD_SHEET)])
