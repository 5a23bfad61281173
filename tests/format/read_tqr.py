#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An independent reader of sealed registers, after tqr(5): read_tqr.py FILE.tqr KEYFILE

Authenticates every chunk and prints one JSON object per fact: kind, subject, field, value (or
fingerprint), period, known and valid interval in minutes since 1970 (null: an open end).
"""

import bisect
import hashlib
import itertools
import json
import re
import struct
import sys

import nacl.bindings
import zstandard

PIECE = 1 << 20
NONE = 65535
COLUMNS = ("start", "period", "known_from", "known_to", "valid_from", "valid_to")
NUMBERS = (4, 5, 6, 7)  # date, month, amount, number
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
        yield zstandard.decompress(packed, max_output_size=3 * PIECE + 1)
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


def planes(plain, size):
    """Numbers whose bytes of equal weight stand together."""
    count = len(plain) // size
    return [int.from_bytes(plain[i::count], "little") for i in range(count)] if count else []


def pieces(source, count, size):
    """The chunks of one array: the number of the first item, how many, the coded bytes."""
    for first in range(0, count, PIECE // size):
        yield first, min(PIECE // size, count - first), next(source)


def array(source, count, size, base=None):
    """An array of differences."""
    items = []
    for first, n, plain in pieces(source, count, size):
        value = 0
        assert len(plain) == n * size
        for i, difference in enumerate(planes(plain, size)):
            value += difference
            items.append((value + (base[first + i] if base else 0)) % (1 << 8 * size))
    return items


def days(source, count, base=None):
    """Times as days and minutes; of a base, days after its days."""
    items = []
    for first, n, plain in pieces(source, count, 4):
        for i, (day, minute) in enumerate(zip(planes(plain[:3 * n], 3), planes(plain[3 * n:], 2))):
            if base:
                day = (day >> 1 ^ -(day & 1)) + (base[first + i] + (1 << 31)) // 1440
            items.append(day * 1440 + minute - (1 << 31))
    return items


def picked(source, count, size, groups, base, base_groups):
    """Items of the base, in the same group."""
    items, group = [], -1
    for first, n, plain in pieces(source, count, size):
        listed, cursor = iter(planes(plain[n:], size)), None
        for i in range(n):
            if cursor is None or groups[group + 1] <= first + i:
                group = bisect.bisect_right(groups, first + i) - 1
                cursor, end = base_groups[group], base_groups[group + 1]
            if plain[i] == 0:
                item = next(listed)
                items.append(item - (1 << 32) if item >> 31 else item)
            elif plain[i] == 1:
                cursor += cursor < end
                items.append((1 << 31) - 1)
            else:
                cursor += max(plain[i] - 2, 0)
                items.append(base[cursor - 1])
        assert next(listed, None) is None
    return items


def repeated(source, count):
    items = []
    for _, n, plain in pieces(source, count, 4):
        listed = iter(planes(plain[n:], 4))
        for back in plain[:n]:
            items.append(items[-back] if back else next(listed))
    return items


def spans(offsets, first, n):
    """What of which texts is in a piece: number, length of the part, whether it is whole."""
    text = bisect.bisect_right(offsets, first) - 1
    while text + 1 < len(offsets) and offsets[text] < first + n:
        low, high = max(offsets[text], first), min(offsets[text + 1], first + n)
        yield text, high - low, offsets[text + 1] - offsets[text] == high - low
        text += 1


def front(source, offsets):
    """Texts, each with what it shares with the one before left out."""
    data = bytearray()
    for first, n, plain in pieces(source, offsets[-1], 1):
        parts = list(spans(offsets, first, n))
        before, at = b"", len(parts)
        for shared, (_, length, _) in zip(plain, parts):
            before = before[:shared] + plain[at:at + length - shared]
            at += length - shared
            data += before
        assert at == len(plain)
    return bytes(data)


def split(data, offsets):
    return [data[a:b] for a, b in zip(offsets, offsets[1:])]


def edited(source, offsets, base):
    """Texts made from those of the base."""
    data = bytearray()
    for first, n, plain in pieces(source, offsets[-1], 1):
        parts = list(spans(offsets, first, n))
        steps = len(parts)
        listed = steps + sum(length for mark, (_, length, whole) in zip(plain, parts) if mark and whole)
        becomes = list(range(256))
        for mark, (text, length, whole) in zip(plain, parts):
            if not whole:
                data += plain[listed:listed + length]
                listed += length
                continue
            made, left = bytearray(), len(base[text])
            for step in plain[steps:steps + length] if mark else bytes(length):
                if step < 254:
                    left -= step + 1
                    made.append(becomes[base[text][left]] if mark else base[text][left])
                    continue
                made.append(plain[listed])
                listed += 1
                if step == 254:
                    left -= 1
                    becomes[base[text][left]] = made[-1]
            steps += length if mark else 0
            data += made[::-1]
        assert listed == len(plain)
    return split(bytes(data), offsets)


def numbers(source, count, base):
    """Numbers of eight bytes, by what the texts of the base begin with."""
    keys = []
    for first, n, plain in pieces(source, 8 * count, 1):
        distance = 0
        for i, difference in enumerate(planes(plain, 8)):
            found = re.match(rb"(-?)(\d*)(?:\.(\d{0,2}))?", base[first // 8 + i])
            expected = int((found[2] + (found[3] or b"").ljust(2, b"0")) or b"0")
            distance += difference
            keys.append(((-expected if found[1] else expected) + distance) % (1 << 64))
    return [key.to_bytes(8, "little") for key in keys]


def texts(source, count):
    offsets = array(source, count + 1, 4)
    return split(front(source, offsets), offsets)


def read_names(head, prints):
    """Everything in the head, and where it says that arrays are."""
    register = {"prints": prints, "fingerprint_key": head.take("16s") if prints else None}
    kinds, fields = head.take("BH")
    register.update(name=head.text(), country=head.text(), timezone=head.text(), known=head.take("ii"))
    register["kinds"] = [dict(zip(("name", "count", "bytes", "first", "fields", "full_name"),
                                  (head.text(), *head.take("IQHHH")))) for _ in range(kinds)]
    names = ("name", "check", "type", "category", "kind", "ref_kind", "flags", "facts", "values",
             "value_bytes", "keys", "key_bytes", "density", "owners", "donor")
    register["fields"] = [dict(zip(names, (head.text(), head.text(), *head.take("BBBBBQIQIQd"),
                                           head.take("6H"), head.take("H")))) for _ in range(fields)]
    if head.at < len(head.data):
        register.update(as_of=head.take("i"), description=head.take("16s"))
    if head.at != len(head.data):
        raise ValueError("the head is too long")
    return register


def read_column(source, register, number, name):
    """A column of times or months: of the donor, of the field's own others, or by itself."""
    field = register["fields"][number]
    donor = register["fields"][field["donor"]] if field["donor"] < NONE else None
    size, start = 2 if name == "period" else 4, field["start"]
    if donor and donor[name]:
        return picked(source, field["facts"], size, start, donor[name], donor["start"])
    if name == "period":
        return array(source, field["facts"], size)
    if name == "known_from":
        return days(source, field["facts"])
    if name == "valid_from":
        return days(source, field["facts"], field["known_from"])
    return picked(source, field["facts"], size, start, field[name.replace("to", "from")], start)


