#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An independent reader of sealed registers, after tqr(5): read_tqr.py FILE.tqr KEYFILE

Authenticates every chunk, checks what the page says of the arrays, and prints one JSON array per
fact: kind, field, subject, value (or fingerprint), month, known and valid interval in minutes since
1970 (null: an open end).
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

PIECE, NONE, NOBODY, REF = 1 << 20, 65535, (1 << 32) - 1, 14
FIRST, LAST = -(1 << 31), (1 << 31) - 1  # open beginnings and ends
NUMBERS = (4, 5, 6, 7)  # date, month, amount, number
# The columns of facts, each with the flag of fields that have it.
COLUMNS = {"start": 0, "month": 4, "known_from": 1, "known_to": 1, "valid_from": 2, "valid_to": 2}


def expect(true, what):
    if not true:
        raise ValueError(what)


def subkey(master, number, length):
    return hashlib.blake2b(key=master, salt=struct.pack("<QQ", number, 0), digest_size=length,
                           person=b"tq-seal1".ljust(16, b"\0")).digest()


def chunks(data, key):
    """The unpacked chunks of a file, in order."""
    at, last = 64, 0
    for number in itertools.takewhile(lambda _: not last, itertools.count()):
        length, = struct.unpack_from("<I", data, at)
        last, end = length >> 31, at + 4 + (length & 0x7fffffff)
        packed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            data[at + 4:end], data[:64] + struct.pack("<QB", number, last),
            data[16:32] + struct.pack("<Q", number), key)
        yield zstandard.decompress(packed, max_output_size=3 * PIECE + 1)
        at = end
    expect(at == len(data), "something follows the last chunk")


# ---- codings: each function reads one array ----

