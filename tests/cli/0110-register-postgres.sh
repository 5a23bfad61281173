#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A register from the institution's own database: the same answers as from its files, a role that
# can only read, and whatever goes wrong is said with the table and leaves the old file whole.
. "$(dirname "$0")/lib.sh"
here=$(dirname "$0")

chmod 711 "$work" # the server does not run as root
make_drill
leak=$work/drill/leak
mkfifo "$work/hold"
"$here/postgres_fund.py" "$work/drill/register" "$work" <"$work/hold" >"$work/server.out" 2>&1 &
server=$!
exec 9>"$work/hold" # the server lives until this closes
while [ ! -e "$work/ready" ] && kill -0 "$server" 2>/dev/null; do sleep 0.2; done
[ -e "$work/ready" ] || { echo "FAILED: no server"; cat "$work/server.out"; exit 1; }

as() { echo "host=$work/server dbname=postgres user=$1"; }
admin() { psql -XqAt -h "$work/server" -U bench postgres -c "$1"; }
build() {
    description=$1
    shift
    "$TAHQIQ" register build "$work/$description" -o "$work/db.tqr" --key "$work/k" "$@"
}
# A description of one table: everything behind its key, indented by four.
describe() {
    printf 'register: {name: t, timezone: Africa/Casablanca}\nsubjects: [person]\ntables:\n' >"$work/t.yaml"
    printf '  - name: odd\n    subject: person\n    key: k\n%s\n' "$1" >>"$work/t.yaml"
}
columns='    columns: {k: {field: k, type: id, category: identity}}'
whole() { same "$work/old.tqr" "$work/db.tqr"; }
fails() { # fails STATUS TEXT ROLE: t.yaml cannot be built, and why
    expect "$1" build t.yaml --postgres "$(as "$3")"
    says "$work/err" "$2"
    whole
}

# The same register, and the same answers from it.
expect 0 build register.yaml --postgres "$(as reader)"
says "$work/out" "9 tables"
cp "$work/db.tqr" "$work/old.tqr"
for name in r db; do
    expect 0 "$TAHQIQ" register info "$work/$name.tqr" --key "$work/k" --json
    cp "$work/out" "$work/$name.json"
    expect 0 "$TAHQIQ" inquire --register "$work/$name.tqr" --key "$work/k" -o "$work/case-$name" "$leak"
    exports "$work/case-$name" "$work/x-$name"
done
same_info "$work/r.json" "$work/db.json"
for kind in records subjects exhibits readings snapshots counts; do
    same "$work/x-r/$kind.csv" "$work/x-db/$kind.csv"
done
# A role with one connection is enough.
expect 0 build register.yaml --postgres "$(as single)"
expect 0 "$TAHQIQ" register info "$work/db.tqr" --key "$work/k" --json
same_info "$work/r.json" "$work/out"
cp "$work/db.tqr" "$work/old.tqr"

