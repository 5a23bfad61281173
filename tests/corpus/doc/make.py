#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the samples in this folder and in ../ppt: old documents and presentations in compound files."""
import importlib.util
import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("xls", FOLDER.parent / "xls" / "make.py")
xls = importlib.util.module_from_spec(spec)
spec.loader.exec_module(xls)

WORD, CELL, ROW, TEXT = 0xA5EC, b"\x16\x24\1", b"\x16\x24\1\x17\x24\1", b""


def paragraphs():
    """Text with its properties: lines, and a list of 21 rows whose cells hold lines of their own."""
    yield "Certificat n° 42\r", TEXT
    yield "voir \x13HYPERLINK \"http://x.example\"\x14le lien\x15 et\x1eplus\r", TEXT
    for i in range(21):
        yield f"AB{i:03}\rsuite\x07", CELL
        yield "العمراني\x07" if i % 2 else "\x07", CELL
        yield f"Fès {i}\x07", CELL
        yield "\x07", ROW
    yield "fin 😀\r", TEXT


def page(runs):
    """A page of properties, [MS-DOC] 2.9.33: runs of (start, end, properties)."""
    out = bytearray(512)
    out[511] = len(runs)
    struct.pack_into(f"<{len(runs) + 1}I", out, 0, *[start for start, _, _ in runs], runs[-1][1])
    at = 510
    for i, (_, _, properties) in enumerate(runs):
        content = struct.pack("<H", 0) + properties
        content = bytes([(len(content) + 1) // 2]) + content if len(content) % 2 else (
            bytes([0, len(content) // 2]) + content)
        at -= len(content) + len(content) % 2
        out[at:at + len(content)] = content
        out[4 * (len(runs) + 1) + 13 * i] = at // 2
    return bytes(out)


def document(flags=0):
    """The first part of the text in bytes, the rest in UTF-16: two pieces."""
    head = bytearray(1024)
    body, runs, pieces = b"", [], []
    count = 0
    for i, (text, properties) in enumerate(paragraphs()):
        content = text.encode("cp1252") if i < 2 else text.encode("utf-16-le")
        start = len(head) + len(body)
        if i in (0, 2):
            pieces.append((count, start * 2 | 0x40000000 if i == 0 else start))
        body += content
        count += len(content) // (1 if i < 2 else 2)
        if i == 1:
            body += b"\0" * (len(body) % 2)
        runs.append((start, start + len(content), properties))
    body += bytes(-len(body) % 512)
    first = (len(head) + len(body)) // 512
    chunks = [runs[i:i + 12] for i in range(0, len(runs), 12)]
    stream = head + body + b"".join(map(page, chunks))
    list_ = struct.pack(f"<{len(chunks) + 1}I", *[chunk[0][0] for chunk in chunks], runs[-1][1])
    list_ += struct.pack(f"<{len(chunks)}I", *range(first, first + len(chunks)))
    clx = b"\1\2\0ab\2" + struct.pack("<I", 4 * (len(pieces) + 1) + 8 * len(pieces))
    clx += struct.pack(f"<{len(pieces) + 1}I", *[at for at, _ in pieces], count)
    clx += b"".join(struct.pack("<HIH", 0, where, 0) for _, where in pieces)
    struct.pack_into("<HH", stream, 0, WORD, 0xC1)
    struct.pack_into("<H", stream, 0x0A, 0x200 | flags)
    struct.pack_into("<II", stream, 0x102, 0, len(list_))
    struct.pack_into("<II", stream, 0x1A2, len(list_), len(clx))
    return bytes(stream), list_ + clx


def old_document():
    text = "Liste des assurés\rAB001\x07ALAOUI\x07\x07fin\r".encode("cp1252")
    head = bytearray(0x300)
    struct.pack_into("<HH", head, 0, WORD, 0x68)
    struct.pack_into("<II", head, 0x18, len(head), len(head) + len(text))
    return bytes(head) + text


def record(kind, content, container=False):
    return struct.pack("<HHI", 15 if container else 0, kind, len(content)) + content


def presentation():
    texts = (record(1011, bytes(20)) + record(4008, "Salari\xe9s\rAB001 ALAOUI".encode("latin-1"))
             + record(1011, bytes(20)) + record(4000, "العمراني\vFès 😀".encode("utf-16-le")))
    return (record(1000, record(4080, texts, True), True)
            + record(1016, record(4008, b"Click to edit"), True)
            + record(1006, record(4008, b"in a frame"), True)
            + record(1008, record(4008, b"spoken"), True))


xls.FOLDER = FOLDER
STREAM, TABLES = document()
xls.compound("plain.doc", [("WordDocument", STREAM), ("1Table", TABLES)])
xls.compound("encrypted.doc", [("WordDocument", document(0x100)[0][:1024]), ("1Table", TABLES)])
xls.compound("lost.doc", [("WordDocument", STREAM[:1024])])
xls.compound("old.doc", [("WordDocument", old_document())])
xls.FOLDER = FOLDER.parent / "ppt"
xls.compound("plain.ppt", [("PowerPoint Document", presentation())])
xls.compound("encrypted.ppt", [("PowerPoint Document", presentation()[:64]), ("EncryptedSummary", b"x")])