def read_keys(source, field):
    """The texts of keys, from those of the values where each value has its own."""
    paired = field["keys"] == field["values"] and any(field["bytes"])
    if paired and field["type"] in NUMBERS and field["key_bytes"] == 8 * field["keys"]:
        array(source, field["keys"] + 1, 4)
        return numbers(source, field["keys"], field["bytes"])
    if not paired:
        return texts(source, field["keys"])
    lengths = [len(value) for value in field["bytes"]]
    offsets = array(source, field["keys"] + 1, 4, list(itertools.accumulate(lengths, initial=0)))
    return edited(source, offsets, field["bytes"])


def read_field(source, register, number):
    field, kind = register["fields"][number], register["kinds"][register["fields"][number]["kind"]]
    donor = register["fields"][field["donor"]] if field["donor"] < NONE else None
    for bit, owner, name in zip((0, 4, 1, 1, 2, 2), field["owners"], COLUMNS):
        if bit and not field["flags"] & bit:
            field[name] = None
        elif owner < number:
            field[name] = register["fields"][owner][name]
        elif name == "start":
            near = donor and field["facts"] + field["facts"] // 8 >= donor["facts"]
            field[name] = array(source, kind["count"] + 1, 4, donor["start"] if near else None)
        else:
            field[name] = read_column(source, register, number, name)
    field["fact_value"] = repeated(source, field["facts"])
    if not register["prints"]:
        field["bytes"] = kind["bytes_of"] if field["flags"] & 128 else texts(source, field["values"])
        field["texts"] = [text.decode() for text in field["bytes"]]
    field["value_key"] = array(source, field["values"], 4) if field["keys"] != field["values"] \
        else range(field["values"])
    if not register["prints"]:
        field["key_texts"] = read_keys(source, field) if field["flags"] & 8 else field["bytes"]
    field["key_subject"] = array(source, field["keys"], 4) if field["type"] == 14 else None
    if register["prints"]:
        field["texts"] = [f"{print_:016x}" for print_ in array(source, field["keys"], 8)]


def read(path, key_path):
    """A register with all its arrays."""
    with open(path, "rb") as file, open(key_path, "rb") as key_file:
        data, master = file.read(), key_file.read()
    version, flags = struct.unpack_from("<II", data, 8)
    if data[:8] != b"tahqiq\x1a\n" or version != 3 or flags > 1:
        raise ValueError("not a sealed register of version 3")
    if data[32:48] != subkey(master, 3, 16):
        raise ValueError("sealed with another key")
    source = chunks(data, subkey(master, 1, 32))
    register = read_names(Head(next(source)), flags == 1)
    for kind in register["kinds"]:
        kind["bytes_of"] = texts(source, kind["count"])
        kind["keys"] = [key.decode() for key in kind["bytes_of"]]
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
