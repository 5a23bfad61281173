#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Registers from databases in trouble: postgres_trouble.py FOLDER

Starts PostgreSQL servers of its own in FOLDER and builds registers from them: odd types, names and
encodings; rights that reach too little or too far; locks, lost connections, crashes, a standby. Each
trouble has a function; each complaint is tested for what happened, where, and what to do.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
# pylint: disable=wrong-import-position
import postgres_server  # noqa: E402

TAHQIQ = os.environ["TAHQIQ"]
BUILD_SECONDS_MAX = 150
KEY_COLUMN = "{k: {field: k, type: id, category: identity}}"

failures = []


def check(right, *what):
    if not right:
        failures.append(what)
        print("FAILED:", *what, flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Fund:
    """A server, and what to build from it."""

    def __init__(self, folder, server):
        self.folder = folder
        self.server = server
        self.out = folder / "out.tqr"
        self.tables = 0

    def sql(self, *statements, database="postgres", wanted=0):
        arguments = [part for statement in statements for part in ("-c", statement)]
        done = subprocess.run(
            [postgres_server.program("psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-h",
             self.server.folder, "-U", "bench", database, *arguments],
            capture_output=True, check=False, encoding="utf-8", errors="replace")
        check(done.returncode == wanted, statements, done.stderr)
        return done.stdout.strip()

    def session(self):
        return self.server.session()

    def conninfo(self, role="reader", more=""):
        return f"host={self.server.folder} dbname=postgres user={role} {more}"

    def describe(self, *sources, columns=KEY_COLUMN, more=""):
        """Each source is ("table", name) or ("sql", query)."""
        lines = ["register: {name: t, timezone: Africa/Casablanca}", "subjects: [person]", "tables:"]
        for number, (kind, text) in enumerate(sources):
            lines += [f"  - name: t{number}", "    subject: person", "    key: k",
                      f"    {kind}: {json.dumps(text, ensure_ascii=False)}", more,
                      f"    columns: {columns}"]
        (self.folder / "t.yaml").write_text("\n".join(filter(None, lines)) + "\n", encoding="utf-8")

    def command(self, conninfo=None, out=None):
        return [TAHQIQ, "register", "build", self.folder / "t.yaml", "-o", out or self.out, "--key",
                self.folder / "key", "--postgres", conninfo or self.conninfo()]

    def start(self, conninfo=None, **environment):
        # pylint: disable=consider-using-with
        return subprocess.Popen(self.command(conninfo), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
                                env=dict(os.environ, **environment))

    def finish(self, process, wanted=0):
        """What was said."""
        try:
            said = "".join(process.communicate(timeout=BUILD_SECONDS_MAX))
        except subprocess.TimeoutExpired:
            process.kill()
            said = "hung: " + "".join(process.communicate())
        check(process.returncode == wanted, process.returncode, "instead of", wanted, said)
        return said

    def build(self, *sources, wanted=0, conninfo=None, columns=KEY_COLUMN, more="", says=(),
              **environment):
        self.describe(*sources, columns=columns, more=more)
        old = self.out.read_bytes() if self.out.exists() else None
        said = self.finish(self.start(conninfo, **environment), wanted)
        for text in says:
            check(text in said, repr(text), "is not in", repr(said))
        if wanted:
            check(old == (self.out.read_bytes() if self.out.exists() else None), "the old file")
        self.nothing_left()
        return said

    def refuses(self, *sources, says, wanted=1, **more):
        said = self.build(*sources, wanted=wanted, says=says, **more)
        check(len(said.splitlines()) == 1, "one line", said)

    def nothing_left(self):
        left = [path.name for path in self.folder.iterdir() if ".tmp-" in path.name]
        check(not left, "left behind:", left)

    def backends(self, wait=5.0):
        """Those of Tahqiq, the oldest first; the first of a build holds the snapshot."""
        deadline = time.monotonic() + wait
        while True:
            found = self.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'tahqiq'"
                             " ORDER BY backend_start").split()
            if len(found) > 1 or time.monotonic() > deadline:
                return found
            time.sleep(0.05)

    def reading(self, count):
        """Wait until so many connections run their COPY."""
        for _ in range(200):
            pids = self.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'tahqiq' AND"
                            " query LIKE 'COPY%' ORDER BY backend_start").split()
            if len(pids) >= count:
                return pids
            time.sleep(0.05)
        check(False, "no", count, "connections read")
        return pids


