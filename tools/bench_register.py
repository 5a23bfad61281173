#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A register from a PostgreSQL database, beside what the server itself can do with its tables:
bench_register.py BUILD [PERSONS [MONTHS]]

Loads a drill into the tables of schema/ and measures, in one run: COPY of the tables to nowhere,
building the register from them, pg_dump, indexes on the same columns; the size of the sealed file,
opening it, and looking up a batch. 4000000 60 is the size of a nation: hours, and 50 GB of disk.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import bench
import bench_drill
import postgres_server

GIB = 1 << 30
GZIP_SAMPLE_BYTES = 60_000_000  # of each file
LARGE = 10_000_000              # person-months from which everything runs once
CONNECTIONS = 2
RANGES = 8  # of the largest table, so that the connections end together
BUILD_GOAL = 2.0
SIZE_GOAL = 0.6
PREPARED_GOAL, JOIN_GOAL = 50, 5

# The schema's types without what checks them: loading 243 million rows would take hours.
LOOSEN = """
DO $$
DECLARE item record;
BEGIN
    FOR item IN SELECT conrelid::regclass AS relation, conname FROM pg_constraint
        WHERE connamespace = 'fund'::regnamespace AND conrelid <> 0
        ORDER BY contype <> 'f' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', item.relation,
                       item.conname);
    END LOOP;
    FOR item IN SELECT tgrelid::regclass AS relation, tgname FROM pg_trigger
        WHERE NOT tgisinternal LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', item.tgname, item.relation);
    END LOOP;
    FOR item IN SELECT indexrelid::regclass AS index FROM pg_index JOIN pg_class AS class
        ON class.oid = indrelid WHERE relnamespace = 'fund'::regnamespace LOOP
        EXECUTE format('DROP INDEX %s', item.index);
    END LOOP;
    FOR item IN SELECT oid::regclass AS relation FROM pg_class
        WHERE relnamespace = 'fund'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('ALTER TABLE %s SET UNLOGGED', item.relation);
    END LOOP;
END $$
"""


class Source:
    """A table of the database, as the description reads it."""

    def __init__(self, table, query):
        self.query = query
        self.relation = query.split(" FROM ")[1]
        chosen = query.removeprefix("SELECT ").split(" FROM ")[0]
        names = dict(reversed(part.split(" AS ")) if " AS " in part else (part, part)
                     for part in chosen.split(", "))
        self.indexed = [names[name] for name in dict.fromkeys([table.key, *table.columns])]

    def copies(self, pages):
        """Statements that together copy all of it to nowhere; several for a large one."""
        count = RANGES if pages > 1000 else 1
        ranges = [f"ctid >= '({pages * i // count},0)'" for i in range(count)]
        ends = [f" AND ctid < '({pages * (i + 1) // count},0)'" for i in range(count - 1)] + [""]
        return [f"COPY ({self.query} WHERE {first}{end}) TO '/dev/null' (FORMAT csv)"
                for first, end in zip(ranges, ends)]


def sources_of(register):
    """The tables of the drill's description, and where the database has them."""
    text = (register / "register-postgres.yaml").read_text(encoding="utf-8")
    queries = re.findall(r"^    sql: (.*)$", text, re.M)
    return [Source(table, query) for table, query in zip(bench_drill.describe(register), queries)]


# ---- the database ----

def conninfo(server):
    return f"host={server.folder} user=bench dbname=postgres"


def apply_schema(server):
    folder = pathlib.Path(__file__).resolve().parent.parent / "schema"
    command = [postgres_server.program("psql"), "-Xq1", "-v", "ON_ERROR_STOP=1"]
    for path in sorted(folder.glob("*.sql")):
        command += ["-f", path]
    bench.run([*command, conninfo(server)])
    with server.session() as session:
        session.run(LOOSEN)


