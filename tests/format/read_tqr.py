#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An independent reader of sealed registers, after tqr(5): read_tqr.py FILE.tqr KEYFILE

Authenticates every chunk and prints one JSON object per fact: kind, subject, field, value (or
fingerprint), period, known and valid interval in minutes since 1970 (null: an open end).
"""

import hashlib
import json
import struct
import sys

import nacl.bindings
import zstandard

PIECE = 1 << 20
OPEN = (-(1 << 31), (1 << 31) - 1)


def subkey(master, number, length):
    return hashlib.blake2b(key=master, salt=struct.pack("<QQ", number, 0), digest_size=length,
                           person=b"tq-seal1".ljust(16, b"\0")).digest()


def chunks(data, key):
    """The unpacked chunks of a file, in order."""
    header, at, number, last = data[:64], 64, 0, False
    while not last:
        length, = struct.unpack_from("<I", data, at)
        last, length = bool(length >> 31), length & 0x7fffffff
        sealed = data[at + 4:at + 4 + length]
        packed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed, header + struct.pack("<QB", number, last),
            header[16:32] + struct.pack("<Q", number), key)
        yield zstandard.decompress(packed, max_output_size=2 * PIECE)
        at, number = at + 4 + length, number + 1
    if at != len(data):
        raise ValueError("something follows the last chunk")


class Head:
    """The head, taken from its beginning."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, shape):
        values = struct.unpack_from("<" + shape, self.data, self.at)
        self.at += struct.calcsize("<" + shape)
        return values if len(values) > 1 else values[0]

    def text(self):
        return self.take(f"{self.take('H')}s").decode()


def array(source, count, size, delta=True):
    """Items of one array, from as many chunks as it fills."""
    items, per_chunk = [], PIECE // size
    while len(items) < count:
        n = min(per_chunk, count - len(items))
        plain, value = next(source), 0
        assert len(plain) == n * size
        for i in range(n):
            item = int.from_bytes(bytes(plain[b * n + i] for b in range(size)), "little")
            value = (value + item) % (1 << 8 * size) if delta else item
            items.append(value)
    return items


def texts(source, size, count):
    data = bytes(array(source, size, 1, delta=False))
    offsets = array(source, count + 1, 4)
    return [data[a:b].decode() for a, b in zip(offsets, offsets[1:])]


def signed(items):
    return [item - (1 << 32) if item >> 31 else item for item in items]


def read_names(head, prints):
    """Everything in the head, and where it says that arrays are."""
    register = {"prints": prints, "fingerprint_key": head.take("16s") if prints else None}
    kinds, fields = head.take("BH")
    register.update(name=head.text(), country=head.text(), timezone=head.text(), known=head.take("ii"))
    register["kinds"] = [dict(zip(("name", "count", "bytes", "first", "fields", "full_name"),
                                  (head.text(), *head.take("IQHHH")))) for _ in range(kinds)]
    names = ("name", "check", "type", "category", "kind", "ref_kind", "flags", "facts", "values",
             "value_bytes", "keys", "key_bytes", "density", "owners")
    register["fields"] = [dict(zip(names, (head.text(), head.text(), *head.take("BBBBBQIQIQd"),
                                           head.take("6H")))) for _ in range(fields)]
    if head.at != len(head.data):
        raise ValueError("the head is too long")
    return register


def read_field(source, register, number):
    field = register["fields"][number]
    owners, facts, flags = field["owners"], field["facts"], field["flags"]
    starts = register["kinds"][field["kind"]]["count"] + 1
    columns = (("start", starts, 4, True), ("period", facts, 2, flags & 4),
               ("known_from", facts, 4, flags & 1), ("known_to", facts, 4, flags & 1),
               ("valid_from", facts, 4, flags & 2), ("valid_to", facts, 4, flags & 2))
    for (name, count, size, there), owner in zip(columns, owners):
        if not there:
            field[name] = None
        elif owner < number:
            field[name] = register["fields"][owner][name]
        else:
            field[name] = array(source, count, size)
            if name.startswith(("known", "valid")):
                field[name] = signed(field[name])
    field["fact_value"] = array(source, facts, 4)
    if not register["prints"]:
        field["texts"] = texts(source, field["value_bytes"], field["values"])
    field["value_key"] = array(source, field["values"], 4) if field["keys"] != field["values"] \
        else range(field["values"])
    if flags & 8:
        array(source, field["key_bytes"], 1, delta=False)
        array(source, field["keys"] + 1, 4)
    field["key_subject"] = array(source, field["keys"], 4) if field["type"] == 14 else None
    if register["prints"]:
        field["texts"] = [f"{print_:016x}" for print_ in array(source, field["keys"], 8)]


def read(path, key_path):
    """A register with all its arrays."""
    with open(path, "rb") as file, open(key_path, "rb") as key_file:
        data, master = file.read(), key_file.read()
    version, flags = struct.unpack_from("<II", data, 8)
    if data[:8] != b"tahqiq\x1a\n" or version != 2 or flags > 1:
        raise ValueError("not a sealed register of version 2")
    if data[32:48] != subkey(master, 3, 16):
        raise ValueError("sealed with another key")
    source = chunks(data, subkey(master, 1, 32))
    register = read_names(Head(next(source)), flags == 1)
    for kind in register["kinds"]:
        kind["keys"] = texts(source, kind["bytes"], kind["count"])
    for number in range(len(register["fields"])):
        read_field(source, register, number)
    if next(source, None) is not None:
        raise ValueError("more chunks than the head says")
    return register


def facts_of(register, field):
    """(subject, value, month, known from, known to, valid from, valid to), in order."""
    kind = register["kinds"][field["kind"]]
    for subject, key in enumerate(kind["keys"]):
        for i in range(field["start"][subject], field["start"][subject + 1]):
            month = field["period"] and field["period"][i]
            times = [field[name][i] if field[name] and field[name][i] not in OPEN else None
                     for name in ("known_from", "known_to", "valid_from", "valid_to")]
            yield (key, field["texts"][field["fact_value"][i]],
                   f"{month // 12:04}-{month % 12 + 1:02}" if month else None, *times)


def main():
    register = read(*sys.argv[1:3])
    for field in register["fields"]:
        for fact in facts_of(register, field):
            print(json.dumps([register["kinds"][field["kind"]]["name"], field["name"], *fact],
                             ensure_ascii=False))


if __name__ == "__main__":
    main()