# What a database holds.

TYPES = r"""
CREATE SCHEMA w;
CREATE ROLE reader LOGIN;
GRANT USAGE ON SCHEMA w TO reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA w GRANT SELECT ON TABLES TO reader;
CREATE TYPE w.mood AS ENUM ('sad', 'glad');
CREATE DOMAIN w.number AS text CHECK (value ~ '^[0-9]+$');
CREATE DOMAIN w.document AS jsonb;
CREATE TABLE w.types (k w.number PRIMARY KEY, n numeric, f float8, mood w.mood,
    i int GENERATED ALWAYS AS IDENTITY, g text GENERATED ALWAYS AS (t || '!') STORED, t text, u uuid,
    ip inet, b boolean, fixed char(5), big text, bytes bytea, list int[], js json, doc w.document,
    span int4range, spot point, pay money, at timestamptz);
INSERT INTO w.types (k, n, f, mood, t, ip, b, fixed, bytes, at) VALUES
    ('1', 'NaN', 'Infinity', 'sad', E'a\x01b\x1b[31mc', '10.0.0.1', true, 'ab', '\x00ff', 'epoch'),
    ('2', 'Infinity', '-Infinity', 'glad', E'tab\there', NULL, false, '', NULL, NULL),
    ('3', 12.50, 0.1, NULL, '\.', NULL, NULL, NULL, NULL, NULL),
    ('4', -0.0, -0.5, NULL, '\N', NULL, NULL, NULL, NULL, NULL);
CREATE TABLE w.big (k text, v text);
INSERT INTO w.big VALUES ('1', 'small'), ('2', repeat('x', 10 << 20));
CREATE TABLE w.huge AS SELECT * FROM w.big;
INSERT INTO w.huge VALUES ('3', repeat('y', 20 << 20));
"""


def types(fund):
    """Every type is one value, or refused by name before a row is read."""
    fund.sql(TYPES)
    value = "{%s: {field: f, type: %s, category: social}}"
    table = ("table", "w.types")
    fund.build(table, columns=value % ("n", "amount"),
               says=["4 rows, 2 facts", "table 't0' row 1 column 'n': not a number: 'NaN'",
                     "table 't0' row 2 column 'n': not a number: 'Infinity'"])
    fund.build(table, columns=value % ("f", "number"), says=["2 facts", "'-Infinity'"])
    for name, facts in (("mood", 2), ("i", 4), ("g", 3), ("ip", 1), ("b", 2), ("fixed", 1), ("at", 1)):
        fund.build(table, columns=value % (name, "text"), says=[f"4 rows, {facts} facts"])
    said = fund.build(table, columns=value % ("t", "date"), says=["row 1 column 't': not a date"])
    check("\x1b" not in said and "\x01" not in said, "control characters reach the terminal")
    for name, kind in (("bytes", "bytea"), ("list", "integer[]"), ("js", "json"), ("doc", "jsonb"),
                       ("span", "int4range"), ("spot", "point"), ("pay", "money")):
        fund.refuses(table, columns=value % (name, "text"),
                     says=[f"t.yaml:7: table 't0': column '{name}' is of type {kind}, which is not "
                           "one value: leave it out, or make it one in 'sql'"])
    fund.build(("table", "w.big"), columns=value % ("v", "text"),
               says=["2 rows, 1 facts", "table 't0' row 2 column 'v': longer than 65536 bytes: 'xxxx"])
    fund.build(("table", "w.huge"), columns=value % ("v", "text"), wanted=1,
               says=["table 't0': row 3 is longer than 16777216 bytes: leave the column out, or cut it"])


