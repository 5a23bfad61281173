#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Run a command beside a PostgreSQL server of its own: with_postgres.py COMMAND...

The command finds the server by libpq's environment; it is gone when the command ends.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tools"))
from postgres_server import Server  # pylint: disable=wrong-import-position


def main():
    with tempfile.TemporaryDirectory(prefix="tahqiq-pg-") as folder:
        os.chmod(folder, 0o755)  # the server may run under another name
        with Server(pathlib.Path(folder) / "server") as server:
            environment = dict(os.environ, PGHOST=str(server.folder), PGUSER="bench",
                               PGDATABASE="postgres")
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
