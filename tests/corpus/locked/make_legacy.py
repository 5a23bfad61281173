#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the old office files in this folder: those of ../xls, ../doc and ../ppt behind a password, as
[MS-OFFCRYPTO] 2.3.5 and 2.3.6, [MS-XLS] 2.2.10, [MS-DOC] 2.2.6 and [MS-PPT] 2.3.7 have it."""

import hashlib
import importlib.util
import pathlib
import struct

FOLDER = pathlib.Path(__file__).resolve().parent
PASSWORD = "Sésame 7"
SALT, VERIFIER = bytes(range(16)), bytes(range(50, 66))


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER.parent / name / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


XLS, DOC = load("xls"), load("doc")


def keystream(key, length):
    """RC4."""
    state, out, i, j = list(range(256)), bytearray(), 0, 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for _ in range(length):
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        out.append(state[(state[i] + state[j]) & 255])
    return bytes(out)


def mix(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


class Old:
    """Keys of 40 bits by MD5."""

    def __init__(self, password):
        first = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
        self.secret = hashlib.md5((first + SALT) * 16).digest()[:5]
        plain = VERIFIER + hashlib.md5(VERIFIER).digest()
        self.info = struct.pack("<HH", 1, 1) + SALT + mix(plain, self.keys(0, 32))

    def keys(self, block, length):
        return keystream(hashlib.md5(self.secret + struct.pack("<I", block)).digest(), length)


class CryptoApi:
    """Keys of so many bits by SHA-1."""

    def __init__(self, password, bits):
        self.bits = bits
        self.secret = hashlib.sha1(SALT + password.encode("utf-16-le")).digest()
        header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, bits, 1, 0, 0) + "RC4\0".encode("utf-16-le")
        locked = mix(VERIFIER + hashlib.sha1(VERIFIER).digest(), self.keys(0, 36))
        self.info = (struct.pack("<HHII", 4, 2, 4, len(header)) + header + struct.pack("<I", 16) + SALT
                     + locked[:16] + struct.pack("<I", 20) + locked[16:])

    def keys(self, block, length):
        key = hashlib.sha1(self.secret + struct.pack("<I", block)).digest()[:self.bits // 8]
        return keystream(key.ljust(16, b"\0") if self.bits == 40 else key, length)


def stream_keys(lock, length, size):
    return b"".join(lock.keys(block, size) for block in range(length // size + 1))


class Xor:
    """Bytes that are turned and mixed, for a password of eight characters ([MS-OFFCRYPTO] 2.3.7)."""

    FILLER = bytes.fromhex("BBFFFFBAFFFFB980")
    # The start of a key of eight characters, and what each bit of each of them adds to it.
    FIRST = 0x313E
    BITS = bytes.fromhex(
        "47D38FA60F6D1EDA3DB47B68F6D0B86160E3C1C693AD377B6EF6DDEC45A08B4006A10D421A8435086A10AA51"
        "44838906022D045A08B4116876B4ED68CAF185C31BA7374E6E9C37306E60DCC0A9A1436386C61DAD33316662"
        "CCC489A9037306E60DCC10212042408481081231246248C4")

    def __init__(self, password):
        letters = password.encode("latin-1")
        digest = 0
        for byte in reversed(bytes([len(letters)]) + letters):
            digest = (digest << 1 & 0x7FFF | digest >> 14 & 1) ^ byte
        bits = struct.unpack(">56H", self.BITS)
        key = self.FIRST
        for i, byte in enumerate(letters):
            for bit in range(7):
                key ^= bits[7 * i + bit] if byte & 1 << bit else 0
        halves = [key & 255, key >> 8]
        turned = [byte ^ halves[i % 2] for i, byte in enumerate(letters + self.FILLER)]
        self.mix = [byte >> 1 | byte << 7 & 255 for byte in turned]
        self.info = struct.pack("<HH", key, digest ^ 0xCE4B)

    def encrypt(self, offset, length, plain, data):
        return bytes((byte << 5 & 255 | byte >> 3) ^ self.mix[(offset + length + plain + i) % 16]
                     for i, byte in enumerate(data))


def workbook(name, lock):
    stream = XLS.book(XLS.SHEETS, 4096)
    is_xor = isinstance(lock, Xor)
    start = 4 + struct.unpack_from("<H", stream, 2)[0]
    added = XLS.record(0x2F, XLS.u16(0 if is_xor else 1), lock.info)
    stream = bytearray(stream[:start] + added + stream[start:])
    keys, at = b"" if is_xor else stream_keys(lock, len(stream), 1024), 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        at += 4
        plain = 4 if kind == 0x85 else length if kind in (0x809, 0x2F) else 0
        if kind == 0x85:
            struct.pack_into("<I", stream, at, struct.unpack_from("<I", stream, at)[0] + len(added))
        data = stream[at + plain:at + length]
        stream[at + plain:at + length] = (lock.encrypt(at, length, plain, data) if is_xor
                                          else mix(data, keys[at + plain:]))
        at += length
    XLS.compound(name, [("Workbook", bytes(stream))])


def document(name, lock):
    stream, tables = bytearray(DOC.STREAM), lock.info + DOC.TABLES
    struct.pack_into("<H", stream, 0x0A, 0x300)
    struct.pack_into("<I", stream, 0x0E, len(lock.info))
    for at in (0x102, 0x1A2):
        struct.pack_into("<I", stream, at, struct.unpack_from("<I", stream, at)[0] + len(lock.info))
    stream[68:] = mix(stream[68:], stream_keys(lock, len(stream), 512)[68:])
    start = len(lock.info)
    tables = tables[:start] + mix(tables[start:], stream_keys(lock, len(tables), 512)[start:])
    XLS.compound(name, [("WordDocument", bytes(stream)), ("1Table", tables)])


def presentation(name, lock):
    plain, out, places, at = DOC.presentation(), b"", [], 0
    while at < len(plain):
        length = 8 + struct.unpack_from("<I", plain, at + 4)[0]
        places.append(len(out))
        out += mix(plain[at:at + length], lock.keys(len(places), length))
        at += length
    places.append(len(out))
    out += DOC.record(0x2F14, lock.info, True)
    directory = len(out)
    out += DOC.record(0x1772, struct.pack("<I", len(places) << 20 | 1)
                      + struct.pack(f"<{len(places)}I", *places))
    edit = len(out)
    out += DOC.record(0x0FF5, struct.pack("<8I", 0, 0, 0, directory, 1, 0, 0, len(places)))
    user = DOC.record(0x0FF6, struct.pack("<III", 20, 0xF3D1C4DF, edit))
    XLS.compound(name, [("PowerPoint Document", out), ("Current User", user), ("EncryptedSummary", b"x")])


def main():
    XLS.FOLDER = FOLDER
    workbook("xor.xls", Xor(PASSWORD))
    workbook("rc4.xls", Old(PASSWORD))
    workbook("cryptoapi.xls", CryptoApi(PASSWORD, 128))
    workbook("protected.xls", CryptoApi("VelvetSweatshop", 40))
    document("rc4.doc", Old(PASSWORD))
    document("cryptoapi.doc", CryptoApi(PASSWORD, 128))
    presentation("cryptoapi.ppt", CryptoApi(PASSWORD, 128))


if __name__ == "__main__":
    main()