def names(fund):
    """Names that want quotes, and every kind of relation."""
    name = 'Été \'q\' "x" ; --\\'
    quoted = '"' + name.replace('"', '""') + '"'
    fund.sql(f'CREATE TABLE w.{quoted} ("K é" text, "c;""" text); INSERT INTO w.{quoted} '
             "VALUES ('1', 'x')",
             "CREATE SCHEMA \"S.1\"; CREATE VIEW w.\"a.b\" AS SELECT '1' AS k; CREATE TABLE w.none (k text);"
             " CREATE TABLE w.one AS SELECT g::text AS k FROM generate_series(1, 100) g;"
             " CREATE TABLE w.parts (k text, y int) PARTITION BY RANGE (y);"
             " CREATE TABLE w.part1 PARTITION OF w.parts FOR VALUES FROM (0) TO (50);"
             " CREATE TABLE w.part2 PARTITION OF w.parts DEFAULT;"
             " INSERT INTO w.parts SELECT g, g FROM generate_series(1, 100) g;"
             " CREATE MATERIALIZED VIEW w.kept AS TABLE w.one;"
             " CREATE MATERIALIZED VIEW w.fresh AS TABLE w.one WITH NO DATA;"
             " CREATE TABLE w.child (extra int) INHERITS (w.one); INSERT INTO w.child VALUES ('101', 1)",
             "DO $$ BEGIN EXECUTE (SELECT 'CREATE TABLE w.wide (k text, ' || string_agg('c' || g || ' text', ', ')"
             " || ')' FROM generate_series(1, 499) g); END $$",
             "INSERT INTO w.wide (k, c1, c499) SELECT g, g, g FROM generate_series(1, 10) g")
    fund.build(("table", "w." + name), more="",
               columns="{'c;\"': {field: f, type: text, category: social}}", wanted=1,
               says=["there is no column 'k'; it has K é, c;\""])
    fund.sql(f'ALTER TABLE w.{quoted} RENAME "K é" TO k')
    fund.build(("table", "w." + name), says=["1 rows, 1 facts"],
               columns="{'c;\"': {field: f, type: text, category: social}}")
    for relation, rows in (("a.b", 1), ("none", 0), ("one", 101), ("parts", 100), ("kept", 100)):
        fund.build(("table", "w." + relation), says=[f" {rows} rows, {rows} facts"])
    fund.refuses(("table", "w.fresh"), says=["\"fresh\" has not been populated", "REFRESH"])
    fund.build(("table", "w.wide"), says=["10 rows, 20 facts"], columns="{" + ", ".join(
        f"c{i}: {{field: c{i}, type: id, category: social}}" for i in range(1, 500)) + "}")
    fund.sql("CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER "
             f"postgres_fdw OPTIONS (host '{fund.server.folder}', dbname 'postgres');"
             " CREATE USER MAPPING FOR reader SERVER far OPTIONS (user 'bench', password_required "
             "'false'); CREATE FOREIGN TABLE w.far (k text) SERVER far OPTIONS (schema_name 'w',"
             " table_name 'one')")
    fund.build(("table", "w.far"), says=["101 rows, 101 facts"])
    fund.sql("ALTER SERVER far OPTIONS (SET host '/nowhere')")
    fund.refuses(("table", "w.far"), says=["table 't0': ", "could not connect to server \"far\"",
                                           "see that the server behind it answers"])


def history(fund):
    """Times that only databases have."""
    fund.sql("CREATE TABLE w.history (k text, v text, vf date, vt date, sf timestamptz, st timestamptz);"
             " INSERT INTO w.history VALUES ('1', 'a', '-infinity', 'infinity', '-infinity', 'infinity'),"
             " ('2', 'a', '2020-01-01', '12345-01-01', '2020-01-01', '294276-01-01'),"
             " ('3', 'a', '2021-01-01', '2020-01-01', NULL, NULL),"
             " ('4', 'a', NULL, NULL, '2021-01-01', '2020-01-01'),"
             " ('5', 'a', 'infinity', NULL, NULL, NULL), ('6', 'a', NULL, '-infinity', NULL, NULL),"
             " ('7', 'a', '0001-01-01', NULL, NULL, NULL), ('8', 'a', '4713-01-01 BC', NULL, NULL, NULL),"
             " ('9', 'a', '12345-01-01', NULL, NULL, NULL), ('10', 'a', '2020-01-01', '2020-01-01', NULL, NULL),"
             # The same twice is one fact; two values of one time are two.
             " ('11', 'a', '2020-01-01', NULL, NULL, NULL), ('11', 'a', '2020-01-01', NULL, NULL, NULL),"
             " ('11', 'b', '2021-01-01', NULL, NULL, NULL), ('12', 'a', '9998-12-31', NULL, NULL, NULL)")
    early = "'valid from' is no date or time from 1800 to 5000"
    said = fund.build(
        ("table", "w.history"), more="    valid: [vf, vt]\n    known: [sf, st]",
        columns="{v: {field: v, type: code, category: social}}",
        says=["14 rows, 4 facts", "9 rows and 0 cells", "row 3: the valid interval is empty or runs backwards",
              "row 4: the known interval is empty or runs backwards", f"row 5 column 'vf': {early}: 'infinity'",
              "row 6 column 'vt': 'valid to' is no date", f"row 7 column 'vf': {early}: '0001-01-01'",
              f"row 8 column 'vf': {early}: '4713-01-01 BC'", f"row 9 column 'vf': {early}: '12345-01-01'",
              "row 10: the valid interval is empty", f"row 14 column 'vf': {early}"])
    check(" row 2" not in said, "an end in five figures is an open end", said)


