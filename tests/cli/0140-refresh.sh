#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A register refreshed from what changed is, to the byte behind its encryption, the one that a build
# from all rows gives; where it could not be, it is refused and the old file stays.
tests=$(dirname "$0")/..
[ -n "${PGHOST:-}" ] || exec python3 "$tests/with_postgres.py" "$0"
. "$tests/cli/lib.sh"

PATH=$(pg_config --bindir):$PATH
sql() {
    psql -XqAt -v ON_ERROR_STOP=1 "$@" >"$work/sql" 2>&1 || { cat "$work/sql"; failures=$((failures + 1)); }
}
build() { # build DESCRIPTION OUT [OPTION...]
    description=$1 out=$2
    shift 2
    "$TAHQIQ" register build "$work/$description" -o "$work/$out" --key "$work/k" --postgres "user=tahqiq" "$@"
}
# plain A B: all that two registers hold is the same, but the moment that each was built.
plain() {
    /usr/bin/python3 - "$tests/format/read_tqr.py" "$work/k" "$work/$1" "$work/$2" <<'PY' || { echo "FAILED: $1 and $2 differ"; failures=$((failures + 1)); }
import pathlib, runpy, sys
reader = runpy.run_path(sys.argv[1])
key = reader["subkey"](pathlib.Path(sys.argv[2]).read_bytes(), 1, 32)
a, b = (list(reader["chunks"](pathlib.Path(path).read_bytes(), key)) for path in sys.argv[3:5])
a[0], b[0] = (chunks[0][:-20] + chunks[0][-16:] for chunks in (a, b))
assert len(a) == len(b), (len(a), len(b))
assert not [i for i in range(len(a)) if a[i] != b[i]], [i for i in range(len(a)) if a[i] != b[i]]
PY
}
# refreshes DESCRIPTION TEXT: from old.tqr to what a build gives now, which becomes old.tqr.
refreshes() {
    expect 0 build "$1" full.tqr
    expect 0 build "$1" new.tqr --since "$work/old.tqr"
    says "$work/out" "$2"
    plain full.tqr new.tqr
}
refuses() { # refuses STATUS TEXT DESCRIPTION OPTION...: and old.tqr stays as it is
    status=$1 text=$2 description=$3
    shift 3
    cp "$work/old.tqr" "$work/kept.tqr"
    expect "$status" build "$description" old.tqr --since "$work/old.tqr" "$@"
    says "$work/err" "$text"
    same "$work/kept.tqr" "$work/old.tqr"
}

