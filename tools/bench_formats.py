#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How fast each format is read, beside its peer's own tool: bench_formats.py BUILD [FORMAT...]

The rows of a drill are written in each format. Within each round every format is read through a
jailed reader as an inquiry does, then in a process without a jail, then by the peer. Rates are
medians over the rounds; ratios are medians of the ratios within each round.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

import bench
import bench_samples as samples

JAIL_GOAL = 5.0  # percent that the jail may cost
SLOW = 0.5       # of the peer's rate: worth a look
DOCUMENTS = 240


class Peer:
    """Another program that reads the format: `command` has {file} and {out} in it."""

    def __init__(self, name, command, remark):
        self.name, self.command, self.remark = name, command, remark
        self.program = command.split()[0]


class Format:
    """A format, what writes its sample, how many rows that has, and who else reads it."""

    def __init__(self, name, suffix, write, rows, peer=None, ocr=False):
        self.name, self.suffix, self.write = name, suffix, write
        self.rows, self.peer, self.ocr = rows, peer, ocr


OFFICE = "soffice -env:UserInstallation=file://{out}/profile --headless --convert-to {to} " \
         "--outdir {out} {file}"


def office(to, remark):
    return Peer("LibreOffice", OFFICE.replace("{to}", to), remark)


def gnumeric():
    return Peer("ssconvert", "ssconvert {file} {out}/out.csv",
                "more: builds the whole sheet, and writes CSV")


FORMATS = [
    Format("CSV", "csv", samples.write_csv, 100000, Peer(
        "sqlite3 .import", "sqlite3 :memory: '.mode csv' '.import {file} t'",
        "more: stores the rows; less: is told the dialect")),
    Format("JSON", "json", samples.write_json, 50000, Peer(
        "jq -c", "jq -c '.[]' {file}", "more: writes JSON; less: no columns, no repair")),
    Format("JSON Lines", "jsonl", samples.write_json_lines, 50000, Peer(
        "jq -c", "jq -c . {file}", "as with JSON")),
    Format("XML", "xml", samples.write_xml, 50000, Peer(
        "xmllint --stream", "xmllint --stream --noout {file}",
        "less: checks and forgets, knows no records")),
    Format("HTML", "html", samples.write_html, 50000, Peer(
        "xmllint --html", "xmllint --html --noout {file}",
        "less: no text, no tables; more: builds the tree")),
    Format("SQL dump", "sql", samples.write_sql, 100000, Peer(
        "sqlite3 .read", "sqlite3 :memory: '.read {file}'", "more: stores the rows")),
    Format("SQLite", "db", samples.write_sqlite, 100000, Peer(
        "sqlite3 .dump", "sqlite3 {file} .dump", "more: writes SQL")),
    Format("DBF", "dbf", samples.write_dbf, 100000),
    Format("BSON", "bson", samples.write_bson, 100000),
    Format("LDIF", "ldif", samples.write_ldif, 50000),
    Format("vCard", "vcf", samples.write_vcard, 50000),
    Format("XLSX", "xlsx", samples.write_xlsx, 8000, gnumeric()),
    Format("ODS", "ods", samples.write_ods, 8000, gnumeric()),
    Format("XLS", "xls", samples.write_xls, 8000, gnumeric()),
    Format("DOCX", "docx", samples.write_docx, 4000, office("txt:Text", "more: lays out pages")),
    Format("ODT", "odt", samples.write_odt, 4000, office("txt:Text", "more: lays out pages")),
    Format("RTF", "rtf", samples.write_rtf, 1000, Peer(
        "unrtf", "unrtf --text {file}", "the same: text")),
    Format("mail (EML)", "eml", samples.write_mail, 40000),
    Format("mbox", "mbox", samples.write_mbox, 20000, Peer(
        "csplit", "csplit -s -z -n 6 -f {out}/m {file} '/^From /' '{*}'",
        "more: writes a file a message; less: knows no quoted lines")),
    Format("ZIP", "zip", samples.write_zip, 100000, Peer(
        "bsdtar -xO", "bsdtar -xOf {file}", "the same: libarchive too")),
    Format("tar.gz", "tar.gz", samples.write_tar_gz, 100000, Peer(
        "bsdtar -xO", "bsdtar -xOf {file}", "the same: libarchive too")),
    Format("PDF", "pdf", samples.write_pdf, 0, Peer(
        "pdftotext -bbox", "pdftotext -bbox {file} -", "the same: words with their places")),
    Format("scan (PNG)", "png", samples.write_scans, 0, Peer(
        "tesseract", "tesseract {file} - -l fra+ara+eng",
        "less: once; ours again in Arabic if in doubt"), ocr=True),
]