def encodings(fund):
    """Text comes as UTF-8, whatever the database has and whatever somebody has set."""
    columns = "{v: {field: v, type: code, category: social}}"
    for encoding, text in (("LATIN1", "é"), ("WIN1256", "محمد"), ("LATIN9", "€")):
        database = encoding.lower()
        fund.sql(f"CREATE DATABASE {database} TEMPLATE template0 ENCODING {encoding}"
                 " LC_COLLATE 'C' LC_CTYPE 'C'")
        fund.sql(f"CREATE TABLE t AS SELECT '1' AS k, '{text}' AS v; GRANT SELECT ON t TO reader;"
                 f" ALTER DATABASE {database} SET client_encoding = '{encoding}'", database=database)
        for more in ("", "client_encoding=LATIN1", "options='-c client_encoding=SQL_ASCII'"):
            fund.build(("table", "t"), columns=columns, says=["1 rows, 1 facts"],
                       conninfo=f"{fund.conninfo()} dbname={database} {more}", PGCLIENTENCODING="SQL_ASCII")
        info = subprocess.run([TAHQIQ, "register", "info", fund.out, "--key", fund.folder / "key"],
                              capture_output=True, check=True).stdout
        check(b"v" in info, "info")
    fund.sql("CREATE DATABASE ascii TEMPLATE template0 ENCODING SQL_ASCII LC_COLLATE 'C' LC_CTYPE 'C'")
    fund.sql("CREATE TABLE t AS SELECT g::text AS k, CASE g WHEN 3 THEN"
             " convert_from('\\xe9'::bytea, 'SQL_ASCII') ELSE 'e' END AS v FROM generate_series(1, 4) g;"
             " GRANT SELECT ON t TO reader", database="ascii")
    ascii_database = f"{fund.conninfo()} dbname=ascii"
    fund.refuses(("table", "t"), columns=columns, conninfo=ascii_database,
                 says=["table 't0': behind row 2: the database says: invalid byte sequence",
                       "the database has no encoding (SQL_ASCII): name that of the column in 'sql'"])
    fund.build(("sql", "SELECT k, convert_from(convert(convert_to(v, 'SQL_ASCII'), 'WIN1252', 'UTF8'),"
                       " 'UTF8') AS v FROM t"), columns=columns, conninfo=ascii_database,
               says=["4 rows, 4 facts"])


# Who may read.