# Nothing was written there, and nobody is left behind.
[ "$(admin "SELECT count(*) FROM pg_class WHERE relpersistence = 't'")" = 0 ] || failures=$((failures + 1))
[ "$(admin "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tahqiq'")" = 0 ] ||
    { echo "FAILED: a connection stayed open"; failures=$((failures + 1)); }

# Which role, and how it is told.
describe "    table: fund.odd
$columns"
fails 2 "'bench' is a superuser" bench
fails 2 "has UPDATE on table fund.assures" writer
fails 2 "'hidden' may become 'writer', which has UPDATE on table fund.assures" hidden
fails 2 "may make roles (CREATEROLE)" maker
admin "GRANT CREATE ON SCHEMA public TO PUBLIC"
fails 2 "has CREATE on schema public" reader
admin "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
fails 1 "permission denied for schema fund; let the owner grant" blind
expect 0 build t.yaml --postgres "$(as bench)" --allow-writable-role
cp "$work/db.tqr" "$work/old.tqr"
for conninfo in "$(as reader) password=hunter2" "postgresql://reader:hunter2@/postgres?host=$work/server" \
    "host=x password hunter2"; do
    expect 2 build t.yaml --postgres "$conninfo"
    says "$work/err" "--postgres"
    ! grep -q hunter2 "$work/err" || { echo "FAILED: a password is repeated"; failures=$((failures + 1)); }
    whole
done
printf '[tahqiq]\nhost=%s\nuser=reader\ndbname=postgres\npassword=hunter2\n' "$work/server" >"$work/service"
PGSERVICEFILE=$work/service expect 0 build t.yaml --postgres service=tahqiq
cp "$work/db.tqr" "$work/old.tqr"
PGSERVICEFILE=$work/service expect 1 build t.yaml --postgres "service=tahqiq user=hunter2"
says "$work/err" 'role "*******" does not exist'
PGPASSWORD=hunter2 expect 1 build t.yaml --postgres "$(as hunter2)"
says "$work/err" 'role "*******" does not exist'
expect 1 build t.yaml --postgres "host=$work/nowhere"
says "$work/err" "could not connect to the database"
expect 2 build t.yaml
says "$work/err" "t.yaml:7: table 'odd' is read from a database: give --postgres"
expect 2 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/db.tqr" --key "$work/k" \
    --postgres "$(as reader)"
says "$work/err" "every table has a 'file'"
whole

# What the description asks for and the database does not have, or not so.
describe "    table: fund.none
$columns"
fails 1 "t.yaml:7: table 'odd': the database says: relation \"fund.none\" does not exist" reader
describe "    sql: SELECT born FROM fund.odd
$columns"
fails 1 "t.yaml:7: table 'odd': there is no column 'k'; it has born" reader
describe "    sql: SELECT k, born AS k FROM fund.odd
$columns"
fails 1 "it has two columns 'k'" reader
describe "    sql: SELECT k, list FROM fund.odd
    columns: {list: {field: l, type: text, category: social}}"
fails 1 "column 'list' is of type text[], which is not one value" reader
describe "    sql: SELECT k FROM fund.odd; DROP TABLE fund.odd
$columns"
fails 1 "cannot insert multiple commands" reader
describe "    sql: \"SELECT k FROM fund.odd) AS s) TO PROGRAM 'false' --\"
$columns"
fails 1 "syntax error at or near" reader
describe "    sql: DELETE FROM fund.odd RETURNING k
$columns"
expect 1 build t.yaml --postgres "$(as bench)" --allow-writable-role
whole
describe "    sql: SELECT (1 / (length(k) - 1))::text AS k FROM fund.odd
$columns"
fails 1 "table 'odd': the database says: division by zero" reader
[ "$(admin 'SELECT count(*) FROM fund.odd')" = 9 ] || { echo "FAILED: rows are gone"; failures=$((failures + 1)); }

# Dates that databases have, NULLs, line breaks and names that want quotes.
describe '    sql: SELECT * FROM fund.odd WHERE gone IS DISTINCT FROM now()
    known: [seen, gone]
    columns:
      born: {field: born, type: date, category: identity}
      "No \"1\" of": {field: no, type: text, category: social}
      "Ünï": {field: flag, type: code, category: social}'
expect 0 build t.yaml --postgres "$(as reader)"
says "$work/out" "9 rows, 5 facts"
says "$work/err" "table 'odd' row 2 column 'born': a date before the year 1800: '0001-01-01'"
says "$work/err" "table 'odd' row 3 column 'born': not a date: '0044-03-15 BC'"
says "$work/err" "table 'odd' row 4 column 'born': not a date: 'infinity'"
says "$work/err" "table 'odd' row 5 column 'k': the key is empty"
says "$work/err" "table 'odd' row 6 column 'seen': 'known from' is no date or time from 1800 to 5000: 'infinity'"
says "$work/err" "table 'odd' row 7 column 'seen': 'known from' is no date or time from 1800 to 5000: '0001-01-01 00:00:00+00'"
says "$work/err" "table 'odd' row 8 column 'gone': 'known to' is no date or time from 1800 to 5000: '-infinity'"
says "$work/err" "table 'odd' row 9 column 'seen': 'known from' is no date or time from 1800 to 5000: '0044-03-15 00:00:00+00 BC'"
describe "    table: fund.odd
$columns"
expect 0 build t.yaml --postgres "$(as reader)"
says "$work/out" "9 rows, 8 facts"
says "$work/err" "row 5 column 'k': the key is empty"
cp "$work/db.tqr" "$work/old.tqr"

# A date of three columns, of numbers and a name.
describe "    sql: SELECT '1' AS k, 1980 AS y, 'mars' AS m, 5::smallint AS d UNION ALL SELECT '2', 1980, '2', 31
    columns: {[y, m, d]: {field: born, type: date, category: identity}}"
expect 0 build t.yaml --postgres "$(as reader)"
says "$work/out" "2 rows, 1 facts"
says "$work/err" "column 'y': not a date: '1980-02-31'"
cp "$work/db.tqr" "$work/old.tqr"
describe "    sql: SELECT '1' AS k, 1980 AS y, 2 AS m
    columns: {[y, m, d]: {field: born, type: date, category: identity}}"
fails 1 "there is no column 'd'; it has k, y, m" reader

# A database of another encoding.
admin "CREATE DATABASE old TEMPLATE template0 ENCODING LATIN1 LC_COLLATE 'C' LC_CTYPE 'C'"
psql -XqAt -h "$work/server" -U bench old \
    -c "CREATE TABLE t (k text, v text); INSERT INTO t VALUES ('1', U&'\\00e9'); GRANT SELECT ON t TO reader"
describe "    table: t
    columns: {v: {field: v, type: code, category: social}}"
expect 0 build t.yaml --postgres "$(as reader) dbname=old"
says "$work/out" "1 rows, 1 facts"
[ ! -s "$work/err" ] || { echo "FAILED: complaints"; cat "$work/err"; failures=$((failures + 1)); }
cp "$work/db.tqr" "$work/old.tqr"

# The connection drops in the middle; the table is locked; the program is stopped; the disk is full.
describe "    sql: SELECT immat AS k, pg_sleep(0.01) FROM fund.declarations
$columns"
(
    while sleep 2; do # it is taken up again, once
        admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tahqiq'" >/dev/null
    done
) &
killer=$!
expect 1 timeout 60 "$TAHQIQ" register build "$work/t.yaml" -o "$work/db.tqr" --key "$work/k" --postgres "$(as reader)"
kill "$killer"
wait "$killer" 2>/dev/null
says "$work/err" "table 'odd':"
says "$work/err" "run "
whole
"$TAHQIQ" register build "$work/t.yaml" -o "$work/db.tqr" --key "$work/k" --postgres "$(as reader)" &
build=$!
sleep 1
kill "$build"
wait "$build" 2>/dev/null
whole
tries=0
while [ "$(admin "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tahqiq'")" != 0 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || { echo "FAILED: the query goes on without us"; failures=$((failures + 1)); break; }
    sleep 0.5
done
(
    trap '' XFSZ
    ulimit -f 64
    "$TAHQIQ" register build "$work/register.yaml" -o "$work/db.tqr" --key "$work/k" --postgres "$(as reader)" 2>"$work/full"
)
says "$work/full" "File too large"
whole
[ -z "$(find "$work" -maxdepth 1 -name 'db.tqr.*')" ] || { echo "FAILED: a temporary file stayed"; failures=$((failures + 1)); }

exec 9>&-
wait "$server"
finish