class Measurement:
    """One format's figures, round by round."""

    def __init__(self, kind, folder):
        self.kind, self.folder = kind, folder
        self.files = sorted(folder.iterdir())
        self.megabytes = sum(path.stat().st_size for path in self.files) / 1e6
        self.jailed, self.bare, self.peer = [], [], []  # seconds
        self.whole = []                                 # seconds, starting the reader included
        self.processor_jailed, self.processor_bare = [], []
        self.result = ""

    def peer_there(self):
        return self.kind.peer and shutil.which(self.kind.peer.program)

    def cost(self):
        """Percent that the jail takes, by the rounds."""
        return statistics.median(100 * (jailed / bare - 1)
                                 for jailed, bare in zip(self.jailed, self.bare))

    def ratio(self):
        """Ours by the peer's rate, by the rounds, both with the start of their processes."""
        return statistics.median(theirs / ours for theirs, ours in zip(self.peer, self.whole))

    def cells(self):
        rates = sorted(self.megabytes / seconds for seconds in self.jailed)
        row = [self.kind.name, f"{self.megabytes:.1f}", number(statistics.median(rates)),
               f"{number(rates[0])} - {number(rates[-1])}", f"{self.cost():+.0f} %"]
        if not self.peer:
            return row + ["", "", "", ""]
        theirs = self.megabytes / statistics.median(self.peer)
        return row + [self.kind.peer.name, number(theirs), f"{self.ratio():.2f}",
                      self.kind.peer.remark]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"


HEADER = ["", "MB", "MB/s", "min - max", "jail", "peer", "its MB/s", "Tahqiq by this",
          "what the peer does"]
LEFT = {0, 5, 8}


class FormatBench:
    """Where things are, and the samples."""

    def __init__(self, options, work):
        build = pathlib.Path(options.build).resolve()
        self.options, self.work = options, work
        self.tahqiq = build / "src/cli/tahqiq"
        self.readers = build / "src/reader"
        self.tools = build / "tests/bench"

    def drill(self):
        folder = self.work / "drill"
        bench.run([self.tahqiq, "drill", folder, "--persons", 60000, "--rows", 40000,
                   "--documents", DOCUMENTS, "--months", 12, "--seed", self.options.seed])
        return folder

    def prepare(self):
        """Write a sample of each format that is wanted."""
        drill = self.drill()
        rows = samples.Rows.of_drill(drill)
        return [Measurement(kind, self.write(kind, rows, drill)) for kind in self.options.formats]

    def write(self, kind, rows, drill):
        folder = samples.fresh(self.work / f"sample-{kind.suffix}")
        path = folder / f"sample.{kind.suffix}"
        if kind.rows:
            kind.write(rows.first(round(kind.rows * self.options.scale)), path)
            return folder
        paths = samples.documents(drill, self.work / "documents")
        if kind.ocr:
            kind.write(paths, folder, self.tools / "scan_pages")
        else:
            kind.write(paths[:max(2, round(len(paths) * self.options.scale))], path)
        return folder

    def measure(self, one):
        """One round of one format."""
        reader = self.readers / ("tahqiq-ocr" if one.kind.ocr else "tahqiq-reader")
        measured, seconds = self.extract(reader, one)
        one.jailed.append(seconds)
        one.whole.append(measured.seconds)
        one.processor_jailed.append(measured.processor - self.start(reader))
        here = "-ocr" if one.kind.ocr else "-"
        measured, seconds = self.extract(here, one)
        one.bare.append(seconds)
        one.processor_bare.append(measured.processor - self.start(here))
        if one.peer_there():
            one.peer.append(self.run_peer(one))

    def extract(self, reader, one):
        """How it went, and the seconds that reading took, without the start of a reader."""
        measured = self.reader_text(reader, one.folder)
        _, text, failed, seconds, records, members = measured.output.split()
        if int(failed):
            raise RuntimeError(f"{one.kind.name}: the sample could not be read")
        result = f"{records} records, {text} bytes of text, {members} bytes of members"
        if one.result not in ("", result):
            raise RuntimeError(f"{one.kind.name}: {one.result} became {result}")
        one.result = result
        return measured, max(float(seconds), 0.001)

    def start(self, reader):
        """Seconds of processor that it takes to start, and to end without having read."""
        return self.reader_text(reader, samples.fresh(self.work / "nothing")).processor

    def reader_text(self, reader, folder):
        return bench.run([self.tools / "reader_text", reader, folder],
                         env={**os.environ, "OMP_THREAD_LIMIT": "1"})

    def run_peer(self, one):
        """Seconds that the peer takes for all files, a process each."""
        total = 0.0
        for path in one.files:
            out = samples.fresh(self.work / "peer")
            command = one.kind.peer.command.replace("{file}", str(path)).replace("{out}", str(out))
            total += bench.run(["sh", "-c", f"{command} >/dev/null"], cwd=out,
                               env={**os.environ, "OMP_THREAD_LIMIT": "1"}).seconds
        return total