def rights(fund):
    """A role reads what it may, and could not write if it wanted."""
    fund.sql("CREATE TABLE w.some (k text, open text, secret text); INSERT INTO w.some VALUES"
             " ('1', 'a', 'b'); REVOKE SELECT ON w.some FROM reader; GRANT SELECT (k, open) ON w.some TO reader")
    fund.build(("table", "w.some"), columns="{open: {field: f, type: text, category: social}}",
               says=["1 rows, 1 facts"])
    fund.refuses(("table", "w.some"), columns="{secret: {field: f, type: text, category: social}}",
                 says=["table 't0': the role may not read secret: let the owner GRANT SELECT (secret) ON "
                       '"w"."some", or take it out of the description'])
    fund.sql("REVOKE ALL ON w.some FROM reader")
    fund.refuses(("sql", "SELECT k FROM w.some"), says=["permission denied for table some; let the owner grant"])
    # Rows that a policy hides.
    fund.sql("CREATE TABLE w.hides (k text, o text); INSERT INTO w.hides VALUES ('1', 'a'), ('2', 'b');"
             " ALTER TABLE w.hides ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON w.hides USING (o = 'a');"
             " CREATE VIEW w.all_rows AS TABLE w.hides; CREATE ROLE sees LOGIN BYPASSRLS IN ROLE reader")
    fund.refuses(("table", "w.hides"), says=["table 't0': row-level security hides rows of it", "BYPASSRLS"])
    fund.refuses(("sql", "SELECT * FROM w.hides"), says=["row-level security", "BYPASSRLS"])
    fund.build(("table", "w.all_rows"), says=["2 rows"])
    fund.build(("table", "w.hides"), conninfo=fund.conninfo("sees"), says=["2 rows"])
    # What is more than reading.
    fund.sql("CREATE ROLE owner NOLOGIN; GRANT CREATE, USAGE ON SCHEMA w TO owner; SET ROLE owner;"
             " CREATE TABLE w.owned (k text); REVOKE ALL ON w.owned FROM owner; RESET ROLE;"
             " REVOKE CREATE ON SCHEMA w FROM owner; CREATE SEQUENCE w.counter;"
             " CREATE ROLE owns LOGIN IN ROLE reader, owner; CREATE ROLE counts LOGIN IN ROLE reader;"
             " GRANT USAGE ON SEQUENCE w.counter TO counts; CREATE ROLE pulls LOGIN IN ROLE reader;"
             " GRANT TRIGGER ON w.one TO pulls; CREATE ROLE stops LOGIN IN ROLE reader, pg_signal_backend;"
             " CREATE ROLE writes LOGIN IN ROLE reader, pg_write_all_data;"
             " CREATE ROLE middle NOLOGIN NOINHERIT IN ROLE owner;"
             " CREATE ROLE far_off LOGIN NOINHERIT IN ROLE reader, middle")
    for role, what in (("owns", "may become 'owner', which owns table w.owned"), ("far_off", "'owner', which owns"),
                       ("counts", "has USAGE on sequence w.counter"), ("pulls", "has TRIGGER on table w.one"),
                       ("stops", "may become 'pg_signal_backend'"), ("writes", "'pg_write_all_data'")):
        fund.refuses(("table", "w.one"), conninfo=fund.conninfo(role), wanted=2,
                     says=[f"the role '{role}'", what, "connect as a role that can only read"])


def passwords(fund, port):
    """They come by file or environment and stand nowhere."""
    secret = "Tr0ub4dor-hunter2"
    fund.sql(f"SET password_encryption = 'scram-sha-256'; CREATE ROLE careful LOGIN PASSWORD '{secret}' IN ROLE reader")
    over = f"host=127.0.0.1 port={port} dbname=postgres user=careful"
    passfile, service = fund.folder / "pgpass", fund.folder / "service.conf"
    passfile.write_text(f"127.0.0.1:{port}:*:careful:{secret}\n", encoding="utf-8")
    passfile.chmod(0o600)
    service.write_text(f"[fund]\nhost=127.0.0.1\nport={port}\ndbname=postgres\nuser=careful\npassword={secret}\n",
                       encoding="utf-8")
    table = ("table", "w.one")
    said = fund.build(table, conninfo=over, says=["101 rows"], PGPASSFILE=str(passfile))
    said += fund.build(table, conninfo=f"{over} passfile={passfile}", says=["101 rows"])
    said += fund.build(table, conninfo="service=fund", says=["101 rows"], PGSERVICEFILE=str(service))
    said += fund.build(table, conninfo=over, says=["101 rows"], PGPASSWORD=secret)
    said += fund.build(table, conninfo=over, wanted=1, PGPASSFILE="/nonexistent",
                       says=["could not connect to the database: ", "no password supplied",
                             "put it into ~/.pgpass"])
    said += fund.build(table, conninfo=over, wanted=1, PGPASSWORD=secret + "x",
                       says=["password authentication failed"])
    passfile.chmod(0o644)
    said += fund.build(table, conninfo=over, wanted=1, PGPASSFILE=str(passfile), says=["no password supplied"])
    for given in (f"{over} password={secret}", f"postgresql://careful:{secret}@127.0.0.1:{port}/postgres"):
        said += fund.build(table, conninfo=given, wanted=2, says=["holds a password", "~/.pgpass"])
    check(secret not in said, "a password is told")
    check(secret.encode() not in fund.out.read_bytes(), "a password is sealed")
    # Over TCP, with and without TLS.
    said = fund.build(table, conninfo=f"{over} sslmode=require", wanted=0 if fund.tls else 1, PGPASSWORD=secret)
    if fund.tls:
        fund.build(table, conninfo=f"{over} sslmode=verify-full sslrootcert={fund.tls}", PGPASSWORD=secret)
        fund.refuses(table, conninfo=f"{over} sslmode=verify-full sslrootcert=/dev/null", PGPASSWORD=secret,
                     says=["could not connect to the database: "])
    fund.refuses(table, conninfo=f"host=127.0.0.1 port={free_port()} dbname=postgres user=careful",
                 says=["could not connect to the database: ", "Connection refused"])