def load(state):
    """A drill whose register is in the database as well; its folder."""
    options, drill = state.options, state.work / "drill"
    bench.say(f"making a drill of {options.persons:,} persons and {options.months} months, and "
              "loading it")
    apply_schema(state.server)
    bench.run([state.tahqiq, "drill", drill, "--persons", options.persons, "--employers",
               options.employers, "--months", options.months, "--rows", 1000, "--documents", 0,
               "--seed", options.seed, "--postgres", conninfo(state.server)])
    with state.server.session() as session:
        session.run("VACUUM ANALYZE")  # else the first to read would write
    return drill


def copy_all(server, sources):
    """Seconds of copying all tables to nowhere, over as many connections as there are cores."""
    with server.session() as session:
        pages = {source: int(session.run("SELECT relpages FROM pg_class WHERE oid = "
                                         f"'{source.relation}'::regclass")[0])
                 for source in sources}
    ordered = sorted(sources, key=pages.get, reverse=True)
    statements = [text for source in ordered for text in source.copies(pages[source])]

    def copy(statement):
        with server.session() as session:
            session.run("SET timezone = 'Africa/Casablanca'")
            session.run(statement)

    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(copy, statements))
    return time.perf_counter() - begin


def dump(server, sources):
    """Seconds and bytes of pg_dump --format=custom."""
    command = [postgres_server.program("pg_dump"), "--format=custom", "-d", conninfo(server)]
    for source in sources:
        command += ["-t", source.relation]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        size = sum(len(block) for block in iter(lambda: process.stdout.read(1 << 18), b""))
    if process.returncode != 0:
        raise RuntimeError(f"pg_dump ended with {process.returncode}")
    return time.perf_counter() - begin, size


def index_all(server, sources):
    """Seconds of an index on each column of which the register has one; none is kept."""
    seconds = 0.0
    with server.session() as session:
        for source in sources:
            for column in source.indexed:
                seconds += session.timed(f"CREATE INDEX bench_index ON {source.relation} "
                                         f"({column})")
                session.run("DROP INDEX fund.bench_index")
    return seconds


# ---- Tahqiq ----

def build(state, drill):
    """The sealed register and how its build went."""
    sealed = drill.with_suffix(".tqr")
    return sealed, bench.run(
        [state.tahqiq, "register", "build", drill / "register/register-postgres.yaml", "-o", sealed,
         "--key", state.key, "--postgres", conninfo(state.server), "--allow-writable-role"])


def gzip_estimate(paths):
    """Bytes under gzip -6, from the front of each file."""
    total = 0.0
    for path in paths:
        size = path.stat().st_size
        with open(path, "rb") as file:
            sample = file.read(GZIP_SAMPLE_BYTES)
        zipped = subprocess.run(["gzip", "-6", "-c"], input=sample, capture_output=True,
                                check=True).stdout
        total += len(zipped) * size / len(sample)
    return total


# ---- the whole ----

class Figures:
    """The lines of the table."""

    def __init__(self, rows, csv_bytes, options):
        self.part = bench.Part(
            "Register from PostgreSQL", f"{options.persons:,} persons, {options.months} months: "
            f"{rows:,} rows, {csv_bytes / 1e9:.2f} GB as CSV")
        self.build = self.part.line("tahqiq register build --postgres", "rows/s", rows)
        self.copy = self.part.line(f"COPY to /dev/null, {CONNECTIONS} connections", "rows/s", rows,
                                   build=self.build)
        self.dump = self.part.line("pg_dump --format=custom", "rows/s", rows, build=self.build)
        self.index = self.part.line("CREATE INDEX on the same columns", "rows/s", rows,
                                    build=self.build)

    def remark_build(self, sealed_bytes, zipped):
        times, share = 1 / self.copy.ratio("build"), sealed_bytes / zipped
        dumped = self.dump.detail["bytes"]
        self.remark(f"Size: sealed {sealed_bytes / 1e6:.1f} MB, pg_dump {dumped / 1e6:.1f} MB, CSV "
                    f"under gzip -6 {zipped / 1e6:.1f} MB (from the front of each file)")
        self.goal("build within 2 times bare COPY", f"{times:.2f} times", times <= BUILD_GOAL)
        self.goal("sealed at most 0.6 of CSV under gzip", f"{share:.2f}", share <= SIZE_GOAL)

    def remark_lookups(self):
        for series in self.part.series:
            against = [("prepared", PREPARED_GOAL), ("join", JOIN_GOAL)]
            wanted = next((goal for name, goal in against if name in series.name), None)
            if wanted and series.seconds:
                ratio = series.ratio("lookups")
                self.goal(f"look-ups {wanted} times {series.name}", f"{ratio:.1f}",
                          ratio >= wanted)

    def goal(self, wanted, measured, is_met):
        self.remark(f"Goal: {wanted}: {measured} ({'met' if is_met else 'missed'})")

    def remark(self, text):
        self.part.remarks.append(text)


