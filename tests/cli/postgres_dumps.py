#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A table in every form of pg_dump: postgres_dumps.py TABLE.csv FOLDER HEAP

Loads the CSV file into a PostgreSQL server of our own in FOLDER/server and dumps it into HEAP:
custom.dump, inserts.dump, arabic.dump (of a database in WIN1256), archive.tar and the folder tree.
"""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
# pylint: disable=wrong-import-position
import postgres_server  # noqa: E402

DUMPS = {"custom.dump": ["-Fc"], "inserts.dump": ["-Fc", "--inserts"], "archive.tar": ["-Ft"],
         "tree": ["-Fd"], "arabic.dump": ["-Fc", "--encoding=WIN1256"]}


def run(server, *arguments):
    subprocess.run([postgres_server.program(arguments[0]), "-h", server.folder, "-U", "bench",
                    *arguments[1:]], check=True, stdout=subprocess.DEVNULL)


def main():
    table, folder, heap = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    with open(table, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    columns = ", ".join('"%s" text' % name for name in names)
    with postgres_server.Server(folder / "server") as server:
        run(server, "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "postgres",
            "-c", f"CREATE TABLE t ({columns}); CREATE VIEW v AS TABLE t",
            "-c", f"\\copy t FROM '{table}' (FORMAT csv, HEADER)")
        for name, options in DUMPS.items():
            if name != "arabic.dump":
                run(server, "pg_dump", *options, "-f", heap / name, "postgres")
        run(server, "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "postgres",
            "-c", "DELETE FROM t WHERE ctid <> (SELECT min(ctid) FROM t)",
            "-c", f"UPDATE t SET \"{names[-1]}\" = 'العلوي'")
        run(server, "pg_dump", *DUMPS["arabic.dump"], "-f", heap / "arabic.dump", "postgres")


if __name__ == "__main__":
    main()
