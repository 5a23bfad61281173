#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# What is embedded in an old document is an exhibit of its own; so is what a cut gzip file still holds.
. "$(dirname "$0")/lib.sh"

make_drill
heap=$work/heap
mkdir "$heap"
python3 - "$heap" <<'PY'
import gzip, struct, sys

folder = sys.argv[1]
END, NONE = 0xFFFFFFFE, 0xFFFFFFFF


def word(text):
    header = bytearray(32)
    struct.pack_into("<H", header, 2, 0x65)
    struct.pack_into("<II", header, 24, 32, 32 + len(text))
    return (bytes(header) + text).ljust(4096, b"\0")


def entry(name, kind, right, child, start, size):
    units = name.encode("utf-16-le")
    return (units.ljust(64, b"\0") + struct.pack("<HBBIII", len(units) + 2, kind, 1, NONE, right, child)
            + bytes(36) + struct.pack("<IQ", start, size))


streams = [word(b"liste jointe"), word(b"Mme ALAOUI"), b"cin;nom\nAB0043;BENNANI\nAB0044;ALAMI\n".ljust(4096)]
links = [0xFFFFFFFD, 2, END]
for i in range(3):
    links += [len(links) + j for j in range(1, 8)] + [END]
directory = b"".join([
    entry("Root Entry", 5, NONE, 1, END, 0), entry("WordDocument", 2, 2, NONE, 3, 4096),
    entry("ObjectPool", 1, NONE, 3, END, 0), entry("_1001", 1, 5, 4, END, 0),
    entry("WordDocument", 2, NONE, NONE, 11, 4096), entry("_1002", 1, NONE, 6, END, 0),
    entry("Package", 2, NONE, NONE, 19, 4096)]).ljust(1024, b"\0")
header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(16) + struct.pack(
    "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0, 0)
table = struct.pack("<%dI" % len(links), *links).ljust(512, b"\xFF")
with open(folder + "/memo.doc", "wb") as file:
    file.write(header.ljust(512, b"\xFF") + table + directory + b"".join(streams))
lines = "".join("AB%05d;%d\n" % (i, i * i * 7919 % 99991) for i in range(3000))
packed = gzip.compress(("cin;code\n" + lines).encode(), mtime=0)
with open(folder + "/cut.csv.gz", "wb") as file:
    file.write(packed[:len(packed) // 2])
PY

expect 0 "$TAHQIQ" inquire --register "$work/r.tqr" --key "$work/k" -o "$work/case" "$heap"
expect 0 "$TAHQIQ" export "$work/case" exhibits -o "$work/exhibits.csv"
says "$work/exhibits.csv" 'memo.doc!/_1001,'
says "$work/exhibits.csv" ',4096,csv,2,'
says "$work/exhibits.csv" 'cut.csv.gz!/cut.csv,'
says "$work/exhibits.csv" "member 'cut.csv' is damaged: its end is missing"
grep -E 'memo.doc!/_1001,.*,doc,1,' "$work/exhibits.csv" >"$work/inner"
says "$work/inner" 'memo.doc'
expect 0 "$TAHQIQ" verify "$work/case"

finish
