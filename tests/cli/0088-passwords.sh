#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A list behind a password: noted without a list of passwords, read with one, also by a later run of the
# same case, which ends as one that was begun with it. No password is written down anywhere.
. "$(dirname "$0")/lib.sh"

make_drill
mkdir "$work/heap"
python3 - "$work" "$(dirname "$0")/../corpus" <<'PY'
import shutil, struct, sys, zlib

work, corpus = sys.argv[1:]
table = []
for i in range(256):
    for _ in range(8):
        i = i >> 1 ^ (0xEDB88320 if i & 1 else 0)
    table.append(i)


def encrypt(data, password):
    """The cipher of APPNOTE 6.1."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte):
        keys[0] = keys[0] >> 8 ^ table[(keys[0] ^ byte) & 255]
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = keys[2] >> 8 ^ table[(keys[2] ^ keys[1] >> 24) & 255]

    for byte in password:
        update(byte)
    out = bytearray()
    for byte in data:
        mask = keys[2] & 0xFFFF | 2
        out.append(byte ^ (mask * (mask ^ 1) >> 8 & 255))
        update(byte)
    return bytes(out)


def write_zip(path, name, content, password):
    checksum = zlib.crc32(content)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    body = encrypt(bytes(11) + bytes([checksum >> 24]) + packed, password)
    head = struct.pack("<HHHHHIIIHH", 20, 1, 8, 0, 0x5A21, checksum, len(body), len(content), len(name), 0)
    entry = b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    local = b"PK\3\4" + head + name + body
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local), 0)
    with open(path, "wb") as file:
        file.write(local + entry + end)


with open(work + "/drill/leak/files/export_a.csv", "rb") as file:
    write_zip(work + "/heap/list.zip", b"rh/list.csv", file.read(), b"Sesame-Zq7")
write_zip(work + "/heap/other.zip", b"other.csv", b"a;b\n1;2\n", b"Unlisted-Zq7")
shutil.copy(corpus + "/pdf/encrypted.pdf", work + "/heap/certificate.pdf")
shutil.copy(corpus + "/locked/agile.xlsx", work + "/heap/book.xlsx")
shutil.copy(corpus + "/locked/protected.xlsx", work + "/heap/protected.xlsx")
shutil.copy(corpus + "/locked/cryptoapi.xls", work + "/heap/old.xls")
shutil.copy(corpus + "/locked/aes.ods", work + "/heap/free.ods")
shutil.copy(corpus + "/archive/locked.7z", work + "/heap/shut.7z")
with open(work + "/passwords", "w", encoding="utf-8") as file:
    file.write("".join(f"wrong {i}\n" for i in range(600)) + "\nsecret\r\nSesame-Zq7\nS\u00e9same 7\n")
PY

expect 0 inquire -o "$work/case" "$work/heap"
expect 0 "$TAHQIQ" export "$work/case" exhibits -o "$work/before.csv"
says "$work/before.csv" 'encrypted: 1 of its members are not read, the password is not known'
says "$work/before.csv" 'encrypted: not read, the password is not known'

expect 0 "$TAHQIQ" examine "$work/case" --register "$work/r.tqr" --key "$work/k" \
    --passwords "$work/passwords"
expect 0 inquire -o "$work/new" --passwords "$work/passwords" "$work/heap"
exports "$work/case" "$work/later"
exports "$work/new" "$work/at-once"
for kind in records subjects exhibits readings snapshots counts; do
    same "$work/later/$kind.csv" "$work/at-once/$kind.csv"
done
says "$work/later/exhibits.csv" 'list.zip!/rh/list.csv'
says "$work/later/exhibits.csv" 'encrypted: opened with the password of line 603 of the list'
says "$work/later/exhibits.csv" 'encrypted: opened with the password of line 602 of the list'
says "$work/later/exhibits.csv" 'none of 603 passwords opened them'
says "$work/later/exhibits.csv" 'encrypted: opened with the password of line 604 of the list'
says "$work/later/exhibits.csv" 'the password that Excel itself uses'
says "$work/later/exhibits.csv" '7z x FILE'
for name in book.xlsx old.xls free.ods; do
    grep "^$name," "$work/later/exhibits.csv" >"$work/line"
    says "$work/line" 'opened with the password of line 604'
    grep "^$name," "$work/before.csv" >"$work/line"
    says "$work/line" 'encrypted: not read, the password is not known'
done
grep '^shut.7z,' "$work/later/exhibits.csv" >"$work/line"
[ "$(grep -o 'encrypted' "$work/line" | wc -l)" = 1 ] || {
    echo "FAILED: an archive that stays shut has more than one note"
    failures=$((failures + 1))
}
says "$work/later/records.csv" 'book.xlsx,60,'
says "$work/later/records.csv" 'authentic'
expect 0 "$TAHQIQ" verify "$work/case"
says "$work/case/ledger.jsonl" '"passwords":603'

# How exhibits ended is said alike by the state and the report, in all languages.
for lang in en fr ar; do
    expect 0 "$TAHQIQ" report "$work/case" -o "$work/report-$lang" --lang $lang
done
expect 0 "$TAHQIQ" status "$work/case" --json
python3 - "$work/out" "$work/report-fr" <<'PY' || failures=$((failures + 1))
import json
import sys

status = json.load(open(sys.argv[1], encoding="utf-8"))
report = json.load(open(sys.argv[2] + "/report.json", encoding="utf-8"))
for name in ("ends", "locked", "bytes_unread", "ocr"):
    assert status[name] == report[name], (name, status[name], report[name])
# list.csv, book.xlsx, protected.xlsx, old.xls and free.ods; certificate.pdf; list.zip; shut.7z, other.zip
assert status["ends"] == {"records": 5, "text": 1, "members": 1, "note": 2, "empty": 0, "waiting": 0}, status
assert status["locked"] == 2 and status["bytes_unread"] > 0, status
PY
says "$work/report-en/report.html" 'that gave only a note'
says "$work/report-fr/report.html" 'derrière un mot de passe inconnu'
says "$work/report-ar/report.html" 'بايتات لم تقرأ'
expect 0 "$TAHQIQ" status "$work/case"
says "$work/out" 'with records 5, as text 1, with members 1, only a note 2, nothing in it 0; locked 2'

# A later list opens what is left, and leaves what is open as it is.
echo Unlisted-Zq7 >"$work/more"
expect 0 "$TAHQIQ" examine "$work/case" --register "$work/r.tqr" --key "$work/k" --passwords "$work/more"
expect 0 "$TAHQIQ" export "$work/case" exhibits -o "$work/more.csv"
says "$work/more.csv" 'other.zip!/other.csv'
says "$work/more.csv" 'list.zip!/rh/list.csv'

if grep -rlE 'Sesame-Zq7|Unlisted-Zq7|wrong 5|Sésame 7' "$work/case" "$work/new" "$work/later"; then
    echo "FAILED: a password was written down"
    failures=$((failures + 1))
fi

# What is no list of passwords is refused before anything is done.
expect 1 inquire -o "$work/none" --passwords "$work/missing" "$work/heap"
says "$work/err" "could not open the list of passwords"
: >"$work/empty"
expect 1 inquire -o "$work/none" --passwords "$work/empty" "$work/heap"
says "$work/err" "there is no password in it"
expect 1 inquire -o "$work/none" --passwords "$work/r.tqr" "$work/heap"
[ ! -e "$work/none" ] || { echo "FAILED: a case was made"; failures=$((failures + 1)); }

finish
