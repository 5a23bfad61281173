#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Every form of history that 0130 has from files gives the same facts from a database: typed tables,
# an open end as NULL or infinity, and dated exports that the database wrote itself.
tests=$(dirname "$0")/..
[ -n "${PGHOST:-}" ] || exec python3 "$tests/with_postgres.py" "$0"
. "$tests/cli/lib.sh"

PATH=$(pg_config --bindir):$PATH
reader=$tests/format/read_tqr.py
sql() {
    psql -XqAt -v ON_ERROR_STOP=1 "$@"
}
make_drill
register=$work/drill/register

# The world, once: text as text, times as times.
expect 0 sql -c "CREATE TABLE comptes (immat text, rib text, mode_paiement text,
        valide_du date, valide_au date, connu_du timestamptz, connu_au timestamptz);
    CREATE TABLE declarations (periode text, immat text, salaire numeric, recu_le timestamptz, remplace_le timestamptz)" \
    -c "CREATE ROLE reader LOGIN; GRANT SELECT ON comptes, declarations TO reader"
python3 - "$register" "$work" <<'PY' || failures=$((failures + 1))
import csv, sys
for name, columns in (("comptes", "immat rib mode_paiement valide_du valide_au connu_du connu_au"),
                      ("declarations", "periode immat salaire recu_le remplace_le")):
    with open(f"{sys.argv[1]}/{name}.csv", encoding="utf-8", newline="") as source, \
            open(f"{sys.argv[2]}/{name}.csv", "w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns.split(), extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(csv.DictReader(source))
PY
for name in comptes declarations; do
    expect 0 sql -c "\\copy $name FROM '$work/$name.csv' (FORMAT csv, HEADER)"
done

account='{rib: {field: account, type: account, category: financial}}'
salary='{salaire: {field: salary, type: amount, category: financial}}'
# form NAME COLUMNS HISTORY FILE SOURCE: one table, from a file and from the database.
form() {
    for from in file base; do
        {
            printf 'register: {name: Forms, country: MA, timezone: Africa/Casablanca}\nsubjects: [person]\n'
            printf 'tables:\n  - name: t\n    subject: person\n    key: immat\n'
            [ "$from" = file ] && printf '    file: %s\n' "$4" || printf '    %s\n' "$5"
            printf '%b    columns: %s\n' "$3" "$2"
        } >"$work/$1-$from.yaml"
    done
    expect 0 "$TAHQIQ" register build "$work/$1-file.yaml" -o "$work/file.tqr" --key "$work/k"
    expect 0 "$TAHQIQ" register build "$work/$1-base.yaml" -o "$work/base.tqr" --key "$work/k" --postgres "user=reader"
    same_facts "$1"
}
same_facts() {
    for from in file base; do
        expect 0 "$reader" "$work/$from.tqr" "$work/k"
        sort "$work/out" >"$work/$from.jsonl"
    done
    [ "$(wc -l <"$work/file.jsonl")" -gt 1000 ] || { echo "FAILED: $1: few facts"; failures=$((failures + 1)); }
    same "$work/file.jsonl" "$work/base.jsonl"
}
valid='    valid: [valide_du, valide_au]\n'
known='    known: [connu_du, connu_au]\n'
form bitemporal "$account" "$valid$known" comptes.csv "table: comptes"
form infinite "$account" "$valid$known" comptes.csv "sql: \"SELECT immat, rib, coalesce(valide_du, '-infinity')
      AS valide_du, coalesce(valide_au, 'infinity') AS valide_au, coalesce(connu_du, '-infinity') AS connu_du,
      coalesce(connu_au, '9999-12-31') AS connu_au FROM comptes\""
form valid "$account" "$valid" comptes.csv "table: comptes"
form known "$account" "$known" comptes.csv "table: comptes"
form periods "$salary" '    period: periode\n' declarations.csv "table: declarations"
form months "$salary" '    period: periode\n    known: [recu_le, remplace_le]\n' declarations.csv \
    "sql: SELECT immat, (periode || '-01')::date AS periode, salaire, recu_le, remplace_le FROM declarations"

# Dated exports that the database wrote of itself, against those made from the files.
snapshots() { # snapshots NAME: a description of the exports in NAME
    printf 'register: {name: Forms, country: MA, timezone: Africa/Casablanca}\nsubjects: [person]\ntables:\n'
    printf '  - name: t\n    subject: person\n    key: immat\n    snapshots:\n'
    for month in 01 02 03 04 05 06; do
        printf '      - {date: "2024-%s-15T12:00:00Z", file: %s-%s.csv}\n' "$month" "$1" "$month"
    done
    printf '%b    columns: %s\n' "$valid" "$account"
}
for month in 01 02 03 04 05 06; do
    at=2024-$month-15T12:00:00Z
    awk -F, -v at="$at" 'NR == 1 || ($6 <= at && ($7 == "" || $7 > at))' "$work/comptes.csv" >"$work/file-$month.csv"
    expect 0 sql -c "\\copy (SELECT immat, rib, valide_du, valide_au FROM comptes WHERE connu_du <= '$at'
        AND (connu_au > '$at' OR connu_au IS NULL)) TO '$work/base-$month.csv' (FORMAT csv, HEADER)"
done
for from in file base; do
    snapshots "$from" >"$work/snapshots-$from.yaml"
    expect 0 "$TAHQIQ" register build "$work/snapshots-$from.yaml" -o "$work/$from.tqr" --key "$work/k"
done
same_facts snapshots
finish
