#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Dumps of PostgreSQL that only pg_restore reads: the records are those of the same table as CSV, and
# a dump that is damaged or not one ends with what there is of it and a note.
. "$(dirname "$0")/lib.sh"
here=$(dirname "$0")

chmod 711 "$work" # the server does not run as root
make_drill
heap=$work/heap
mkdir "$heap"
python3 - "$work/drill/leak" "$heap/table.csv" <<'PY'
import csv, sys

with open(sys.argv[1] + "/files/export_a.csv", encoding="windows-1252", newline="") as file:
    header, *rows = list(csv.reader(file))
rows = [row for row in rows if len(row) == len(header)][:300]
with open(sys.argv[2], "w", encoding="utf-8", newline="") as file:
    csv.writer(file, lineterminator="\n").writerows([header] + rows)
PY
expect 0 "$here/postgres_dumps.py" "$heap/table.csv" "$work" "$heap"

# Cut in the middle, broken in the middle, and nothing but a beginning.
python3 - "$heap" <<'PY'
import pathlib, sys

heap = pathlib.Path(sys.argv[1])
dump = (heap / "custom.dump").read_bytes()
(heap / "cut.dump").write_bytes(dump[:len(dump) * 3 // 4])
(heap / "head.dump").write_bytes(dump[:40])
broken = bytearray(dump)
broken[30:200] = bytes(170)
(heap / "broken.dump").write_bytes(broken)
PY

expect 0 inquire -o "$work/case" "$heap"
expect 0 "$TAHQIQ" verify "$work/case"
exports "$work/case" "$work/first"
python3 - "$work/first/records.csv" "$work/first/exhibits.csv" <<'PY' || failures=$((failures + 1))
import csv, sys

records, exhibits = {}, {}
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    records.setdefault(row["exhibit"], []).append((row["record"], row["subject"], row["verdict"]))
    if row["exhibit"] in ("custom.dump", "inserts.dump", "archive.tar"):
        assert row["table"] == row["exhibit"] + "#t", row
for row in csv.DictReader(open(sys.argv[2], encoding="utf-8", newline="")):
    exhibits[row["exhibit"]] = row
wanted = records["table.csv"]
assert sum(verdict != "unverifiable" for _, _, verdict in wanted) > 200, wanted[:5]
for name in ("custom.dump", "inserts.dump", "archive.tar"):
    assert exhibits[name]["type"] == "pg_dump" and not exhibits[name]["notes"], exhibits[name]
    assert records[name] == wanted, (name, records.get(name, [])[:3])
assert len(records["arabic.dump"]) == 1
assert 0 < len(records["cut.dump"]) <= len(wanted)
for name, note in {"cut.dump": "pg_restore failed, after the rows", "head.dump": "did not understand",
                   "broken.dump": "no rows were found in what pg_restore made of it", "tree/toc.dat": "its rows are in the files"}.items():
    assert exhibits[name]["type"] == "pg_dump" and note in exhibits[name]["notes"], exhibits[name]
assert any(name.startswith("tree/") and name != "tree/toc.dat" for name in records), records.keys()
PY

# The same again, with other threads.
expect 0 inquire --jobs 1 -o "$work/again" "$heap"
exports "$work/again" "$work/second"
for kind in records subjects exhibits readings snapshots counts; do
    same "$work/first/$kind.csv" "$work/second/$kind.csv"
done
finish
