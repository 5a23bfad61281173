#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measure Tahqiq beside its yardsticks and print a table: bench.py BUILD [PART...]

Within each round everything runs once, one after the other, so that a noisy machine is as unfair
to the one as to the other. Rates are medians over the rounds; ratios are medians of the ratios
within each round. A part does as many rounds as its share of --minutes allows, at most --runs.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import bench_drill
import bench_lookup
import bench_postgres
import postgres_server

PARTS = ("register", "csv", "pdf")
WEIGHTS = {"register": 2, "csv": 2, "pdf": 3}  # of the time there is
PDFTOTEXT_SAMPLE = 200
CSV_GOAL = 5.0  # times PostgreSQL's rate
PDF_GOAL = 0.6  # of bare MuPDF's rate
SLACK_KIB = 1024


# ---- running and timing ----

class Measured:
    """How long commands took, the largest resident set of any of them and their children, what
    they wrote, and their seconds of processor."""

    def __init__(self, seconds, peak_kib, output="", processor=0.0):
        self.seconds, self.peak_kib, self.output = seconds, peak_kib, output
        self.processor = processor


def run(command, **options):
    """Run to the end and measure; RuntimeError if it fails."""
    return run_together([command], **options)


def run_together(commands, **options):
    """Run all at once; the time until the last has ended."""
    started = []
    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        try:
            for command in commands:
                output = tempfile.TemporaryFile("w+")  # pylint: disable=consider-using-with
                started.append((subprocess.Popen(  # pylint: disable=consider-using-with
                    [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                    stderr=errors, **options), output))
            usages = [wait(process) for process, _ in started]
        except BaseException:
            for process, _ in started:
                if process.returncode is None:
                    process.kill()
                    process.wait()
            raise
        seconds = time.perf_counter() - begin
        texts = []
        for process, output in started:
            output.seek(0)
            texts.append(output.read())
            output.close()
        errors.seek(0)
        for (process, _), command in zip(started, commands):
            if process.returncode != 0:
                raise RuntimeError(f"'{' '.join(map(str, command[:3]))} ...' ended with "
                                   f"{process.returncode}: {errors.read()[-600:]}")
    return Measured(seconds, max(usage.ru_maxrss for usage in usages), "".join(texts),
                    sum(usage.ru_utime + usage.ru_stime for usage in usages))


def wait(process):
    """Wait for one process; what it used, and the children it waited for."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage


class Clock:
    """Shares the time among the parts and says how many rounds each may do."""

    def __init__(self, minutes, runs, parts):
        self.end = time.monotonic() + minutes * 60
        self.runs = runs
        self.left = list(parts)

    def rounds(self, part):
        """Count rounds until the part's share is used up; one at least."""
        weight = sum(WEIGHTS[other] for other in self.left)
        begin = time.monotonic()
        deadline = begin + (self.end - begin) * WEIGHTS[part] / weight
        self.left.remove(part)
        for i in range(self.runs):
            started = time.monotonic()
            yield i
            if 2 * time.monotonic() - started > deadline:
                return


# ---- what was measured ----

class Series:
    """One line of the table: the same work done several times."""

    def __init__(self, name, unit, amount, **ours):
        self.name, self.unit, self.amount = name, unit, amount
        self.ours = ours  # by short names, the Series of Tahqiq that this is the yardstick of
        self.seconds, self.peaks = [], []
        self.detail = {}

    def add(self, seconds, peak_kib=0):
        self.seconds.append(seconds)
        self.peaks.append(peak_kib)

    def rates(self):
        return [self.amount / seconds for seconds in self.seconds]

    def ratio(self, ours):
        """Tahqiq's rate by this one's, round by round."""
        return statistics.median(mine / theirs for mine, theirs
                                 in zip(self.ours[ours].rates(), self.rates()))

    def as_json(self):
        rates = self.rates()
        return {"name": self.name, "unit": self.unit, "amount": self.amount,
                "rate": statistics.median(rates), "rate_min": min(rates), "rate_max": max(rates),
                "seconds": self.seconds, "peak_mib": round(max(self.peaks) / 1024, 1),
                "tahqiq_to_this": {ours: self.ratio(ours) for ours in self.ours}, **self.detail}

    def cells(self):
        rates = sorted(self.rates())
        peak = max(self.peaks)
        floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + SLACK_KIB
        memory = "" if not peak else f"{peak / 1024:.0f}" if peak > floor else \
            f"< {floor / 1024:.0f}"
        against = ", ".join(f"{ours} {self.ratio(ours):.2f}" for ours in self.ours)
        return [self.name, f"{number(statistics.median(rates))} {self.unit}",
                f"{number(rates[0])} - {number(rates[-1])}",
                f"{statistics.median(self.seconds):.2f}", str(len(rates)), memory, against]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


HEADER = ["", "median", "min - max", "s", "runs", "peak MiB", "Tahqiq by this"]
LEFT = {0, 6}


class Part:
    """A heading, its lines, and what must be said about them."""

    def __init__(self, title, size):
        self.title, self.series, self.remarks = title, [], [f"{title}: {size}"]

    def line(self, *arguments, **named):
        series = Series(*arguments, **named)
        self.series.append(series)
        return series


def table_text(parts):
    """All parts as one table in Markdown, aligned to be read as it is."""
    rows = []
    for part in parts:
        rows.append([f"**{part.title}**"] + [""] * (len(HEADER) - 1))
        rows += [series.cells() for series in part.series if series.seconds]
    widths = [max(len(row[i]) for row in [HEADER, *rows]) for i in range(len(HEADER))]

    def show(row):
        return "| " + " | ".join(cell.ljust(width) if i in LEFT else cell.rjust(width)
                                 for i, (cell, width) in enumerate(zip(row, widths))) + " |"

    rule = "|" + "|".join("-" * (w + 2) if i in LEFT else "-" * (w + 1) + ":"
                          for i, w in enumerate(widths)) + "|"
    return "\n".join([show(HEADER), rule, *map(show, rows)])


# ---- the parts ----

class Bench:
    """Where things are, and what was made so far."""

    def __init__(self, options, work):
        self.options, self.work = options, work
        build = pathlib.Path(options.build).resolve()
        self.tahqiq = build / "src/cli/tahqiq"
        self.reader = build / "src/reader/tahqiq-reader"
        self.tools = build / "tests/bench"
        self.clock = Clock(options.minutes, options.runs, options.parts)
        self.key = work / "register.key"
        self.drills = {}
        self.server = None

    def drill(self, name, persons, rows, documents, months):
        """A drill's folder; made once."""
        if name not in self.drills:
            say(f"making a drill: {persons:,} persons, {rows:,} rows, {documents:,} documents")
            folder = self.work / name
            run([self.tahqiq, "drill", folder, "--persons", persons, "--rows", rows,
                 "--documents", documents, "--months", months, "--seed", self.options.seed])
            self.drills[name] = folder
        return self.drills[name]

    def list_drill(self):
        o = self.options
        return self.drill("list", o.persons, o.rows, 0, o.months)

    def document_persons(self):
        return max(1000, self.options.persons // 5)

    def document_drill(self):
        o = self.options
        return self.drill("documents", self.document_persons(), o.rows // 5, o.documents, 36)

    def seal(self, drill):
        """Build the drill's register; returns its path and how the build went."""
        sealed = drill.with_suffix(".tqr")
        sealed.unlink(missing_ok=True)
        return sealed, run([self.tahqiq, "register", "build", drill / "register/register.yaml",
                            "-o", sealed, "--key", self.key])

    def inquire(self, sealed, evidence):
        case = self.work / "case"
        measured = run([self.tahqiq, "inquire", "--register", sealed, "--key", self.key, "-o",
                        case, evidence])
        shutil.rmtree(case)
        return measured

    def examine(self, sealed, evidence):
        """Take the evidence first, without measuring, then examine it."""
        case = self.work / "case"
        run([self.tahqiq, "case", "new", case, "--title", "bench"])
        run([self.tahqiq, "take", case, evidence])
        measured = run([self.tahqiq, "examine", case, "--register", sealed, "--key", self.key])
        shutil.rmtree(case)
        return measured


def say(text):
    print(f"# {text}", file=sys.stderr, flush=True)


def measure_register(bench):
    """Build a sealed register; PostgreSQL loads and indexes the same tables."""
    register = bench.document_drill() / "register"
    tables = bench_drill.describe(register)
    size = sum((register / table.file).stat().st_size for table in tables)
    rows = sum(count_lines(register / table.file) - 1 for table in tables)
    part = Part("Register", f"{len(tables)} tables, {rows:,} rows, {size / 1e6:.0f} MB of CSV")
    build = part.line("tahqiq register build", "rows/s", rows)
    copy_index = part.line("PostgreSQL COPY + indexes", "rows/s", rows, build=build)
    copy = part.line("... of it COPY", "rows/s", rows)
    build_bytes = part.line("tahqiq register build", "MB/s", size / 1e6)
    for _ in bench.clock.rounds("register"):
        sealed, measured = bench.seal(register.parent)
        build.add(measured.seconds, measured.peak_kib)
        build_bytes.add(measured.seconds, measured.peak_kib)
        copied, indexed, peak = load_tables(bench.server, tables, register)
        copy_index.add(copied + indexed, peak)
        copy.add(copied, peak)
    measure_lookups(bench, part, sealed, tables)
    zipped = gzip_bytes([register / table.file for table in tables])
    sealed_bytes = sealed.stat().st_size
    part.remarks.append(f"Register: sealed {sealed_bytes / 1e6:.1f} MB, {sealed_bytes / zipped:.2f}"
                        f" times its CSV files under gzip -6 ({zipped / 1e6:.1f} MB)")
    build.detail = {"csv_bytes": size, "sealed_bytes": sealed_bytes, "gzip_bytes": zipped}
    return part


def measure_lookups(bench, part, sealed, tables):
    """A batch of identifiers in the sealed register and in PostgreSQL."""
    count = bench.options.lookups
    batch = bench_lookup.Batch(tables, sealed.with_suffix("") / "register", count, bench.work)
    opening = part.line("open, and load a field of identifiers", "MB/s",
                        sealed.stat().st_size / 1e6)
    lookups = part.line("exact look-ups in a batch", "/s", count)
    join = part.line("PostgreSQL hash join of the batch", "/s", count, lookups=lookups)
    prepared = part.line("PostgreSQL prepared statements", "/s", count, lookups=lookups)
    for _ in range(bench.options.runs):
        found, opened, first, seconds, answer = bench_lookup.in_register(
            bench.tools / "register_lookup", sealed, bench.key, batch)
        opening.add(opened)
        lookups.add(seconds)
        joined, seconds, rate = bench_lookup.in_postgres(bench.server, batch, bench.work)
        if joined != found:
            raise RuntimeError(f"{found} of the batch were found, and {joined} by PostgreSQL")
        join.add(seconds)
        if rate:
            prepared.add(count / rate)
    part.remarks.append(f"Register: opened, and one field of {len(batch.held):,} identifiers "
                        f"loaded, in {opened:.3f} s; the first look-up takes then "
                        f"{first * 1e6:.0f} us, and {answer * 1e3:.0f} ms in a file just opened; "
                        f"of {count:,} looked up {found:,} are held")


def count_lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 18), b""))


