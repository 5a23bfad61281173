# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a drill wrote: its register's tables, the leaked list of persons, the documents."""

import collections
import csv
import json
import os
import pathlib
import re
import zipfile

FIELDS_READ = 2000  # records of the truth that tell which column holds which field


class Table:
    """A table of the register, as its description has it."""

    def __init__(self, name):
        self.name = name
        self.subject = self.key = self.file = self.period = None
        self.valid = self.known = None
        self.columns = {}  # column: {"field": ..., "type": ..., "to": ...}
        self.header = []   # all columns of the file

    def column_of_key(self):
        """Whether the column that names the subject is a field as well."""
        return self.key in self.columns

    def column_of(self, field):
        return next((c for c, about in self.columns.items() if about["field"] == field), None)


def describe(register):
    """The tables of register.yaml. Reads only the plain form that the drill writes."""
    tables = []
    for line in (register / "register.yaml").read_text(encoding="utf-8").splitlines():
        name = re.match(r"  - name: (\S+)", line)
        pair = re.match(r"    (subject|key|file|period): (\S+)", line)
        times = re.match(r"    (valid|known): \[(\w+), (\w+)\]", line)
        column = re.match(r"      (\w+): \{(.*)\}", line)
        if name:
            tables.append(Table(name[1]))
        elif pair:
            setattr(tables[-1], pair[1], pair[2])
        elif times:
            setattr(tables[-1], times[1], (times[2], times[3]))
        elif column:
            about = dict(part.split(": ") for part in column[2].split(", "))
            tables[-1].columns[column[1]] = about
    for table in tables:
        with open(register / table.file, encoding="utf-8", newline="") as file:
            table.header = next(csv.reader(file))
    return tables


class Leak:
    """The leaked list of persons: where it is, how it is written, what its columns hold."""

    def __init__(self, drill):
        records, kinds, fields = self._truth(drill)
        lists = [name for name in records if name.endswith(".csv") and kinds[name] == "person"]
        self.name = max(lists, key=lambda name: records[name])
        self.records = records[self.name]
        self.path = drill / "leak" / self.name
        self.fields = {column: counts.most_common(1)[0][0]
                       for column, counts in sorted(fields[self.name].items())}
        self.snapshot = self._snapshot(drill)
        head = self._head()
        self.delimiter = max(",;\t|", key=head[0].count)
        self.column_count = len(next(csv.reader(head[:1], delimiter=self.delimiter)))
        self.sample = list(csv.reader(head[1:], delimiter=self.delimiter))

    @staticmethod
    def _truth(drill):
        """Records, kind and fields by column, of each exhibit."""
        records, kinds = collections.Counter(), {}
        fields = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
        with open(drill / "truth/records.csv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                name = row["exhibit"]
                records[name] += 1
                kinds.setdefault(name, row["kind"])
                if records[name] <= FIELDS_READ and name.endswith(".csv"):
                    for column, field, _ in json.loads(row["cells"]):
                        fields[name][column][field] += 1
        return records, kinds, fields

    def _snapshot(self, drill):
        with open(drill / "truth/snapshots.csv", encoding="utf-8", newline="") as file:
            return next(row["best"] for row in csv.DictReader(file) if row["table"] == self.name)

    def _head(self):
        """The header and the first rows, as text."""
        with open(self.path, "rb") as file:
            data = file.read(256 << 10)
        data = data[:data.rfind(b"\n")]
        try:
            text = data.decode("utf-8")
            self.encoding = "UTF8"
        except UnicodeDecodeError:
            text = data.decode("latin-1")
            self.encoding = "LATIN1"
        return text.replace("\r\n", "\n").split("\n")

    def values(self, column):
        """Some values of the column at this position (from 1) that are not empty."""
        return [row[column - 1] for row in self.sample if len(row) >= column and row[column - 1]]


def gather_documents(drill, folder):
    """Put all PDF files of the leak into one folder, those in zip archives too. How many."""
    folder.mkdir()
    for path in sorted((drill / "leak").rglob("*")):
        if path.suffix == ".pdf":
            os.link(path, folder / path.name)
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.filename.endswith(".pdf"):
                        target = folder / pathlib.PurePosixPath(member.filename).name
                        target.write_bytes(archive.read(member))
    return len(list(folder.iterdir()))
