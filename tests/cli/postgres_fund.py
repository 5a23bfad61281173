#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A drill's register in a PostgreSQL server of our own: postgres_fund.py REGISTER FOLDER

Starts the server in FOLDER/server, loads the CSV files of REGISTER into typed tables, writes
FOLDER/register.yaml, which reads them from there, makes FOLDER/ready, and serves until its standard
input ends.
"""

import csv
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
# pylint: disable=wrong-import-position
import postgres_server  # noqa: E402

# What a database would have them as; text otherwise.
TYPES = {"jours": "smallint", "jours_cumules": "integer", "rang": "smallint", "salaire": "numeric",
         "salaire_reference": "numeric", "montant": "numeric", "rembourse": "numeric",
         "rc": "integer", "sexe": "char(3)"}
FILE = "allocations.csv"  # this one stays a file
QUERIES = {"emplois.csv": "SELECT e.*, 1 AS unused FROM fund.emplois AS e -- all of them",
           "comptes.csv": "WITH c AS (TABLE fund.comptes) SELECT * FROM c ; "}


def type_of(column):
    if column.startswith("date_") or column.startswith("valide_") or column.startswith("naissance"):
        return "date"
    if column in ("connu_du", "connu_au", "recu_le", "remplace_le"):
        return "timestamptz"
    return TYPES.get(column, "text")


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def load(session, path):
    with open(path, encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    table = f"fund.{path.stem}"
    listed = ", ".join(f"{name} {type_of(name)}" for name in columns)
    session.run(f"CREATE TABLE {table} (unused jsonb, {listed})")
    session.run(f"\\copy {table} ({', '.join(columns)}) FROM {literal(str(path))} (FORMAT csv, HEADER)")


def describe(register, folder):
    lines = []
    for line in (register / "register.yaml").read_text(encoding="utf-8").splitlines():
        key, _, name = line.partition("file: ")
        if not key.strip() and name in QUERIES:
            line = f"    sql: '{QUERIES[name]}'"
        elif not key.strip() and name == FILE:
            line = f"    file: {register / name}"
        elif not key.strip() and name:
            line = f"    table: fund.{name.removesuffix('.csv')}"
        lines.append(line)
    (folder / "register.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


# The tables that nobody should have, but somebody has.
ODD = """
CREATE TABLE fund.odd (k text, born date, seen timestamptz, gone timestamptz, "No ""1"" of" text,
    list text[], "Ünï" boolean);
INSERT INTO fund.odd VALUES
    ('1', '1980-05-12', '-infinity', 'infinity', 'plain', NULL, true),
    ('2', '0001-01-01', NULL, NULL, E'two\\nlines, "quoted"', NULL, false),
    ('3', '0044-03-15 BC', NULL, NULL, NULL, NULL, NULL),
    ('4', 'infinity', NULL, NULL, '', NULL, NULL),
    (NULL, '1980-05-12', NULL, NULL, 'nobody', NULL, NULL),
    ('6', '1980-05-12', 'infinity', NULL, 'x', NULL, NULL),
    ('7', '1980-05-12', '0001-01-01 00:00:00+00', NULL, 'x', NULL, NULL),
    ('8', '1980-05-12', NULL, '-infinity', 'x', NULL, NULL),
    ('9', '1980-05-12', '0044-03-15 00:00:00+00 BC', NULL, 'x', NULL, NULL);
CREATE ROLE reader LOGIN;
CREATE ROLE writer LOGIN IN ROLE reader;
CREATE ROLE hidden LOGIN NOINHERIT IN ROLE reader, writer;
CREATE ROLE maker LOGIN CREATEROLE IN ROLE reader;
CREATE ROLE single LOGIN CONNECTION LIMIT 1 IN ROLE reader;
CREATE ROLE blind LOGIN;
GRANT USAGE ON SCHEMA fund TO reader;
GRANT SELECT ON ALL TABLES IN SCHEMA fund TO reader;
GRANT UPDATE (nom) ON fund.assures TO writer
"""


def main():
    register, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    with postgres_server.Server(folder / "server") as server:
        with server.session() as session:
            session.run("CREATE SCHEMA fund")
            for path in sorted(register.glob("*.csv")):
                load(session, path)
            session.run(ODD.strip())
            session.run("ANALYZE")
        describe(register, folder)
        (folder / "ready").touch()
        sys.stdin.read()


if __name__ == "__main__":
    main()