def gzip_bytes(paths):
    """What gzip -6 makes of each file, together."""
    total = 0
    for path in paths:
        with subprocess.Popen(["gzip", "-6", "-c", path], stdout=subprocess.PIPE) as process:
            total += sum(len(block) for block in iter(lambda p=process: p.stdout.read(1 << 18),
                                                      b""))
    return total


def load_tables(server, tables, register):
    """Seconds of COPY, seconds of indexing, peak of the backend."""
    copied = indexed = 0.0
    with server.session() as session:
        for table in tables:
            session.run(bench_postgres.create_table(table))
            copied += session.timed(bench_postgres.copy_table(table, register))
            for statement in bench_postgres.index_table(table):
                indexed += session.timed(statement)
        peak = session.peak_kib()
        drop_tables(session, tables)
    return copied, indexed, peak


def drop_tables(session, tables, suffix=""):
    session.run("DROP TABLE " + ", ".join(f'"{table.name}{suffix}"' for table in tables))


def measure_csv(bench):
    """Verify a leaked list of persons; PostgreSQL compares it with the register's snapshot."""
    drill = bench.list_drill()
    leak = bench_drill.Leak(drill)
    size = leak.path.stat().st_size
    part = Part("CSV", f"{leak.records:,} records of {leak.column_count} columns, "
                f"{size / 1e6:.1f} MB, against {bench.options.persons:,} persons")
    inquire = part.line("tahqiq inquire (whole)", "records/s", leak.records)
    examine = part.line("tahqiq examine", "records/s", leak.records)
    whole = part.line("PostgreSQL COPY + join", "records/s", leak.records, inquire=inquire,
                      examine=examine)
    copy = part.line("... of it COPY", "records/s", leak.records)
    join = part.line("... of it join, compare, judge", "records/s", leak.records)
    dated = part.line("PostgreSQL from the register's history", "records/s", leak.records,
                      inquire=inquire, examine=examine)
    say("sealing the register and loading it into PostgreSQL")
    sealed, _ = bench.seal(drill)
    comparison = load_history(bench.server, drill / "register", leak)
    for _ in bench.clock.rounds("csv"):
        measured = bench.inquire(sealed, leak.path)
        inquire.add(measured.seconds, measured.peak_kib)
        inquire.detail = {"verdicts": dict(re.findall(r"^  (\w+) +(\d+)$", measured.output, re.M))}
        measured = bench.examine(sealed, leak.path)
        examine.add(measured.seconds, measured.peak_kib)
        snapshot = make_snapshot(bench.server, comparison)
        copied, joined, peak, counts = verify_in_postgres(bench.server, comparison)
        dated.add(snapshot + copied + joined, peak)
        copy.add(copied, peak)
        join.add(joined, peak)
        whole.add(copied + joined, peak)
    remark_csv(part, comparison, counts)
    return part


