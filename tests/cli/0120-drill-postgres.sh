#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The reference schema on a real server, and a drill's register in it.
tests=$(dirname "$0")/..
[ -n "${PGHOST:-}" ] || exec python3 "$tests/with_postgres.py" "$0"
. "$tests/cli/lib.sh"

PATH=$(pg_config --bindir):$PATH
drill() {
    "$TAHQIQ" drill "$@" --persons 1200 --rows 500 --documents 4 --months 12
}
sql() {
    psql -XqAt -v ON_ERROR_STOP=1 "$@"
}

# Without the schema nothing begins, and nothing is left behind.
expect 1 drill "$work/drill" --postgres ""
says "$work/err" "apply the reference schema first"
[ ! -e "$work/drill" ] || { echo "FAILED: a drill without database"; failures=1; }

cat "$tests"/../schema/*.sql >"$work/schema.sql"
expect 0 sql -1 -f "$work/schema.sql"
expect 0 sql -c "ALTER ROLE tahqiq LOGIN"
expect 0 sql -1 -f "$work/schema.sql" # once more: what is there stays, who may log in too
[ "$(sql -c "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'tahqiq'")" = t ] ||
    { echo "FAILED: the role is locked out"; failures=1; }
[ "$(sql -c "SELECT count(*) FROM pg_constraint WHERE connamespace = 'fund'::regnamespace AND contype = 'x'")" = 12 ] ||
    { echo "FAILED: not twelve exclusion constraints"; failures=1; }

# Everything says what it is.
sql -c "SELECT c.relname || '.' || coalesce(a.attname, '') FROM pg_class c
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'fund'::regnamespace AND c.relkind = 'r'
    AND (obj_description(c.oid) IS NULL
         OR coalesce(col_description(c.oid, a.attnum), '') !~ '[^ ].* Unit: .+ Category: [a-z]+\.')" \
    >"$work/silent"
[ ! -s "$work/silent" ] || { echo "FAILED: without comment:"; cat "$work/silent"; failures=1; }

# Credentials stay away from the command line.
expect 2 drill "$work/drill" --postgres "password=secret"
says "$work/err" "holds a password"
expect 2 drill "$work/drill" --postgres "postgresql://me:secret@/db"
says "$work/err" "holds a password"
expect 2 drill "$work/drill" --postgres "no such thing"
says "$work/err" "wants a connection string"
expect 1 drill "$work/drill" --postgres "host=$work/nowhere"
says "$work/err" "could not connect"
[ ! -e "$work/drill" ] || { echo "FAILED: a drill without database"; failures=1; }

expect 0 drill "$work/drill" --postgres ""
register=$work/drill/register

# The queries of the description give the files, row for row.
mkdir "$work/back"
sed -n 's/^    file: //p' "$register/register.yaml" >"$work/files"
sed -n 's/^    sql: //p' "$register/register-postgres.yaml" >"$work/queries"
paste -d '|' "$work/files" "$work/queries" | while IFS='|' read -r file query; do
    sql -c "SET timezone = 'UTC'" -c "COPY ($query) TO STDOUT (FORMAT csv, HEADER)" |
        sed -E 's/([0-9]) ([0-9:]+)\+00/\1T\2Z/g' >"$work/back/$file"
    if [ "$file" = declarations.csv ]; then
        sed -i -E 's/^([0-9]+,[0-9]{4}-[0-9]{2})-01,/\1,/' "$work/back/$file"
    fi
    sort "$work/back/$file" >"$work/a"
    sort "$register/$file" >"$work/b"
    cmp -s "$work/a" "$work/b" || echo "$file" >>"$work/different"
done
[ "$(wc -l <"$work/queries")" -eq 9 ] || { echo "FAILED: not nine queries"; failures=1; }
[ ! -e "$work/different" ] || { echo "FAILED: other rows:"; cat "$work/different"; failures=1; }
[ "$(sql -c 'SELECT count(*) FROM fund.person')" = 1200 ] || { echo "FAILED: persons"; failures=1; }

# So do registers, read by the role that may only read, whatever the rules say of them.
sql -c "ALTER ROLE tahqiq LOGIN"
expect 0 "$TAHQIQ" register build "$register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 "$TAHQIQ" register build "$register/register-postgres.yaml" -o "$work/db.tqr" --key "$work/k" \
    --postgres "user=tahqiq"
for name in r db; do
    expect 0 "$TAHQIQ" register info "$work/$name.tqr" --key "$work/k" --json
    cp "$work/out" "$work/$name.json"
    expect 0 "$TAHQIQ" register check "$work/$name.tqr" --key "$work/k" --json
    cp "$work/out" "$work/$name-check.json"
done
same_info "$work/r.json" "$work/db.json"
same "$work/r-check.json" "$work/db-check.json"

# What stands there is not added to, and a load that fails leaves nothing.
expect 1 drill "$work/again" --postgres ""
says "$work/err" "holds rows already"
sql -c "SELECT 'TRUNCATE fund.' || string_agg(relname, ', fund.') FROM pg_class
    WHERE relnamespace = 'fund'::regnamespace AND relkind = 'r'" >"$work/empty.sql"
expect 0 sql -f "$work/empty.sql" -c "ALTER TABLE fund.health_claim ADD CHECK (amount < 200)"
expect 1 drill "$work/fails" --postgres ""
says "$work/err" "fund.health_claim"
[ "$(sql -c 'SELECT count(*) FROM fund.identity')" = 0 ] || { echo "FAILED: half a load"; failures=1; }

# A history does not contradict itself, and has one way to say that an end is open.
row() { sql -c "INSERT INTO fund.account VALUES ('800000000', NULL, NULL, 'V', $1)"; }
expect 0 sql -c "INSERT INTO fund.person VALUES ('800000000', now())"
expect 0 row "'2020-01-01', NULL, '2020-01-01', NULL"
expect 1 row "'2021-01-01', NULL, '2021-01-01', NULL"
says "$work/err" "account_no_overlap"
expect 1 row "'2020-01-01', '2020-01-01', '2019-01-01', '2020-01-01'"
expect 1 row "'2010-01-01', 'infinity', '2019-01-01', '2020-01-01'"
says "$work/err" "violates check constraint"
expect 0 row "'2021-01-01', NULL, '2019-01-01', '2020-01-01'"
expect 0 sql -c "TRUNCATE fund.person, fund.account CASCADE"

# The role reads and cannot write.
expect 0 sql -U tahqiq -c "SELECT count(*) FROM fund.declaration"
expect 1 sql -U tahqiq -c "SET default_transaction_read_only = off" \
    -c "DELETE FROM fund.declaration"
says "$work/err" "permission denied"
expect 1 sql -U tahqiq -c "CREATE TABLE fund.mine (i int)"
expect 1 sql -U tahqiq -c "SET default_transaction_read_only = off" -c "CREATE TEMP TABLE mine (i int)"
says "$work/err" "permission denied"
[ "$(sql -U tahqiq -c 'SHOW default_transaction_read_only')" = on ] ||
    { echo "FAILED: not read-only"; failures=1; }
finish