# What happens meanwhile.

# A row takes some time, and fills what the server sends at once.
SLOW = ("sql", "SELECT k, pg_sleep(0.02), repeat(k, 5000) AS pad FROM w.one")
PAD = "{k: {field: k, type: id, category: identity}, pad: {field: pad, type: text, category: social}}"


def waits_and_begins_anew(fund, other):
    fund.describe(("table", "w.loaded"))
    process = fund.start()
    time.sleep(1)
    other.run("COMMIT")
    said = fund.finish(process)
    check("101 rows, 101 facts" in said and "'w.loaded' was emptied, rewritten or put in place" in said, said)


def locks(fund):
    """Tables are held from the beginning; what was emptied just then is noticed."""
    fund.describe(SLOW, ("table", "w.none"), ("table", "w.parts"))
    process = fund.start()
    fund.reading(1)
    with fund.session() as other:
        begin = time.monotonic()
        other.run("DROP TABLE w.none")  # waits for us
        waited = time.monotonic() - begin
    said = fund.finish(process)
    check(waited > 0.5 and "201 rows" in said, "DROP TABLE did not wait", waited, said)
    fund.refuses(("table", "w.none"), says=['t.yaml:7: table \'t0\': the database says: relation "w.none" does '
                                            "not exist; correct the name"])
    fund.sql("ALTER ROLE reader SET lock_timeout = '1s'; CREATE TABLE w.loaded AS TABLE w.one")
    with fund.session() as other:
        other.run("BEGIN; LOCK TABLE w.one")
        fund.refuses(("table", "w.one"), says=["table 't0': ", "lock timeout",
                                               "somebody is changing the table: run again when that is done"])
        other.run("ROLLBACK")
        # As a nightly load does it: to an older snapshot the table would be empty.
        other.run("BEGIN; TRUNCATE w.loaded; INSERT INTO w.loaded TABLE w.one")
        fund.sql("ALTER ROLE reader RESET lock_timeout")
        waits_and_begins_anew(fund, other)
        other.run("BEGIN; CREATE TABLE w.next AS TABLE w.one; GRANT SELECT ON w.next TO reader;"
                  " DROP TABLE w.loaded; ALTER TABLE w.next RENAME TO loaded")
        waits_and_begins_anew(fund, other)
    fund.sql("ALTER ROLE reader SET statement_timeout = '1s'")
    fund.build(SLOW, says=["101 rows"])  # a role's own limit is for people, not for a night's work
    fund.sql("ALTER ROLE reader RESET statement_timeout")


def strike(fund, wanted, says, *, act, sources=(SLOW, SLOW, SLOW), conninfo=None):
    """Do something to a build while it reads."""
    fund.describe(*sources, columns=PAD)
    old = fund.out.read_bytes()
    process = fund.start(conninfo)
    act(fund.reading(len(sources)))
    said = fund.finish(process, wanted)
    for text in says:
        check(text in said, repr(text), "is not in", repr(said))
    if wanted:
        check(old == fund.out.read_bytes(), "the old file is whole")
    fund.nothing_left()
    return said