cat "$tests"/../schema/*.sql >"$work/schema.sql"
sql -1 -f "$work/schema.sql"
sql -f "$tests/../schema/90_role.sql"
sql -c "ALTER ROLE tahqiq LOGIN"
expect 0 "$TAHQIQ" drill "$work/drill" --persons 1200 --rows 500 --documents 4 --months 12 --postgres ""
cp "$work/drill/register/register-postgres.yaml" "$work/fund.yaml"

# ---- a fund and its nights ----
expect 0 build fund.yaml old.tqr
expect 0 build fund.yaml same.tqr --since "$work/old.tqr"
says "$work/out" "9 of 9 tables by what changed"
says "$work/out" "9 tables, 0 rows"
plain old.tqr same.tqr

cat >"$work/night.sql" <<'SQL'
SET search_path = fund, public;
CREATE FUNCTION pg_temp.of(immat text, parts int, part int) RETURNS boolean LANGUAGE sql
    AS $$ SELECT immat::bigint / 7 % parts = part $$;
-- A month of declarations comes in; some of the last are corrected.
INSERT INTO declaration (immat, period, affil, days, salary, sys_from)
    SELECT DISTINCT ON (immat) immat, (period + interval '1 month')::date, affil, days, salary + 10, now()
    FROM declaration WHERE pg_temp.of(immat, 3, 1) AND sys_to IS NULL ORDER BY immat, period DESC;
CREATE TEMP TABLE corrected AS SELECT * FROM declaration
    WHERE sys_to IS NULL AND sys_from < now() AND pg_temp.of(immat, 20, 3) AND extract(month FROM period) IN (3, 4);
UPDATE declaration d SET sys_to = now() FROM corrected c
    WHERE (d.immat, d.period, d.affil, d.sys_from) = (c.immat, c.period, c.affil, c.sys_from);
INSERT INTO declaration (immat, period, affil, days, salary, sys_from)
    SELECT immat, period, affil, days, salary + 0.37, now() FROM corrected;
-- People move, and are written in another way; a value nobody had before.
CREATE TEMP TABLE moved AS SELECT * FROM contact WHERE sys_to IS NULL AND pg_temp.of(immat, 25, 4);
UPDATE contact c SET sys_to = now() FROM moved m WHERE c.immat = m.immat AND c.sys_to IS NULL;
INSERT INTO contact (immat, phone, address, city, valid_from, valid_to, sys_from)
    SELECT immat, phone, 'Rue de la Mesange ' || immat, city, valid_from, valid_to, now() FROM moved;
CREATE TEMP TABLE renamed AS SELECT * FROM identity WHERE sys_to IS NULL AND pg_temp.of(immat, 30, 5);
UPDATE identity i SET sys_to = now() FROM renamed n WHERE i.immat = n.immat AND i.sys_to IS NULL;
INSERT INTO identity (immat, national_id, family_name, given_name, family_name_ar, given_name_ar, sex, birth_date,
        birth_place, marital_status, spouse_immat, valid_from, valid_to, sys_from)
    SELECT immat, national_id, family_name || ' Zzyx', given_name, family_name_ar, given_name_ar, sex, birth_date,
        birth_place, marital_status, spouse_immat, valid_from, valid_to, now() FROM renamed;
-- Some leave: closed in all tables, nothing follows.
UPDATE identity SET sys_to = now() WHERE sys_to IS NULL AND pg_temp.of(immat, 60, 7);
UPDATE contact SET sys_to = now() WHERE sys_to IS NULL AND pg_temp.of(immat, 60, 7);
UPDATE account SET sys_to = now() WHERE sys_to IS NULL AND pg_temp.of(immat, 60, 7);
UPDATE child SET sys_to = now() WHERE sys_to IS NULL AND pg_temp.of(immat, 60, 7);
UPDATE health_claim SET sys_to = now() WHERE sys_to IS NULL AND pg_temp.of(immat, 60, 7);
-- New people, and an employer of theirs.
INSERT INTO employer (affil, registered_at) VALUES ('9990001', now());
INSERT INTO employer_state (affil, name, city, status, sys_from)
    SELECT '9990001', 'Atelier de la Mesange', city, status, now() FROM employer_state LIMIT 1;
INSERT INTO person (immat, registered_at) SELECT (999000000 + i)::text, now() FROM generate_series(1, 15) i;
INSERT INTO identity (immat, family_name, given_name, birth_date, sys_from)
    SELECT (999000000 + i)::text, 'Mesange', 'Nouvelle' || i, '1990-01-01'::date + i, now() FROM generate_series(1, 15) i;
INSERT INTO declaration (immat, period, affil, days, salary, sys_from)
    SELECT (999000000 + i)::text, '2024-12-01', '9990001', 26, 5000, now() FROM generate_series(1, 15) i;
SQL
sql -1 -f "$work/night.sql"
refreshes fund.yaml "9 of 9 tables by what changed"
changes=$(sed -n 's/.* \([0-9]*\) rows.*/\1/p' "$work/out")
{ [ "$changes" -gt 1000 ] && [ "$changes" -lt 8000 ]; } || { echo "FAILED: $changes rows were read"; failures=$((failures + 1)); }
for name in full new; do
    expect 0 "$TAHQIQ" register info "$work/$name.tqr" --key "$work/k" --json
    cp "$work/out" "$work/$name.json"
done
same_info "$work/full.json" "$work/new.json"
expect 0 "$TAHQIQ" register compare "$work/full.tqr" "$work/new.tqr" --key "$work/k"
expect 0 build fund.yaml new.tqr --since "$work/old.tqr" --fingerprints-only
expect 0 build fund.yaml full.tqr --fingerprints-only
plain full.tqr new.tqr
# Twice, and over itself.
expect 0 build fund.yaml old.tqr --since "$work/old.tqr"
expect 0 build fund.yaml full.tqr
plain full.tqr old.tqr

