# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same list in other clothes: metamorphic.py TAHQIQ REGISTER KEY LIST DELIMITER NAME-COLUMN FOLDER

What a published list says does not depend on the order of its rows or columns, on its headers, its
encoding, its delimiter, on rows that stand twice, or on how names are spelt: each variant must get the
verdicts of the list itself, row by row, but for one row in 500 (rows that stand twice teach twice).
"""

import collections
import csv
import io
import pathlib
import random
import subprocess
import sys
import unicodedata

TOLERATED = 1 / 500


class List:
    """A header (None: there is none) and rows."""

    def __init__(self, head, rows):
        self.head, self.rows = head, rows

    def written(self, encoding="utf-8", delimiter=";", quoting=csv.QUOTE_MINIMAL):
        text = io.StringIO()
        writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")
        if self.head:
            writer.writerow(self.head)
        writer.writerows(self.rows)
        return text.getvalue().encode(encoding)


def read_list(path, delimiter):
    text = pathlib.Path(path).read_bytes()
    try:
        text = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = text.decode("cp1252")
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    return List(rows[0], rows[1:])


def verdicts(tahqiq, register, key, content, folder):
    """By record number, from 0."""
    (folder / "leak").mkdir(parents=True)
    (folder / "leak/list.csv").write_bytes(content)
    subprocess.run([tahqiq, "inquire", "--register", register, "--key", key, "-o", folder / "case",
                    folder / "leak"], check=True, capture_output=True)
    exported = subprocess.run([tahqiq, "export", folder / "case", "records"], check=True,
                              capture_output=True, text=True).stdout
    return [row["verdict"] for row in csv.DictReader(io.StringIO(exported))]


def respelt(name):
    """Without accents, in small letters, particles and hyphens apart."""
    marks = unicodedata.normalize("NFD", name)
    return "".join(c for c in marks if not unicodedata.combining(c)).lower().replace("-", " ")


def variants(original, name_column):
    """(name, file, which row of the original each row is)."""
    dice = random.Random(7)
    head, rows = original.head, original.rows
    same = list(range(len(rows)))
    shuffled, columns = dice.sample(same, len(same)), dice.sample(range(len(head)), len(head))
    at = head.index(name_column)
    spelt = [[respelt(cell) if i == at else cell for i, cell in enumerate(row)] for row in rows]
    yield "shuffled rows", List(head, [rows[i] for i in shuffled]).written(), shuffled
    yield "no header", List(None, rows).written(), same
    yield "other headers", List([f"champ {i}" for i in range(len(head))], rows).written(), same
    yield "other order of columns", List([head[i] for i in columns],
                                         [[row[i] for i in columns] for row in rows]).written(), same
    yield "UTF-16", original.written(encoding="utf-16"), same
    yield "tabs", original.written(delimiter="\t"), same
    yield "commas, all quoted", original.written(delimiter=",", quoting=csv.QUOTE_ALL), same
    yield "rows twice", List(head, [row for row in rows for _ in (0, 1)]).written(), sorted(same * 2)
    yield "another spelling of names", List(head, spelt).written(), same


def main():
    tahqiq, register, key, path, delimiter, name_column, folder = sys.argv[1:]
    original = read_list(path, delimiter)
    folder = pathlib.Path(folder)
    base = verdicts(tahqiq, register, key, original.written(), folder / "base")
    assert len(base) == len(original.rows) > 1000 and len(set(base)) >= 5, collections.Counter(base)
    failures = 0
    for number, (name, content, rows) in enumerate(variants(original, name_column)):
        found = verdicts(tahqiq, register, key, content, folder / str(number))
        others = collections.Counter((base[row], verdict) for row, verdict in zip(rows, found)
                                     if base[row] != verdict)
        if len(found) != len(rows) or sum(others.values()) > TOLERATED * len(rows):
            print(f"FAILED: {name}: {len(found)} records of {len(rows)}, other verdicts: {others}")
            failures += 1
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