def terminate(fund, *pids):
    fund.sql("".join(f"SELECT pg_terminate_backend({pid}); " for pid in pids))


def delayed(act, *arguments):
    """When some rows have come."""
    time.sleep(0.7)
    act(*arguments)


def losses(fund):
    """A lost connection is taken up again, a lost snapshot is made anew, once."""
    fund.build(SLOW, SLOW, SLOW, columns=PAD)
    whole = fund.out.stat().st_size
    rows = "3 tables, 303 rows, 202 facts"
    said = strike(fund, 0, [rows], act=lambda pids: delayed(terminate, fund, pids[1]))
    check("anew" not in said, "a helper's loss shows", said)
    check(fund.out.stat().st_size == whole, "another register after a loss")
    said = strike(fund, 0, [rows], act=lambda pids: terminate(fund, *pids[1:]))
    check("anew" not in said, said)
    strike(fund, 0, [rows, "all is read anew, from a new snapshot"], act=lambda pids: terminate(fund, *pids))
    strike(fund, 0, [rows], act=lambda pids: terminate(fund, pids[0]))

    stop = threading.Event()

    def hunt():
        while not stop.wait(0.3):
            fund.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                     " WHERE application_name = 'tahqiq' AND query LIKE 'COPY%'")

    hunter = threading.Thread(target=hunt)
    strike(fund, 1, ["all is read anew", "for the second time: run the command again"],
           act=lambda pids: hunter.start())
    stop.set()
    hunter.join()

    # Rows that come in another order cannot be told from those that were read.
    shuffled = ("sql", "SELECT k, pg_sleep(0.02), repeat(k, 5000) AS pad FROM"
                       " (SELECT k FROM w.one ORDER BY random()) AS x")
    strike(fund, 0, [rows, "the rows came in another order", "give 'sql' an ORDER BY", "read anew"],
           act=lambda pids: delayed(terminate, fund, pids[1]), sources=(SLOW, shuffled, SLOW))


class Proxy:
    """Between Tahqiq and the server, to be cut."""

    def __init__(self, port):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.pairs = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            near, _ = self.listener.accept()
            far = socket.create_connection(("127.0.0.1", self.target))
            self.pairs.append((near, far))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=pair, daemon=True).start()

    @staticmethod
    def pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self, number):
        for end in self.pairs[number]:
            end.shutdown(socket.SHUT_RDWR)


def cuts(fund, port):
    """A cut wire, and a server that dies and comes again."""
    for number, anew in ((1, False), (0, True)):
        proxy = Proxy(port)
        said = strike(fund, 0, ["303 rows, 202 facts"], act=lambda _, p=proxy, n=number: p.cut(n),
                      conninfo=f"host=127.0.0.1 port={proxy.port} dbname=postgres user=reader")
        check(("read anew" in said) == anew, number, said)

    def crash(_):
        fund.server.crash()
        time.sleep(2)
        fund.server.start()

    strike(fund, 0, ["303 rows, 202 facts", "all is read anew, from a new snapshot"], act=crash)