# ---- tables of all sorts ----
cat >"$work/odd.sql" <<'SQL'
CREATE SCHEMA odd;
GRANT USAGE ON SCHEMA odd TO tahqiq;
ALTER DEFAULT PRIVILEGES IN SCHEMA odd GRANT SELECT ON TABLES TO tahqiq;
CREATE TABLE odd.a (k text, x text, y text, since timestamp, gone timestamp);
CREATE TABLE odd.b (k varchar(20), x text, since date, gone date);
CREATE TABLE odd.c (k text, z text);
CREATE TABLE odd.firm (k int, name text);
CREATE TABLE odd.heard (k text, m text, note text, at timestamptz);
INSERT INTO odd.a VALUES
    ('p1', 'same', 'one', '2020-01-01', NULL), ('p1', 'same', 'two', '2021-01-01', NULL),       -- two rows hold it
    (' p2', 'run', 'one', '2020-01-01', '2021-01-01'), ('p2 ', 'run', 'two', '2021-01-01', NULL), -- one fact of two rows
    ('p3', 'elsewhere', NULL, '2020-01-01', NULL), ('p4', 'far', 'f', '2020-01-01', '9999-12-31'),
    ('p5', 'ever', 'e', NULL, NULL), ('p6', 'planned', 'p', '2020-01-01', '2037-01-01'),
    ('p7', 'until', 'u', '-infinity', 'infinity'), ('p8', NULL, NULL, '2020-01-01', NULL), ('p9', 'q', 'q', '2020-01-01', NULL);
INSERT INTO odd.b VALUES ('p3', 'elsewhere', '2020-06-01', NULL), ('p10', 'b', '2020-06-01', NULL);
INSERT INTO odd.c VALUES ('p1', 'c1'), ('only', 'c2'), ('p9', 'c3'), (' ', 'nobody');
INSERT INTO odd.firm VALUES (1, 'uno'), (2, 'due'), (3, 'due');
INSERT INTO odd.heard SELECT 'p' || i % 12, '2024-0' || 1 + i % 9, 'n' || i, '2024-01-01'::timestamptz + i * interval '1 day'
    FROM generate_series(1, 60) i;
SQL
sql -1 -f "$work/odd.sql"
cat >"$work/odd.yaml" <<'YAML'
register: {name: odd, timezone: Africa/Casablanca}
subjects: [person, firm, rumour]
tables:
  - {name: a, subject: person, key: k, table: odd.a, known: [since, gone], columns: {x: {field: x, type: text, category: social}, y: {field: y, type: text, category: social}}}
  - {name: b, subject: person, key: k, table: odd.b, known: [since, gone], columns: {x: {field: x, type: text, category: social}}}
  - {name: c, subject: person, key: k, table: odd.c, columns: {z: {field: z, type: text, category: social}}}
  - {name: firm, subject: firm, key: k, table: odd.firm, columns: {name: {field: name, type: text, category: social}}}
  - {name: heard, subject: rumour, key: k, sql: SELECT * FROM odd.heard, period: m, known: [at, null], columns: {note: {field: note, type: text, category: social}}}
YAML
expect 0 build odd.yaml old.tqr
cat >"$work/odd-night.sql" <<'SQL'
UPDATE odd.a SET gone = localtimestamp WHERE y = 'two' AND trim(k) IN ('p1', 'p2');
INSERT INTO odd.a VALUES ('p2', 'run', 'three', localtimestamp, NULL), ('p12', 'new', 'n', NULL, NULL), ('p13', 'new', NULL, localtimestamp, 'infinity');
UPDATE odd.a SET gone = localtimestamp WHERE k IN ('p3', 'p4', 'p5', 'p7', 'p8');
UPDATE odd.a SET gone = '2036-01-01' WHERE k = 'p6';
UPDATE odd.b SET gone = current_date WHERE k = 'p10';
DELETE FROM odd.c WHERE k IN ('only', 'p9');
INSERT INTO odd.c VALUES ('p10', 'c4'), ('fresh', 'c2');
DELETE FROM odd.firm WHERE k = 2;
INSERT INTO odd.firm VALUES (10, 'dieci');
INSERT INTO odd.heard VALUES ('p1', '2024-10', 'n1', now()), ('p99', '2024-10', 'n99', now());
SQL
sql -1 -f "$work/odd-night.sql"
export TZ=UTC
refreshes odd.yaml "3 of 5 tables by what changed"
says "$work/err" "table 'c' was read whole"
says "$work/err" "table 'firm' was read whole"
[ "$(grep -c "read whole" "$work/err")" = 2 ] || { echo "FAILED: others were read whole"; failures=$((failures + 1)); }
cp "$work/new.tqr" "$work/old.tqr"

# Of what changed no row can be used: that is no reason to refuse a table that is right else.
sql -c "INSERT INTO odd.heard VALUES ('p3', 'May', 'n3', now())"
refreshes odd.yaml "3 of 5 tables"
says "$work/err" "the period is not a month"
sql -c "DELETE FROM odd.heard WHERE m = 'May'"

# A transaction that began before the old register was built, and ended after.
{ echo "BEGIN; INSERT INTO odd.a VALUES ('late', 'late', 'l', localtimestamp, NULL); \! touch $work/began"
  while [ ! -e "$work/built" ]; do sleep 0.1; done
  echo "COMMIT;"; } | psql -Xq >"$work/late" 2>&1 &
