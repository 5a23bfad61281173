#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write the sample of this folder."""
import struct


def element(kind, name, value):
    return bytes([kind]) + name.encode() + b"\0" + value


def document(*elements):
    body = b"".join(elements) + b"\0"
    return struct.pack("<i", len(body) + 4) + body


def text(value):
    return struct.pack("<i", len(value.encode()) + 1) + value.encode() + b"\0"


def person(number, *more):
    return document(element(7, "_id", bytes(range(11)) + bytes([number])), element(2, "nom", text("ALAOUI %d" % number)),
                    *more)


open("people.bson", "wb").write(b"".join([
    person(1, element(3, "adresse", document(element(2, "ville", text("F\u00e8s")))),
           element(4, "tels", document(element(2, "0", text("0600000001")), element(2, "1", text("0600000002")))),
           element(9, "ne", struct.pack("<q", 326000000000)), element(1, "solde", struct.pack("<d", 12.5)),
           element(8, "actif", b"\1"), element(0x12, "n", struct.pack("<q", -5)),
           element(0x13, "brut", struct.pack("<QQ", 123456, (6176 - 2) << 49)),
           element(5, "uuid", struct.pack("<i", 16) + b"\4" + bytes(range(16)))),
    person(2, element(10, "ne", b""), element(0x10, "n", struct.pack("<i", 7)), element(11, "r", b"a.*\0i\0")),
    person(3, element(5, "photo", struct.pack("<i", 100) + b"\0" + b"\xff" * 100))]))
