#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Write the samples of this folder: a compound file (MS-CFB) of small streams, as MS-OXMSG has it."""
import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def text(number, value):
    return "__substg1.0_%04X001F" % number, value.encode("utf-16-le")


# A storage is a name and a list of what is in it; a stream is a name and bytes.
INNER = [text(0x0037, "inside"), text(0x1000, "800000003")]
MESSAGE = [text(0x0C1A, "Omar Alaoui"), text(0x0037, "La liste \u00e9"), text(0x1000, "Bonjour 800000001\r\nfin"),
           text(0x3A08, "0600000001"), ("__substg1.0_0C1F001E", "\u00e9@example.com".encode("cp1252")),
           ("__recip_version1.0_#00000000", [text(0x3001, "Caisse"), text(0x39FE, "caisse@example.com")]),
           ("__attach_version1.0_#00000000", [text(0x3707, "../liste.csv"), ("__substg1.0_37010102", b"immat;nom\n1;a\n")]),
           ("__attach_version1.0_#00000001", [("__substg1.0_3701000D", INNER)]),
           ("__properties_version1.0", bytes(32) + struct.pack("<IIQ", 0x3FFD0003, 6, 1252)
            + struct.pack("<IIQ", 0x0E060040, 6, 133590384000000000))]


def write(path, message):
    entries, small, fat_of_mini = [], [], []

    def add(name, kind, content):
        number = len(entries)
        entries.append([name, kind, FREE, FREE, FREE, END, 0])
        if kind == 2:
            start, count = len(fat_of_mini), max(1, (len(content) + 63) // 64)
            fat_of_mini.extend(list(range(start + 1, start + count)) + [END])
            small.append(content.ljust(64 * count, b"\0"))
            entries[number][5:] = [start, len(content)]
            return number
        children = [add(child, 1 if isinstance(inner, list) else 2, inner) for child, inner in content]
        entries[number][4] = children[0]
        entries[number][5] = 0
        for left, right in zip(children, children[1:]):
            entries[left][3] = right
        return number

    add("Root Entry", 5, message)
    mini = b"".join(small)
    while len(entries) % 4:
        entries.append(None)
    directory_sectors, mini_sectors = len(entries) // 4, (len(mini) + 511) // 512
    first_mini_fat = 1 + directory_sectors
    first_mini = first_mini_fat + 1
    entries[0][5:] = [first_mini, len(mini)]
    fat = [FAT] + [n + 1 for n in range(1, directory_sectors)] + [END, END]
    fat += [n + 1 for n in range(first_mini, first_mini + mini_sectors - 1)] + [END]
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, first_mini_fat, 1, END, 0)
    head += struct.pack("<109I", 0, *[FREE] * 108)
    out = head + struct.pack("<128I", *(fat + [FREE] * (128 - len(fat))))
    for entry in entries:
        if entry is None:
            out += bytes(68) + struct.pack("<3I", FREE, FREE, FREE) + bytes(48)
            continue
        name, kind, left, right, child, start, size = entry
        name = name.encode("utf-16-le") + b"\0\0"
        out += name.ljust(64, b"\0") + struct.pack("<HBB3I", len(name), kind, 1, left, right, child)
        out += bytes(36) + struct.pack("<IQ", start, size)
    out += struct.pack("<128I", *(fat_of_mini + [FREE] * (128 - len(fat_of_mini))))
    open(path, "wb").write(out + mini.ljust(512 * mini_sectors, b"\0"))


# The first example of [MS-OXRTFCP] 3.
RTF = (b"\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\3\0\n\0rcpg125B2\n\xf3 hel\t\0 bw\5\xb0ld}\n"
       b"\x80\x0f\xa0")
write("list.msg", MESSAGE)
write("rtf.msg", [text(0x0037, "Liste"), ("__substg1.0_10090102", RTF), ("__properties_version1.0", bytes(32))])
