#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Three institutions unlike the drill's: make their registers and leaks, and score what came out.

A bank (tab separated, two surnames, dates and times as Spain writes them), a town (pages with
titles, headers and totals) and a seller's sample (values masked). `make DIR` writes them; `score DIR TAHQIQ` fails below the floors.
All persons are invented.
"""

import csv
import io
import pathlib
import random
import subprocess
import sys

SURNAMES = ("García Ruiz Moreno Navarro Torres Molina Ortega Castro Rubio Marín Prieto Vidal Herrera"
            " Peña Flores Vega Carrasco Nieto Aguilar Lozano Crespo Soto Moya Soler Parra").split()
GIVEN = ("Antonio Manuel Javier Carlos Lucía Paula Elena Raquel Pilar Sara Rosa Irene Nuria Rocío"
         " Andrés Vicente Mario Jaime").split()
STREETS = "Mayor,Real,del Sol,San Juan,Cervantes,Nueva,del Prado,Goya,del Pilar,Santa Ana".split(",")
PERSONS, ROWS, OUTSIDERS = 900, 500, 60
FLOORS = {"bank": .985, "town": .985, "sample": .985}  # share of records with the right subject and verdict

REGISTER = """register: {{name: {name}, country: ES, timezone: Europe/Madrid}}
subjects: [person]
tables:
  - name: people
    subject: person
    key: number
    file: people.tsv
    delimiter: tab
    encoding: ISO-8859-1
    known: [since, until]
    columns:
      number: {{field: number, type: id, category: identity}}
      surname1: {{field: surname1, type: family-name, category: identity}}
      surname2: {{field: surname2, type: family-name, category: identity}}
      given: {{field: given, type: given-name, category: identity}}
      born: {{field: born, type: date, category: identity}}
      street: {{field: street, type: address, category: location}}
"""


def person(rng, number):
    return {"number": str(number), "surname1": rng.choice(SURNAMES), "surname2": rng.choice(SURNAMES),
            "given": rng.choice(GIVEN),
            "born": f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{rng.randint(1940, 2004)}",
            "street": f"{rng.choice(['Calle', 'Plaza'])} {rng.choice(STREETS)}, {rng.randint(1, 150)}"}


def leaked(rng, people, number):
    """(cells, subject, verdict) of one record."""
    inside = number % (ROWS // OUTSIDERS) != 0
    row = dict(people[number] if inside else person(rng, 90000000 + number))
    if not inside:
        return row, "", "unfounded"
    if rng.random() < .1:
        row["born"] = f"{rng.randint(1, 28):02d}/06/1930"
        return row, row["number"], "altered"
    if rng.random() < .1:
        row["born"] = ""
        return row, row["number"], "incomplete"
    return row, row["number"], "authentic"


def full_name(row):
    return f"{row['surname1']} {row['surname2']}, {row['given']}".upper()


def short_street(row):
    return row["street"].upper().replace("CALLE ", "C/ ").replace("PLAZA ", "PZA. ").replace(",", " Nº")


def bank_leak(rows):
    text = [["CLIENTE", "NIF", "NOMBRE", "FEC_NAC", "DIRECCION"]]
    text += [[str(i), r["number"], full_name(r), r["born"].replace("/", "-"), short_street(r)]
             for i, r in enumerate(rows)]
    return text


def town_leak(rows):
    text = []
    for page in range(0, len(rows), 40):
        text += [["PADRON 2024", "", "", f"Pag. {page // 40 + 1}"], [""] * 4,
                 ["Titular", "Expediente", "Domicilio", "Nacimiento"]]
        text += [[full_name(r), r["number"], short_street(r), r["born"]] for r in rows[page:page + 40]]
        text.append(["Total pagina", "40", "", ""])
    return text


def starred(word):
    return word[0] + "*" * (len(word) - 1)


def sample_leak(rows):
    return [["id", "name", "born", "street"]] + [
        [f"{r['number'][:2]}****{r['number'][-2:]}",
         " ".join(starred(w) for w in (r["given"], r["surname1"], r["surname2"])),
         r["born"] and "**" + r["born"][2:], short_street(r)] for r in rows]


def write(path, rows, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(out.getvalue().encode("iso-8859-1"))


def make(folder):
    for seed, (name, leak, delimiter) in enumerate([("bank", bank_leak, "\t"), ("town", town_leak, ";"),
                                                    ("sample", sample_leak, ",")]):
        rng = random.Random(seed)
        place = folder / name
        (place / "leak").mkdir(parents=True)
        people = [person(rng, 10000000 + 7919 * i) for i in range(PERSONS)]
        (place / "register.yaml").write_text(REGISTER.format(name=name))
        write(place / "people.tsv", [list(people[0]) + ["since", "until"]]
              + [list(p.values()) + ["31/12/2019 08:30", "31/12/9999"] for p in people], "\t")
        records = [leaked(rng, people, i) for i in range(ROWS)]
        write(place / "leak" / "list.csv", leak([r[0] for r in records]), delimiter)
        write(place / "truth.csv", [[r[1], r[2]] for r in records], ",")


def score(folder, tahqiq):
    worst = 0
    for name, floor in FLOORS.items():
        place = folder / name
        key, sealed, case = place / "key", place / "r.tqr", place / "case"
        for command in (["register", "build", place / "register.yaml", "-o", sealed, "--key", key],
                        ["inquire", "--register", sealed, "--key", key, "-o", case, place / "leak"]):
            subprocess.run([tahqiq, *command], check=True, stdout=subprocess.DEVNULL)
        out = subprocess.run([tahqiq, "export", case, "records"], check=True, capture_output=True)
        got = [(r["subject"], r["verdict"]) for r in csv.DictReader(io.StringIO(out.stdout.decode()))]
        want = [tuple(r) for r in csv.reader(io.StringIO((place / "truth.csv").read_text()))]
        right = sum(a == b for a, b in zip(got, want)) / len(want) if len(got) == len(want) else 0
        strangers = sum(1 for a, b in zip(got, want) if a[0] and a[0] != b[0])
        print(f"{name}: {len(got)} records, {right:.4f} right, {strangers} false links")
        worst |= right < floor or strangers > 0
    return worst


if __name__ == "__main__":
    sys.exit(make(pathlib.Path(sys.argv[2])) if sys.argv[1] == "make"
             else score(pathlib.Path(sys.argv[2]), sys.argv[3]))