late=$!
while [ ! -e "$work/began" ] && kill -0 $late; do sleep 0.1; done
expect 0 build odd.yaml old.tqr
touch "$work/built"
wait $late
expect 0 build odd.yaml new.tqr --since "$work/old.tqr"
says "$work/out" "3 of 5 tables"
refreshes odd.yaml "3 of 5 tables"
cp "$work/new.tqr" "$work/old.tqr"

# Files are read whole; so then is what feeds the same field, and what feeds another with that.
printf 'k,y\np1,filed\np20,filed\n' >"$work/y.csv"
sed '/name: firm, subject/i\  - {name: filed, subject: person, key: k, file: y.csv, columns: {y: {field: y, type: text, category: social}}}' \
    "$work/odd.yaml" >"$work/mixed.yaml"
expect 0 build mixed.yaml old.tqr
printf 'k,y\np1,again\np21,filed\n' >"$work/y.csv"
sql -c "UPDATE odd.b SET gone = '2021-01-01' WHERE k = 'p3'" -c "INSERT INTO odd.heard VALUES ('p2', '2024-11', 'n2', now())"
refreshes mixed.yaml "1 of 6 tables by what changed"
for table in a b c filed firm; do says "$work/err" "table '$table' was read whole"; done

# What is refused, and the old register stays.
expect 0 build odd.yaml old.tqr
sql -c "UPDATE odd.a SET gone = localtimestamp WHERE k = 'p9'" -c "INSERT INTO odd.a VALUES ('p9', 'back', 'b', '2021-01-01', NULL)"
refuses 2 "field 'x': rows known before" odd.yaml
expect 0 build odd.yaml new.tqr --since "$work/old.tqr" --margin 9000
expect 0 build odd.yaml full.tqr
plain full.tqr new.tqr
cp "$work/new.tqr" "$work/old.tqr"
sql -c "INSERT INTO odd.a VALUES ('p10', 'n', 'n', localtimestamp, 'infinity')"
refreshes odd.yaml "3 of 5 tables"
sed 's/name: odd/name: even/' "$work/odd.yaml" >"$work/other.yaml"
refuses 2 "was built from another description than other.yaml is now" other.yaml
{ cat "$work/odd.yaml"; echo "# a comment is no change"; } >"$work/comment.yaml"
expect 0 build comment.yaml new.tqr --since "$work/old.tqr"
sql -c "REVOKE SELECT ON odd.b FROM tahqiq"
refuses 1 "table 'b': the role may not read" odd.yaml
sql -c "GRANT SELECT ON odd.b TO tahqiq"
expect 0 build odd.yaml prints.tqr --fingerprints-only
expect 2 build odd.yaml new.tqr --since "$work/prints.tqr"
says "$work/err" "holds fingerprints only"
expect 1 build odd.yaml new.tqr --since "$work/none.tqr"
says "$work/err" "none.tqr"
head -c 32 /dev/urandom >"$work/k2"
expect 1 "$TAHQIQ" register build "$work/odd.yaml" -o "$work/new.tqr" --key "$work/k2" --postgres user=tahqiq --since "$work/old.tqr"
says "$work/err" "another key"
expect 1 "$TAHQIQ" register build "$work/odd.yaml" -o "$work/new.tqr" --key "$work/k3" --postgres user=tahqiq --since "$work/old.tqr"
[ ! -e "$work/k3" ] || { echo "FAILED: a key was made"; failures=$((failures + 1)); }
# Every flipped byte of the old register is found, also where nobody needs it.
size=$(wc -c <"$work/old.tqr")
cp "$work/old.tqr" "$work/kept.tqr"
for at in 20 200 1800 $((size / 2)) $((size - 20)); do
    python3 -c 'import sys; data = bytearray(open(sys.argv[1], "rb").read()); data[int(sys.argv[3])] ^= 1; open(sys.argv[2], "wb").write(data)' \
        "$work/kept.tqr" "$work/flipped.tqr" "$at"
    cp "$work/flipped.tqr" "$work/old.tqr"
    expect 1 build odd.yaml old.tqr --since "$work/old.tqr"
    same "$work/flipped.tqr" "$work/old.tqr"
done
cp "$work/kept.tqr" "$work/old.tqr"
expect 2 build odd.yaml old.tqr --margin 3
says "$work/err" "--margin is of use with --since only"
for margin in x -1 36501 ""; do
    refuses 2 "--margin takes a number of days" odd.yaml --margin "$margin"
done
finish