def load_history(server, register, leak):
    """The tables that the comparison needs, with all that they ever held."""
    comparison = bench_postgres.Comparison(leak, bench_drill.describe(register))
    with server.session() as session:
        for table in comparison.tables:
            session.run(bench_postgres.create_table(table))
            session.run(bench_postgres.copy_table(table, register))
            session.run(f'ANALYZE "{table.name}"')
    return comparison


def make_snapshot(server, comparison):
    """Seconds of finding what the register held at the moment that the leak was taken."""
    with server.session() as session:
        session.run("DROP TABLE IF EXISTS snapshot")
        seconds = sum(session.timed(statement) for statement in comparison.snapshot())
        drop_tables(session, comparison.tables, "_now")
    return seconds


def verify_in_postgres(server, comparison):
    """Seconds of COPY, seconds of the rest, peak, and the counts."""
    with server.session() as session:
        for statement in comparison.clear():
            session.run(statement)
        copied = session.timed(comparison.copy())
        comparison.note_plan(session)
        begin = time.perf_counter()
        session.run(comparison.judge())
        counts = [line.split("|") for line in session.run(comparison.count())]
        return copied, time.perf_counter() - begin, session.peak_kib(), counts


def remark_csv(part, comparison, counts):
    """Both results, to show that the work was done; and the goal."""
    inquire, whole, dated = part.series[0], part.series[2], part.series[5]
    agree = {}
    for i, field in enumerate(comparison.compared_fields()):
        yes = sum(int(row[2 + 2 * i]) for row in counts)
        no = sum(int(row[3 + 2 * i]) for row in counts)
        agree[field] = yes / max(1, yes + no)
    lowest = min(agree, key=agree.get)
    whole.detail = {"verdicts": {row[0]: row[1] for row in counts}, "agreement": agree,
                    "plan": comparison.plan}
    for name, series in (("Tahqiq", inquire), ("PostgreSQL (exact)", whole)):
        verdicts = ", ".join(f"{verdict} {int(count):,}" for verdict, count
                             in series.detail["verdicts"].items())
        part.remarks.append(f"CSV, verdicts of {name}: {verdicts}")
    part.remarks.append(f"CSV, PostgreSQL: planned as {comparison.plan}; of {len(agree)} columns "
                        f"compared each agrees in {agree[lowest]:.0%} or more of the joined rows")
    for text, series in (("of a snapshot made before", whole), ("from the history", dated)):
        part.remarks.append(goal(f"CSV: inquire at least 5 times PostgreSQL, {text}",
                                 series.ratio("inquire"), CSV_GOAL))