def stops(fund):
    """Who stops a build leaves nothing, here or there."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        begin = [0]

        def kill(_, number=number, begin=begin):
            begin[0] = time.monotonic()
            os.kill(process[0].pid, number)

        process = []
        start = fund.start
        fund.start = lambda conninfo=None, start=start: process.append(start(conninfo)) or process[0]
        sources = [("sql", "SELECT k, k AS pad, pg_sleep(20) FROM w.one")] * 2  # nothing is sent for long
        strike(fund, -number, [], act=kill, sources=sources)
        fund.start = start
        while fund.backends(0) and time.monotonic() < begin[0] + 15:
            time.sleep(0.2)
        check(not fund.backends(0), signal.Signals(number).name, "leaves a query running")
    check(fund.sql("SELECT count(*) FROM pg_class WHERE relpersistence = 't'") == "0", "temporary objects")


def progress(fund):
    """The rate and the time left, on a terminal and in a log."""
    slow = ("sql", "SELECT g::text AS k, repeat('x', 200) AS pad, pg_sleep(0.7) FROM generate_series(1, 95) AS g")
    quick = ("sql", "SELECT g::text AS k, 'x' AS pad FROM generate_series(1, 400000) AS g")
    fund.describe(quick, columns=PAD)
    near, far = os.openpty()
    with subprocess.Popen(fund.command(), stdout=subprocess.DEVNULL, stderr=far) as process:
        os.close(far)
        said = b""
        try:
            while data := os.read(near, 65536):
                said += data
        except OSError:
            pass  # a terminal ends so
    os.close(near)
    check(process.returncode == 0 and b"database" in said and b" rows" in said, said[-300:])
    said = fund.build(quick, slow, columns=PAD)
    check(" of " in said and "/s, " in said and " s left" in said and "\r" not in said, said)


def full_disk(fund):
    """The old file stays whole, and so does the folder."""
    small = fund.folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=False,
                      capture_output=True).returncode:
        print("skipped: full disk: no small file system can be mounted here")
        return
    try:
        out = fund.out
        fund.out = small / "out.tqr"
        fund.build(("table", "w.one"), says=["101 rows"])
        old = fund.out.read_bytes()
        fund.refuses(("sql", "SELECT md5(g::text) AS k FROM generate_series(1, 20000) g"),
                     says=["could not write", "out.tqr", "No space left on device"])
        check(old == fund.out.read_bytes() and os.listdir(small) == ["out.tqr"], os.listdir(small))
        fund.out = out
    finally:
        subprocess.run(["umount", small], check=True)


def standby(fund, folder):
    """A standby gives the same; where it must catch up it says so."""
    settings = {"max_standby_streaming_delay": "0", "wal_level": "replica", "max_wal_senders": "4",
                "max_connections": "40"}
    with postgres_server.Server(folder / "standby", settings, copy_of=fund.server) as server:
        other = Fund(fund.folder, server)
        other.build(("table", "w.one"), ("table", "w.parts"), says=["2 tables, 201 rows"])

        def vacuum(_):
            fund.sql("CREATE TABLE w.brief AS TABLE w.one; DELETE FROM w.brief; UPDATE w.parts SET k = k",
                     "VACUUM w.brief", "VACUUM w.parts")

        stop = threading.Event()

        def go_on():
            while not stop.wait(0.2):
                vacuum(None)
                fund.sql("DROP TABLE w.brief")

        writer = threading.Thread(target=go_on)
        said = strike(other, 1, ["conflict with recovery", "set hot_standby_feedback = on", "max_standby_streaming_delay",
                                 "for the second time"], act=lambda _: writer.start(),
                      sources=[("sql", "SELECT k, repeat('x', 9000) AS pad, pg_sleep(0.05) FROM w.parts")])
        stop.set()
        writer.join()
        check("anew" in said, said)


def certificate(folder):
    """A key and certificate of the server's own; None without openssl."""
    if not shutil.which("openssl"):
        return None
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "server.key",
                    "-out", folder / "server.crt"], check=True, capture_output=True)
    user = postgres_server.server_user()
    if user:
        shutil.chown(folder / "server.key", user)
    (folder / "server.key").chmod(0o600)
    (folder / "server.crt").chmod(0o644)
    return folder / "server.crt"


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    port = free_port()
    tls = certificate(folder)
    settings = {"listen_addresses": "127.0.0.1", "port": port, "wal_level": "replica", "max_wal_senders": "4",
                "max_connections": "40"}
    if tls:
        settings |= {"ssl": "on", "ssl_cert_file": tls, "ssl_key_file": folder / "server.key"}
    os.environ["PGPORT"] = str(port)
    with postgres_server.Server(folder / "server", settings) as server:
        hba = server.data / "pg_hba.conf"
        hba.write_text("host all careful 127.0.0.1/32 scram-sha-256\n" + hba.read_text(encoding="utf-8"),
                       encoding="utf-8")
        fund = Fund(folder, server)
        fund.tls = tls
        fund.sql("SELECT pg_reload_conf()")
        wanted = sys.argv[2:]
        for step in (types, names, history, encodings, rights, locks, losses, stops, progress, full_disk):
            if not wanted or step.__name__ in wanted or step in (types, names):
                begin = time.monotonic()
                step(fund)
                print(f"{step.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
        passwords(fund, port)
        standby(fund, folder)
        cuts(fund, port)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
