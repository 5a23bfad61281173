#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Two digits for a year mean what the register's own dates say: of births of the very old another
# hundred years than of dates to come, in the same table. A column of years agrees with the years of
# dates; a year alone among dates is one cut short.
. "$(dirname "$0")/lib.sh"

mkdir "$work/register" "$work/leak"
cat >"$work/register/register.yaml" <<'END'
register:
  name: Maison de retraite
  country: FR
  timezone: Europe/Paris
subjects: [resident]
tables:
  - name: residents
    subject: resident
    key: numero
    file: residents.csv
    columns:
      numero:   {field: number, type: id, category: identity}
      tel:      {field: phone, type: phone, category: contact}
      ne:       {field: birth_date, type: date, category: identity}
      echeance: {field: expiry_date, type: date, category: financial}
END

# 400 residents born 1902 to 1930, with contracts that end 2032 to 2055; every tenth is a stranger.
# One is a child of 2008: "08" is 1908 of nearly all, and of him it is what the register holds.
awk -v residents="$work/register/residents.csv" -v list="$work/leak/liste.csv" -v years="$work/leak/annees.csv" 'BEGIN {
    print "numero,tel,ne,echeance" >residents
    print "A;B;C;D" >list
    print "A;B;C" >years
    for (i = 1; i <= 400; i++) {
        number = 31000000 + i * 7919 * 7 % 899999
        phone = sprintf("06%08d", 10000000 + i * 104729 * 3 % 79999999)
        year = 1902 + i * 13 % 29; month = 1 + i * 5 % 12; day = 1 + i * 11 % 28
        if (i == 7)
            year = 2008
        end = 2032 + i * 7 % 24; until = 1 + i * 7 % 12
        if (i % 10 != 0)
            printf "%d,%s,%04d-%02d-%02d,%04d-%02d-01\n", number, phone, year, month, day, end, until >residents
        born = i == 8 ? year : sprintf("%02d/%02d/%02d", day, month, year % 100)
        printf "%d;%s;%s;01.%02d.%02d\n", number, phone, born, until, end % 100 >list
        printf "%d;%s;%d\n", number, phone, i == 9 ? year + 9 : year >years
    }
}'

expect 0 "$TAHQIQ" register build "$work/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 inquire -o "$work/case" "$work/leak"
expect 0 "$TAHQIQ" export "$work/case" readings -o "$work/readings.csv"
says "$work/readings.csv" 'liste.csv,3,C,birth_date,0.99'
says "$work/readings.csv" 'liste.csv,4,D,expiry_date,1.000000,'
says "$work/readings.csv" 'annees.csv,3,C,birth_date,0.99'
expect 0 "$TAHQIQ" export "$work/case" records -o "$work/records.csv"

# verdicts FILE VERDICT COUNT
verdicts() {
    count=$(grep -c "^$1,.*,$2," "$work/records.csv")
    if [ "$count" -ne "$3" ]; then
        echo "FAILED: $count records of $1 are $2, not $3"
        failures=$((failures + 1))
    fi
}

verdicts liste.csv authentic 359
verdicts liste.csv incomplete 1
verdicts liste.csv altered 0
verdicts annees.csv authentic 359
verdicts annees.csv altered 1
says "$work/records.csv" '[3,""birth_date"",""variant""]'
says "$work/records.csv" '[3,""birth_date"",""truncated""]'
says "$work/records.csv" '[3,""birth_date"",""contradicts""]'
finish
