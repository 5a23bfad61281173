#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Files that fight back: every one is an exhibit with a type or a note; nests do not fill the disk.
. "$(dirname "$0")/lib.sh"

make_drill
heap=$work/heap
mkdir "$heap"
python3 - "$heap" <<'PY'
import gzip, io, os, struct, sys, tarfile, zipfile, zlib

folder = sys.argv[1]
rows = b"id;name;amount\n" + b"".join(b"%d;Person %d;%d\n" % (i, i, i * 3) for i in range(50))


def write(name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def bomb(level, seed):  # each of its members differs, so that none is known already
    if level == 0:
        return zipped([("z%d" % i, struct.pack("<II", seed, i) + bytes(3_000_000)) for i in range(4)])
    return zipped([("n%d.zip" % i, bomb(level - 1, seed * 10 + i)) for i in range(6)])


write("bomb.zip", bomb(2, 1))
nest = rows
for i in range(12):
    nest = zipped([("x.csv" if i == 0 else "level%d.zip" % i, nest)])
write("nest.zip", nest)
packed = zlib.compressobj(9, zlib.DEFLATED, -15)
content = bytes(5_000_000)
body = packed.compress(content) + packed.flush()
crc = zlib.crc32(content)
local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(body), len(content), 1, 0) + b"f" + body
names = b"".join(
    struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, crc, len(body), len(content), 5, 0, 0, 0, 0, 0, 0)
    + b"f%04d" % i for i in range(2000))
write("overlap.zip", local + names + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 2000, 2000, len(names), len(local), 0))
write("empty-members.zip", zipped([("e%d" % i, b"") for i in range(3000)]))
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w") as archive:
    for name, kind, link in (("a.csv", tarfile.REGTYPE, ""), ("link", tarfile.SYMTYPE, "/etc/passwd"),
                             ("hard", tarfile.LNKTYPE, "a.csv"), ("pipe", tarfile.FIFOTYPE, ""),
                             ("../../up.csv", tarfile.REGTYPE, ""), ("new\nline", tarfile.REGTYPE, "")):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        content = rows + name.encode() if kind == tarfile.REGTYPE else b""
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
write("b.tar", out.getvalue())
write("a.zip", zipped([("c.tar.gz", gzip.compress(out.getvalue()))]))  # the members of b.tar, one level deeper
write("deep.json", b"[" * 300_000)
write("columns.csv", b",".join(b"c%d" % i for i in range(100_000)) + b"\n" + b"1," * 99_999 + b"1\n")
write("line.csv", b"a,b,c\n" + b"x" * 5_000_000 + b"\n1,2,3\n")
write("odd.csv", ("id;nom\n" + "1;Zoé\n" * 50).encode("utf-16")[:-1])
write("both.pdf", b"%PDF-1.4\nbroken\n" + zipped([("a.csv", rows)]))
write("loop.pdf", b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[2 0 R 2 0 R]"
      b"/Count 2147483647>>\nendobj\ntrailer\n<</Root 1 0 R/Size 3>>\n")
for i, mark in enumerate((b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00", b"MSCF\0\0\0\0", b"xar!", b"!<arch>\n", b"070701",
                          b"\xed\xab\xee\xdb", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"LZIP\1", b"%PDF-1.7\n")):
    write("mark%02d" % i, mark)
    write("zeros%02d" % i, mark + bytes(40_000))
PY
printf 'a;b\n1;2\n' >"$heap/$(printf 'bytes\377.csv')"
expect 0 inquire -o "$work/c1" "$heap"
expect 0 "$TAHQIQ" export "$work/c1" exhibits -o "$work/exhibits.csv"
expect 0 "$TAHQIQ" verify "$work/c1"
python3 - "$work/exhibits.csv" <<'PY' || failures=$((failures + 1))
import csv, sys

rows = {row["exhibit"]: row for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""))}
silent = [name for name, row in rows.items() if not row["type"] and not row["notes"]]
assert not silent, silent
assert "its directory speaks of 2000 members, 1 were found" in rows["overlap.zip"]["notes"]
assert any("nested too deeply" in row["notes"] for row in rows.values())
bomb = sum(int(row["bytes"]) for name, row in rows.items() if name.startswith("bomb.zip!/"))
assert bomb < 64 << 20, bomb
assert any("larger than they may be" in row["notes"] for name, row in rows.items() if name.startswith("bomb.zip!/"))
assert len([name for name in rows if name.startswith("empty-members.zip!/")]) == 3000
# Read as the member of b.tar, listed there, and typed alike in the deeper copy.
assert rows["b.tar!/a.csv"]["type"] == rows["a.zip!/c.tar.gz!/a.csv"]["type"] == "csv"
assert "the same bytes as b.tar!/a.csv" in rows["a.zip!/c.tar.gz!/a.csv"]["notes"]
PY

# However many readers, and in whatever order: the same.
expect 0 inquire --jobs 1 -o "$work/c2" "$heap"
for kind in records exhibits; do
    expect 0 "$TAHQIQ" export "$work/c1" $kind -o "$work/a.csv"
    expect 0 "$TAHQIQ" export "$work/c2" $kind -o "$work/b.csv"
    same "$work/a.csv" "$work/b.csv"
done
finish