def pieces(source, count, size):
    """The chunks of one array: the number of the first item, how many, the coded bytes."""
    for first in range(0, count, PIECE // size):
        yield first, min(PIECE // size, count - first), next(source)


def planes(plain, size, count):
    """Numbers whose bytes of equal weight stand together."""
    expect(len(plain) == count * size, "a chunk is not as long as its items")
    return [int.from_bytes(plain[i::count], "little") for i in range(count)]


def differences(source, count, size, base=None):
    items = []
    for first, n, plain in pieces(source, count, size):
        for i, value in enumerate(itertools.accumulate(planes(plain, size, n))):
            items.append((value + (base[first + i] if base else 0)) % (1 << 8 * size))
    return items


def days(source, count, base=None):
    items = []
    for first, n, plain in pieces(source, count, 4):
        for i, (day, minute) in enumerate(zip(planes(plain[:3 * n], 3, n), planes(plain[3 * n:], 2, n))):
            if base:
                day = (day >> 1 ^ -(day & 1)) + (base[first + i] - FIRST) // 1440
            items.append(day * 1440 + minute + FIRST)
    return items


def picked(source, size, groups, base, base_groups):
    """Items of the base in the same group: `groups` are the starts of subjects."""
    items = []
    for first, n, plain in pieces(source, groups[-1], size):
        listed, group, cursor = iter(planes(plain[n:], size, plain[:n].count(0))), -1, 0
        for i, pick in enumerate(plain[:n], first):
            if group < 0 or groups[group + 1] <= i:
                group = bisect.bisect_right(groups, i) - 1
                cursor = base_groups[group]
            cursor = min(cursor + (pick - 2 if pick > 2 else pick == 1), base_groups[group + 1])
            item = LAST if pick == 1 else base[cursor - 1] if pick else next(listed)
            items.append(item - (1 << 32) if item > LAST else item)
    return items


def repeated(source, count):
    items = []
    for _, n, plain in pieces(source, count, 4):
        listed = iter(planes(plain[n:], 4, plain[:n].count(0)))
        for back in plain[:n]:
            items.append(items[-back] if back else next(listed))
    return items


def parts(offsets, first, n):
    """What of which texts is in a piece: number, length of the part, whether it is whole."""
    low = bisect.bisect_right(offsets, first) - 1
    for text in range(low, bisect.bisect_left(offsets, first + n, hi=len(offsets) - 1)):
        length = min(offsets[text + 1], first + n) - max(offsets[text], first)
        yield text, length, length == offsets[text + 1] - offsets[text]


def split(data, offsets):
    return [bytes(data[a:b]) for a, b in zip(offsets, offsets[1:])]


def front(source, count):
    """Where texts begin, and they, each without what it shares with the one before."""
    offsets, data = differences(source, count + 1, 4), bytearray()
    for first, n, plain in pieces(source, offsets[-1], 1):
        lengths = [length for _, length, _ in parts(offsets, first, n)]
        before, rest = b"", iter(plain[len(lengths):])
        for shared, length in zip(plain, lengths):
            before = before[:shared] + bytes(itertools.islice(rest, length - shared))
            data += before
        expect(next(rest, None) is None, "texts are shorter than their chunk")
    return split(data, offsets)


def edited(source, base):
    """Texts made from those of the base, from the end of each."""
    starts = list(itertools.accumulate(map(len, base), initial=0))
    offsets, data = differences(source, len(base) + 1, 4, starts), bytearray()
    for first, n, plain in pieces(source, offsets[-1], 1):
        texts = list(parts(offsets, first, n))
        steps = iter(plain[len(texts):])
        step_count = sum(length for mark, (_, length, whole) in zip(plain, texts) if mark and whole)
        listed, becomes = iter(plain[len(texts) + step_count:]), list(range(256))
        for mark, (text, length, whole) in zip(plain, texts):
            left, made = list(base[text]), []
            if not whole or not mark:
                data += bytes(left if whole else itertools.islice(listed, length))
                continue
            for step in itertools.islice(steps, length):
                if step < 254:
                    del left[len(left) - step:]
                    made.append(becomes[left.pop()])
                else:
                    made.append(next(listed))
                    if step == 254:
                        becomes[left.pop()] = made[-1]
            data += bytes(made[::-1])
        expect(next(listed, None) is None and len(data) == first + n, "texts do not fill their chunk")
    return split(data, offsets)


def numbers(source, base):
    """Numbers of eight bytes, by what the texts of the base begin with."""
    offsets, keys = differences(source, len(base) + 1, 4), []
    expect(offsets == list(range(0, 8 * len(base) + 1, 8)), "a number has not 8 bytes")
    for first, n, plain in pieces(source, 8 * len(base), 1):
        for i, distance in enumerate(itertools.accumulate(planes(plain, 8, n // 8)), first // 8):
            sign, whole, cents = re.match(rb"(-?)(\d*)(?:\.(\d{0,2}))?", base[i]).groups(b"")
            expected = int(whole + cents.ljust(2, b"0")) * (-1 if sign else 1)
            keys.append(((expected + distance) % (1 << 64)).to_bytes(8, "little"))
    return keys


# ---- the head, and the arrays in their order ----

def read_head(data, prints):
    at = 0

    def take(shape):
        nonlocal at
        values = struct.unpack_from("<" + shape, data, at)
        at += struct.calcsize("<" + shape)
        return values

    def text():
        return take(f"{take('H')[0]}s")[0].decode()

    register = {"prints": prints, "fingerprint_key": take("16s")[0] if prints else None}
    kinds, fields = take("BH")
    register.update(name=text(), country=text(), zone=text(), known=take("ii"))
    names = ("name", "count", "key_bytes", "first", "fields", "full_name")
    register["kinds"] = [dict(zip(names, (text(), *take("IQHHH")))) for _ in range(kinds)]
    names = ("name", "check", "type", "category", "kind", "ref_kind", "flags", "facts", "values",
             "value_bytes", "keys", "key_bytes", "density", "owners", "donor")
    register["fields"] = [dict(zip(names, (text(), text(), *take("BBBBBQIQIQd"), take("6H"), *take("H"))))
                          for _ in range(fields)]
    if at < len(data):
        register["as_of"], register["description"] = take("i16s")
    tables = []
    for _ in range(take("H")[0] if at < len(data) else 0):
        table = dict(zip(("name", "key", "kind", "periodic", "key_field"),
                         (text(), text(), *take("BBH"))))
        table["fields"] = [take("H")[0] for _ in range(take("H")[0])]
        expect(table["kind"] < kinds and rises(table["fields"], True)
               and all(register["fields"][number]["kind"] == table["kind"]
                       for number in table["fields"]), f"table '{table['name']}' makes no sense")
        tables.append(table)
    register["tables"] = tables
    expect(at == len(data), "the head is too long")
    return register


def read_column(source, field, donor, kind, name):
    facts, size = field["facts"], 2 if name == "month" else 4
    if name == "start":
        near = donor and facts + facts // 8 >= donor["facts"]
        return differences(source, kind["count"] + 1, 4, donor["start"] if near else None)
    if donor and donor[name]:
        return picked(source, size, field["start"], donor[name], donor["start"])
    if name == "month":
        return differences(source, facts, 2)
    if name.endswith("from"):
        return days(source, facts, field["known_from"] if name == "valid_from" else None)
    return picked(source, size, field["start"], field[name.replace("to", "from")], field["start"])


def read_keys(source, field):
    if field["keys"] != field["values"] or not any(field["bytes"]):
        return front(source, field["keys"])
    if field["type"] in NUMBERS and field["key_bytes"] == 8 * field["keys"]:
        return numbers(source, field["bytes"])
    return edited(source, field["bytes"])


def read_field(source, register, number):
    field, kind = register["fields"][number], register["kinds"][register["fields"][number]["kind"]]
    donor = register["fields"][field["donor"]] if field["donor"] != NONE else None
    for (name, flag), owner in zip(COLUMNS.items(), field["owners"]):
        field[name] = None if flag and not field["flags"] & flag else register["fields"][owner][name] \
            if owner != number else read_column(source, field, donor, kind, name)
    field["fact_value"] = repeated(source, field["facts"])
    if not register["prints"]:
        field["bytes"] = kind["bytes"] if field["flags"] & 128 else front(source, field["values"])
        field["texts"] = [value.decode() for value in field["bytes"]]
    field["value_key"] = differences(source, field["values"], 4) if field["keys"] != field["values"] \
        else range(field["values"])
    if not register["prints"]:
        field["key_texts"] = read_keys(source, field) if field["flags"] & 8 else field["bytes"]
    field["key_subject"] = differences(source, field["keys"], 4) if field["type"] == REF else []
    if register["prints"]:
        field["bytes"] = [item.to_bytes(8, "big") for item in differences(source, field["keys"], 8)]
        field["texts"] = [item.hex() for item in field["bytes"]]


# ---- what the page says of the whole ----

def rises(items, strictly=False):
    return all(a < b if strictly else a <= b for a, b in zip(items, items[1:]))


def check_field(register, field):
    """The first thing that is not as the page says."""
    facts, starts = field["facts"], field["start"]
    columns = [field[name] or [0] * facts for name in COLUMNS if name != "start"]
    month, known_from, known_to, valid_from, valid_to = columns
    order = list(zip(month, known_from, field["fact_value"], valid_from, valid_to, known_to))
    known = [time for column in ("known_from", "known_to") for time in field[column] or ()
             if FIRST < time < LAST]
    leads_to = register["kinds"][field["ref_kind"]]["count"] if field["type"] == REF else 0
    for what, true in (
            ("start", starts[0] == 0 and starts[-1] == facts and rises(starts)),
            ("columns", all(len(column) == facts for column in columns)),
            ("values", len(field["bytes"]) == field["values"] and rises(field["bytes"], True)),
            ("range of values", all(value < field["values"] for value in field["fact_value"])),
            ("keys", list(dict.fromkeys(field["value_key"])) == list(range(field["keys"]))),
            ("references", all(to < leads_to or to == NOBODY for to in field["key_subject"])),
            ("facts", all(rises(order[a:b]) for a, b in zip(starts, starts[1:]))),
            ("known times", not known or rises([register["known"][0], min(known)])
             and rises([max(known), register["known"][1]]))):
        expect(true, f"field '{field['name']}': its {what} are not in order")


def read(path, key_path):
    """A register with all its arrays."""
    with open(path, "rb") as file, open(key_path, "rb") as key_file:
        data, master = file.read(), key_file.read()
    version, flags = struct.unpack_from("<II", data, 8)
    expect(data[:8] == b"tahqiq\x1a\n" and version == 5 and flags <= 1 and not any(data[48:64]),
           "not a sealed register of version 5")
    expect(data[32:48] == subkey(master, 3, 16), "sealed with another key")
    source = chunks(data, subkey(master, 1, 32))
    register = read_head(next(source), flags == 1)
    for kind in register["kinds"]:
        kind["bytes"] = front(source, kind["count"])
        kind["keys"] = [key.decode() for key in kind["bytes"]]
        expect(rises(kind["bytes"], True), f"kind '{kind['name']}': keys out of order")
    for number, field in enumerate(register["fields"]):
        read_field(source, register, number)
        check_field(register, field)
    expect(next(source, None) is None, "more chunks than the head says")
    return register


def facts_of(register, field):
    """(subject, value, month, known from, known to, valid from, valid to), in order."""
    for subject, key in enumerate(register["kinds"][field["kind"]]["keys"]):
        for i in range(field["start"][subject], field["start"][subject + 1]):
            month = field["month"] and field["month"][i]
            times = [field[name][i] if field[name] and FIRST < field[name][i] < LAST else None
                     for name in list(COLUMNS)[2:]]
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