def measure(state):
    drill = load(state)
    register = drill / "register"
    sources = sources_of(register)
    files = sorted(register.glob("*.csv"))
    csv_bytes = sum(path.stat().st_size for path in files)
    rows = sum(bench.count_lines(path) - 1 for path in files)
    figures = Figures(rows, csv_bytes, state.options)
    bench.say("measuring: COPY, build")
    for _ in range(state.options.runs):
        figures.copy.add(copy_all(state.server, sources))
        sealed, measured = build(state, drill)
        figures.build.add(measured.seconds, measured.peak_kib)
    bench.say("measuring: look-ups")
    bench.measure_lookups(state, figures.part, sealed, bench_drill.describe(register))
    zipped = gzip_estimate(files)
    for path in files:
        path.unlink()  # room for the indexes
    bench.say("measuring: pg_dump, indexes")
    for _ in range(state.options.runs):
        seconds, size = dump(state.server, sources)
        figures.dump.add(seconds)
        figures.dump.detail = {"bytes": size}
        figures.index.add(index_all(state.server, sources))
    figures.remark_build(sealed.stat().st_size, zipped)
    figures.remark_lookups()
    return figures.part


def want_room(options, folder):
    """The drill's files, the tables, and the largest index while it is sorted."""
    needed = 3 * options.persons * (1300 + 55 * options.months) + 2 * GIB
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise RuntimeError(f"'{folder}' has {free / GIB:.0f} GiB free, and about "
                           f"{needed / GIB:.0f} are needed: give --folder, or a smaller size")


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench register",
                                     description=__doc__.splitlines()[0])
    parser.add_argument("build", help="a release build folder")
    parser.add_argument("persons", nargs="?", type=int, default=200000)
    parser.add_argument("months", nargs="?", type=int, default=12)
    parser.add_argument("--lookups", type=int, default=1000000, help="identifiers looked up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, help="rounds (default: 3; of a large register 1)")
    parser.add_argument("--folder", default=tempfile.gettempdir(),
                        help="where to make the working folder (default: TMPDIR)")
    options = parser.parse_args()
    options.employers = max(1, options.persons // 8)
    options.runs = options.runs or (1 if options.persons * options.months > LARGE else 3)
    options.minutes, options.parts = 0, ()  # bench.Bench wants them
    return options


def main():
    options = arguments()
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, bench.stop)
    shape, begin = bench.machine(), time.monotonic()
    try:
        want_room(options, options.folder)
        with tempfile.TemporaryDirectory(prefix="tahqiq-bench-", dir=options.folder) as name:
            os.chmod(name, 0o755)  # the server runs as somebody else
            state = bench.Bench(options, pathlib.Path(name))
            with postgres_server.Server(state.work / "postgres") as state.server:
                part = measure(state)
    except RuntimeError as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        return 1
    print(f"Measured in {(time.monotonic() - begin) / 60:.1f} minutes, load "
          f"{os.getloadavg()[0]:.1f} at the end, seed {options.seed}, on:\n")
    print("\n".join(f"* {line}" for line in shape) + "\n")
    print(bench.table_text([part]) + "\n")
    print("\n".join(f"* {remark}" for remark in part.remarks))
    return 0


if __name__ == "__main__":
    sys.exit(main())