def measure_all(options, work):
    """Rounds over all formats, as many as fit; one at least."""
    begin = time.monotonic()
    everything = FormatBench(options, work)
    bench.say("writing a sample of each format")
    measurements = everything.prepare()
    for i in range(options.runs):
        bench.say(f"round {i + 1}")
        started = time.monotonic()
        for one in measurements:
            everything.measure(one)
        if 2 * time.monotonic() - started > begin + options.minutes * 60:
            break
    return measurements


def table_text(measurements):
    rows = [one.cells() for one in measurements]
    widths = [max(len(row[i]) for row in [HEADER, *rows]) for i in range(len(HEADER))]

    def show(row):
        return "| " + " | ".join(cell.ljust(width) if i in LEFT else cell.rjust(width)
                                 for i, (cell, width) in enumerate(zip(row, widths))) + " |"

    rule = "|" + "|".join("-" * (w + 2) if i in LEFT else "-" * (w + 1) + ":"
                          for i, w in enumerate(widths)) + "|"
    return "\n".join([show(HEADER), rule, *map(show, rows)])


def cost_percent(jailed, bare):
    """What the jail takes over all formats: lists of figures by format, a figure a round."""
    return 100 * (sum(map(statistics.median, jailed)) / sum(map(statistics.median, bare)) - 1)


def judgement(*costs):
    """A busy machine may make wall and processor disagree: then neither is believed."""
    met = [cost <= JAIL_GOAL for cost in costs]
    return "met" if all(met) else "not settled" if any(met) else "missed"


def remarks(measurements):
    """The goal, what is slow, which peers lack."""
    cost = cost_percent([one.jailed for one in measurements], [one.bare for one in measurements])
    work = cost_percent([one.processor_jailed for one in measurements],
                        [one.processor_bare for one in measurements])
    yield (f"Goal: the jail costs at most {JAIL_GOAL:.0f} % over all formats: {cost:+.1f} % of "
           f"wall seconds, {work:+.1f} % of seconds of processor, both sides of the wire included "
           f"({judgement(cost, work)})")
    slow = [f"{one.kind.name} {one.ratio():.2f}" for one in measurements
            if one.peer and one.ratio() < SLOW]
    yield f"Below {SLOW} of the peer: {', '.join(slow) or 'none'}"
    lacking = sorted({one.kind.peer.program for one in measurements
                      if one.kind.peer and not one.peer})
    if lacking:
        yield f"Not installed: {', '.join(lacking)}"


def arguments():
    parser = argparse.ArgumentParser(prog="bench_formats.py", description=__doc__.splitlines()[0])
    parser.add_argument("build", help="a release build folder")
    parser.add_argument("formats", nargs="*", metavar="FORMAT",
                        help="by suffix: " + ", ".join(kind.suffix for kind in FORMATS))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3, help="rounds at most")
    parser.add_argument("--minutes", type=float, default=4, help="about how long it may take")
    parser.add_argument("--small", action="store_true", help="a tenth of the rows")
    parser.add_argument("--folder", help="where to make the working folder (default: TMPDIR)")
    options = parser.parse_args()
    known = {kind.suffix: kind for kind in FORMATS}
    for suffix in options.formats:
        if suffix not in known:
            parser.error(f"there is no format '{suffix}'")
    options.formats = [known[suffix] for suffix in options.formats] or FORMATS
    options.scale = 0.1 if options.small else 1.0
    return options


def main():
    options = arguments()
    bench.stop_on_signals()
    shape = bench.machine()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tahqiq-formats-", dir=options.folder) as name:
        try:
            measurements = measure_all(options, pathlib.Path(name))
        except RuntimeError as trouble:
            print(f"bench: {trouble}", file=sys.stderr)
            return 1
    minutes = (time.monotonic() - begin) / 60
    rounds = len(measurements[0].jailed)
    print(f"Measured in {minutes:.1f} minutes, rounds: {rounds}, seed {options.seed}, on:\n")
    print("\n".join(f"* {line}" for line in shape))
    print(f"* load {os.getloadavg()[0]:.1f} at the end\n")
    print(table_text(measurements) + "\n")
    print("\n".join(f"* {remark}" for remark in remarks(measurements)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
