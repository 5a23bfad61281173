# SPDX-License-Identifier: AGPL-3.0-or-later
"""Exact look-ups of a batch of identifiers: in a sealed register, and in PostgreSQL."""

import csv
import random
import re
import subprocess

import bench_postgres
import postgres_server

UNKNOWN_SHARE = 10  # one identifier in so many is nobody's
PREPARED_SECONDS = 3


class Batch:
    """Identifiers of persons in random order, as a leak has them; some of nobody."""

    def __init__(self, tables, register, count, folder):
        self.table = next(table for table in tables
                          if table.subject == "person" and table.column_of_key())
        self.column = self.table.key
        self.field = self.table.columns[self.column]["field"]
        with open(register / self.table.file, encoding="utf-8", newline="") as file:
            self.held = sorted({row[self.column] for row in csv.DictReader(file)})
        dice = random.Random(1)
        self.texts = [self._draw(dice) for _ in range(count)]
        self.path = folder / "batch.txt"
        self.path.write_text("".join(f"{text}\n" for text in self.texts), encoding="utf-8")

    def _draw(self, dice):
        text = dice.choice(self.held)
        if dice.randrange(UNKNOWN_SHARE):
            return text
        return text[:-1] + str((int(text[-1], 36) + dice.randrange(1, 10)) % 10)


def in_register(program, sealed, key, batch):
    """Found, seconds of opening, of the first look-up, of all, of one answered from the file."""
    done = subprocess.run([program, sealed, key, batch.table.subject, batch.field, batch.path],
                          check=True, capture_output=True, text=True)
    found, *seconds = done.stdout.split()
    return int(found), *map(float, seconds)


def in_postgres(server, batch, folder):
    """Found and seconds of a join with the batch; look-ups a second by prepared statements."""
    held = folder / "held.txt"
    held.write_text("".join(f"{text}\n" for text in batch.held), encoding="utf-8")
    held.chmod(0o644)
    batch.path.chmod(0o644)
    with server.session() as session:
        for name, path in (("held", held), ("batch", batch.path)):
            session.run(f"CREATE UNLOGGED TABLE {name} (id text NOT NULL)")
            session.run(f"COPY {name} FROM {bench_postgres.quote(path.resolve())}")
        session.run("CREATE UNIQUE INDEX ON held (id)")
        session.run("ANALYZE held, batch")
        join = "SELECT count(*) FROM batch JOIN held USING (id)"
        found = int(session.run(join)[0])
        seconds = session.timed(join)
        prepared = prepared_rate(server, batch, folder)
        session.run("DROP TABLE held, batch")
    return found, seconds, prepared


def prepared_rate(server, batch, folder):
    """By as many clients as there are cores; None if the identifiers are no numbers."""
    if not all(text.isdigit() for text in (batch.held[0], batch.held[-1])):
        return None
    script = folder / "lookup.sql"
    script.write_text(f"\\set id random({int(batch.held[0])}, {int(batch.held[-1])})\n"
                      "SELECT id FROM held WHERE id = :id::text;\n", encoding="utf-8")
    done = subprocess.run(
        [postgres_server.program("pgbench"), "-n", "-M", "prepared", "-f", script, "-T",
         str(PREPARED_SECONDS), "-c", "2", "-j", "2", "-h", server.folder, "-U", "bench",
         "postgres"], check=True, capture_output=True, text=True)
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])
