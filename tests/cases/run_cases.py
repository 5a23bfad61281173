#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Run the golden cases beside this file: run_cases.py TAHQIQ [--print]

A case is a text that an analyst can read: a sentence, perhaps a note, and three parts. `register`
has rows of history of the persons it is about, `published` one row of a list, `expected` what the
inquiry says of it: the record's verdict and subject, and for a column its verdict and, behind a
comma, words of its ground. All cases share one register, whose other persons are made here, and one inquiry
into lists that were taken at SNAPSHOT. `published` is a row of list.csv; "published in months" is one
of a list that shows of births only the month, "published in ages" one that shows ages, "published in names" one
of names and cities alone: LISTS has them.
--print shows what is said, to write a new case.
"""

import csv
import io
import json
import pathlib
import random
import subprocess
import sys
import tempfile

OTHERS = 600
LISTED = 300  # of the others
SNAPSHOT = "2024-06-01"
REGISTER = ("id national_id family_name given_name birth_date phone city salary "
            "known_from known_to").split()
AGES_OF = (2024, 3, 1)  # the day on which the list of ages was made
PUBLISHED = "ID CARD NAME FIRST BORN PHONE CITY SALARY".split()
DESCRIPTION = """
register: {name: Golden cases, country: MA, timezone: UTC}
subjects: [person]
tables:
  - name: persons
    subject: person
    key: id
    file: persons.csv
    known: [known_from, known_to]
    columns:
      id: {field: number, type: id, category: identity}
      national_id: {field: national_id, type: id, category: identity}
      family_name: {field: family_name, type: family-name, category: identity}
      given_name: {field: given_name, type: given-name, category: identity}
      birth_date: {field: birth_date, type: date, category: identity}
      phone: {field: phone, type: phone, category: contact}
      city: {field: city, type: text, category: location}
      salary: {field: salary, type: amount, category: financial}