def goal(text, ratio, wanted):
    return f"Goal: {text}: {ratio:.2f} ({'met' if ratio >= wanted else 'missed'})"


def measure_pdf(bench):
    """Inquire into a folder of certificates; bare MuPDF and pdftotext read the same files."""
    drill = bench.document_drill()
    folder, sample = bench.work / "pdf", bench.work / "pdf-sample"
    count = bench_drill.gather_documents(drill, folder)
    sample.mkdir()
    for path in sorted(folder.iterdir())[::max(1, count // PDFTOTEXT_SAMPLE)][:PDFTOTEXT_SAMPLE]:
        os.link(path, sample / path.name)
    sampled = len(list(sample.iterdir()))
    size = sum(path.stat().st_size for path in folder.iterdir())
    part = Part("PDF", f"{count:,} documents, {size / 1e6:.0f} MB, against "
                f"{bench.document_persons():,} persons; one process and pdftotext on {sampled}")
    sealed, _ = bench.seal(drill)
    cores = len(os.sched_getaffinity(0))
    inquire = part.line("tahqiq inquire (whole)", "PDFs/s", count)
    readers = part.line(f"tahqiq extraction, {cores} readers", "PDFs/s", count)
    reader = part.line("tahqiq extraction, 1 reader", "PDFs/s", sampled)
    bare = part.line(f"MuPDF, {cores} processes", "PDFs/s", count, inquire=inquire,
                     extraction=readers)
    single = part.line("MuPDF, 1 process", "PDFs/s", sampled, extraction=reader)
    poppler = part.line("pdftotext, a process a file", "PDFs/s", sampled, inquire=inquire)
    loop = 'for f in "$0"/*; do pdftotext "$f" - >/dev/null || exit 1; done'
    for _ in bench.clock.rounds("pdf"):
        for series, measured in (
                (inquire, bench.inquire(sealed, folder)),
                (bare, mupdf(bench, folder, cores)),
                (readers, extraction(bench, folder, cores)),
                (single, mupdf(bench, sample, 1)),
                (reader, extraction(bench, sample, 1)),
                (poppler, run(["sh", "-c", loop, sample]))):
            series.add(measured.seconds, measured.peak_kib)
    part.remarks.append(goal(f"PDF: inquire at least 0.6 of bare MuPDF in {cores} processes",
                             bare.ratio("inquire"), PDF_GOAL))
    return part


def extraction(bench, folder, processes):
    return in_parts([bench.tools / "reader_text", bench.reader, folder], processes)


def mupdf(bench, folder, processes):
    return in_parts([bench.tools / "mupdf_text", folder], processes)


def in_parts(command, processes):
    """The command over the same folder as several processes, each taking its part of the files."""
    measured = run_together([[*command, i, processes] for i in range(processes)])
    failed = sum(int(line.split()[2]) for line in measured.output.splitlines())
    if failed:
        raise RuntimeError(f"{command[0].name}: {failed} documents could not be read")
    return measured


# ---- the whole ----

def machine():
    """The machine's shape and what was compared, one line each."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text("utf-8"))
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    versions = subprocess.run(
        ["dpkg-query", "-W", "-f=${Package} ${Version}\n", "postgresql-15", "libmupdf-dev",
         "poppler-utils"], capture_output=True, text=True, check=False).stdout.split("\n")
    return [f"{len(os.sched_getaffinity(0))} cores of {cpu[1] if cpu else platform.machine()}, "
            f"{postgres_server.memory_mib() / 1024:.0f} GiB, load {os.getloadavg()[0]:.1f} at start",
            f"{system}, Linux {platform.release().split('-')[0]}",
            ", ".join(line for line in versions if line)]


MEASURES = {"register": measure_register, "csv": measure_csv, "pdf": measure_pdf}


def measure_all(options, work):
    bench = Bench(options, work)
    parts = []
    needs_server = {"register", "csv"} & set(options.parts)
    try:
        if needs_server:
            bench.server = postgres_server.Server(work / "postgres")
            bench.server.__enter__()  # pylint: disable=unnecessary-dunder-call
        for name in options.parts:
            say(f"measuring: {name}")
            parts.append(MEASURES[name](bench))
    finally:
        if bench.server and bench.server.process:
            bench.server.__exit__()
    return parts


def arguments():
    parser = argparse.ArgumentParser(prog="bench.py", description=__doc__.splitlines()[0])
    parser.add_argument("build", help="a release build folder")
    parser.add_argument("parts", nargs="*", metavar="PART", help="register, csv, pdf; else all")
    parser.add_argument("--persons", type=int, default=200000, help="in the list's register")
    parser.add_argument("--rows", type=int, default=100000, help="of the leaked list")
    parser.add_argument("--documents", type=int, default=1080)
    parser.add_argument("--months", type=int, default=12, help="of declarations, for the list")
    parser.add_argument("--lookups", type=int, default=1000000, help="identifiers looked up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3, help="rounds at most")
    parser.add_argument("--minutes", type=float, default=9, help="about how long it may take")
    parser.add_argument("--small", action="store_true", help="a tenth of everything")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--folder", help="where to make the working folder (default: TMPDIR)")
    options = parser.parse_args()
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"there is no part '{part}'")
    options.parts = [part for part in PARTS if part in options.parts] or list(PARTS)
    if options.small:
        options.persons //= 10
        options.rows //= 10
        options.documents //= 10
    return options


def stop(number_of_signal, _):
    raise SystemExit(128 + number_of_signal)


def stop_on_signals():
    """Leave by an exception, so that working folders are removed."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)


def main():
    options = arguments()
    stop_on_signals()
    shape = machine()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tahqiq-bench-", dir=options.folder) as name:
        os.chmod(name, 0o755)  # the server runs as somebody else and reads the tables
        try:
            parts = measure_all(options, pathlib.Path(name))
        except RuntimeError as trouble:
            print(f"bench: {trouble}", file=sys.stderr)
            return 1
    seconds = time.monotonic() - begin
    today = datetime.date.today().isoformat()
    print(f"Measured {today} in {seconds / 60:.1f} minutes, seed {options.seed}, on:\n")
    print("\n".join(f"* {line}" for line in shape) + "\n")
    print(table_text(parts) + "\n")
    print("\n".join(f"* {remark}" for part in parts for remark in part.remarks))
    if options.json:
        figures = {"date": today, "machine": shape, "seconds": seconds, "options": vars(options),
                   "parts": {name: {"title": part.title, "remarks": part.remarks, "figures":
                                    [series.as_json() for series in part.series]}
                             for name, part in zip(options.parts, parts)}}
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
