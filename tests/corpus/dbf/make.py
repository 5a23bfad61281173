#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write the samples of this folder."""
import struct


def table(version, language, fields, rows):
    length = 1 + sum(field[2] for field in fields)
    head = struct.pack("<4BIHH17xBxx", version, 124, 5, 1, len(rows), 33 + 32 * len(fields), length, language)
    for name, kind, size, decimals in fields:
        head += struct.pack("<11sc4xBB14x", name, kind, size, decimals)
    return head + b"\r" + b"".join(rows) + b"\x1a"


DBASE = [(b"IMMAT", b"C", 9, 0), (b"NOM", b"C", 10, 0), (b"DDN", b"D", 8, 0), (b"SOLDE", b"N", 8, 2),
         (b"ACTIF", b"L", 1, 0), (b"NOTE", b"M", 10, 0)]
open("dbase.dbf", "wb").write(table(0x83, 2, DBASE, [
    b" 800000001" + "ALAOUI \u00e9".encode("cp850").ljust(10) + b"19800501" + b"   12.50" + b"T" + b"         1",
    b"*800000002" + b"TAZI".ljust(10) + b" " * 8 + b"        " + b"?" + b" " * 10]))
FOX = [(b"ID", b"I", 4, 0), (b"BRUT", b"Y", 8, 4), (b"TAUX", b"B", 8, 2), (b"MOMENT", b"T", 8, 0),
       (b"NOM", b"C", 6, 0), (b"_NullFlags", b"0", 1, 0)]
open("foxpro.dbf", "wb").write(table(0x30, 3, FOX, [
    b" " + struct.pack("<iqdII", -7, -1234567, 0.25, 2440588, 3600000) + "\u00c9t\u00e9".encode("cp1252").ljust(6) + b"\0"]))