"""


class Case:
    """One file."""

    def __init__(self, path):
        self.name = path.stem
        parts = path.read_text(encoding="utf-8").split("\n== ")
        blocks = {}
        for part in parts[1:]:
            title, _, body = part.partition("\n")
            blocks[title.strip()] = body.strip("\n")
        self.register = read_rows(blocks["register"], REGISTER, self.name)
        title = next(title for title in blocks if title.startswith("published"))
        self.list = title.removeprefix("published").removeprefix(" in ") or "list"
        self.published = read_rows(blocks[title], PUBLISHED, self.name)[0]
        self.expected = [line.split(": ", 1) for line in blocks["expected"].splitlines()]


def read_rows(block, columns, name):
    """Rows with a header of their own; a column that is left out is empty."""
    rows = list(csv.DictReader(io.StringIO(block)))
    for row in rows:
        unknown = set(row) - set(columns)
        if unknown:
            raise SystemExit(f"{name}: there is no column {', '.join(map(str, unknown))}")
    return [[row.get(column, "") for column in columns] for row in rows]


# ---- everybody else ----

ONSETS = "b d f g h j k l m n r s t z ch gh kh".split()
VOWELS = "a i ou e o".split()
CITIES = "Fes Oujda Taza Safi Nador Agadir Larache Settat".split()


def word(dice, syllables):
    return "".join(dice.choice(ONSETS) + dice.choice(VOWELS) for _ in range(syllables)).title()


def make_other(dice, number):
    """Rows of history: a salary a year, sometimes a move with another telephone."""
    identity = [f"{100000 + 37 * number}", f"ZT{200000 + 91 * number}", word(dice, 3),
                word(dice, 2), f"{dice.randint(1955, 2002)}-{dice.randint(1, 12):02}-"
                               f"{dice.randint(1, 28):02}"]
    rows, known = [], "2020-01-01"
    phone, city = f"06{dice.randint(10**7, 10**8 - 1)}", dice.choice(CITIES)
    for year in range(2021, 2026):
        until = f"{year}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        rows.append(identity + [phone, city, f"{dice.randint(3000, 20000)}.00", known, until])
        known = until
        if dice.random() < .3:
            phone, city = f"06{dice.randint(10**7, 10**8 - 1)}", dice.choice(CITIES)
    rows[-1][-1] = ""
    return rows


def held_at_snapshot(rows):
    return next(row for row in rows if row[-2] <= SNAPSHOT and (not row[-1] or SNAPSHOT < row[-1]))


def age_of(year, month, day):
    return AGES_OF[0] - year - ((month, day) > AGES_OF[1:])


# How each list shows a birth.
LISTS = {
    "ages": age_of,
    "list": lambda year, month, day: f"{day:02}/{month:02}/{year}",
    "months": lambda year, month, day: f"{month:02}/{year}",
    "names": None,
}


def publish(row, born):
    """As a list writes it."""
    year, month, day = map(int, row[4].split("-"))
    shown = [row[0], row[1], row[2].upper(), row[3].upper(), born and born(year, month, day), *row[5:8]]
    return shown if born else ["", "", *shown[2:4], "", "", shown[6], ""]


# ---- the run ----

def write(path, header, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {done.stderr}")
    return done.stdout


def inquire(tahqiq, cases, folder):
    """Records of the cases, in their order."""
    dice = random.Random(1)
    others = [make_other(dice, number) for number in range(OTHERS)]
    persons = [row for rows in others for row in rows]
    persons += [row for case in cases for row in case.register]
    listed = [held_at_snapshot(rows) for rows in others[:LISTED]]
    (folder / "leak").mkdir()
    (folder / "register.yaml").write_text(DESCRIPTION, encoding="utf-8")
    write(folder / "persons.csv", REGISTER, persons)
    for name, born in LISTS.items():
        write(folder / f"leak/{name}.csv", PUBLISHED, [publish(row, born) for row in listed]
              + [case.published for case in cases if case.list == name])
    run(tahqiq, "register", "build", folder / "register.yaml", "-o", folder / "r.tqr", "--key",
        folder / "k")
    run(tahqiq, "inquire", "--register", folder / "r.tqr", "--key", folder / "k", "-o",
        folder / "case", folder / "leak")
    records = [json.loads(line) for line in
               run(tahqiq, "export", folder / "case", "records", "--format", "jsonl").splitlines()]
    found = {name: iter([record for record in records
                         if record["exhibit"] == f"{name}.csv"][LISTED:]) for name in LISTS}
    return [next(found[case.list]) for case in cases]


def cells_of(record):
    cells = record["cells"]
    return {PUBLISHED[int(column) - 1]: verdict
            for column, _, verdict in (json.loads(cells) if isinstance(cells, str) else cells)}


def grounds_of(shown):
    """By field, what 'show' says of it: its line, and those below that are indented further."""
    grounds, field = {}, ""
    for line in shown.splitlines()[1:]:
        if line.strip() and not line.startswith("   "):
            field = line.split()[0]
        grounds[field] = f"{grounds.get(field, '')} {' '.join(line.split())}".strip()
    return grounds


def said_of(record, shown):
    """What is said of a record, by the words that `expected` may use."""
    fields = dict(zip(PUBLISHED, ["number", *REGISTER[1:8]]))
    said = {"verdict": record["verdict"], "subject": record["subject"] or "nobody"}
    grounds = grounds_of(shown)
    for column, verdict in cells_of(record).items():
        said[column] = grounds.get(fields[column], f"{fields[column]} {verdict}")
    return said


def faults_of(case, said):
    for word_of, wanted in case.expected:
        found = said.get(word_of, "not judged")
        if word_of in ("verdict", "subject"):
            is_right = found == wanted
        else:
            verdict, _, ground = wanted.partition(", ")
            is_right = found.split()[1] == verdict and ground in found
        if not is_right:
            yield f"{word_of}: expected {wanted}, found {found}"


def main():
    tahqiq, shows = sys.argv[1], "--print" in sys.argv[2:]
    cases = [Case(path) for path in sorted(pathlib.Path(__file__).parent.glob("*.case"))]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tahqiq-cases-") as name:
        folder = pathlib.Path(name)
        for case, record in zip(cases, inquire(tahqiq, cases, folder), strict=True):
            said = said_of(record, run(tahqiq, "show", folder / "case", "record",
                                       f"{case.list}.csv:{record['record']}", "--reveal", "--reason",
                                       "a test of invented persons", "--register",
                                       folder / "r.tqr", "--key", folder / "k"))
            if shows:
                print(f"{case.name}: {json.dumps(said, ensure_ascii=False, indent=2)}")
            for fault in faults_of(case, said):
                print(f"FAILED: {case.name}: {fault}")
                failed += 1
    print(f"{len(cases)} cases, {failed} faults")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
