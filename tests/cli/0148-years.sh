#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A register that keeps one row per year, as a tax office does: a list of receipts of several years,
# without a header, is compared year by year, and earlier years are not stale.
. "$(dirname "$0")/lib.sh"

mkdir "$work/register" "$work/leak"
cat >"$work/register/register.yaml" <<'END'
register:
  name: Recaudacion
  country: ES
  timezone: Europe/Madrid
subjects: [contribuyente]
tables:
  - name: contribuyentes
    subject: contribuyente
    key: id
    file: contribuyentes.csv
    delimiter: ";"
    columns:
      nif:       {field: nif, type: id, category: identity}
      apellido1: {field: apellido1, type: family-name, category: identity}
      apellido2: {field: apellido2, type: family-name, category: identity}
      nombre:    {field: nombre, type: given-name, category: identity}
  - name: recibos
    subject: contribuyente
    key: id
    file: recibos.csv
    delimiter: ";"
    period: ejercicio
    columns:
      cuota: {field: cuota, type: amount, category: financial}
END

# 300 persons with receipts of 2022 to 2025. Of the list each tenth has an amount that is nobody's, and
# two have that of another year.
awk -v people="$work/register/contribuyentes.csv" -v receipts="$work/register/recibos.csv" \
    -v list="$work/leak/ibi.txt" 'BEGIN {
    split("Paz Soria Diez Moya Puig Ibarra Cervera Rubio Lozano Bou", family, " ")
    split("Celia Ana Luis Marta Jorge Elena Pablo Irene Hugo Sara", given, " ")
    print "id;nif;apellido1;apellido2;nombre" >people
    print "id;ejercicio;cuota" >receipts
    for (i = 1; i <= 300; i++) {
        nif = 60000000 + i * 104729 % 9999991
        one = family[1 + i % 10]; two = family[1 + int(i / 10) % 10]; name = given[1 + int(i / 3) % 10]
        print i ";" nif ";" one ";" two ";" name >people
        for (year = 2022; year <= 2025; year++) {
            amount[year] = sprintf("%d,%02d", 100 + i * 37 % 900 + (year - 2022) * (3 + i % 7), i * year % 100)
            print i ";" year ";" amount[year] >receipts
        }
        year = 2022 + i % 4
        shown = i % 10 == 0 ? 5000 + i ",11" : amount[i % 150 == 5 ? 2022 + (i + 1) % 4 : year]
        print year "|" shown "|" name " " one " " two "|" nif >list
    }
}'

expect 0 "$TAHQIQ" register build "$work/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 inquire -o "$work/c" "$work/leak"
says "$work/out" "authentic      268"
says "$work/out" "altered        32"
expect 0 "$TAHQIQ" export "$work/c" records -o "$work/records.csv"
says "$work/records.csv" 'cuota@2024-01"",""agrees'
expect 0 "$TAHQIQ" export "$work/c" readings -o "$work/readings.csv"
says "$work/readings.csv" "cuota@row"
finish
