#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Dates whose year, month and day stand in columns of their own: in the register, where the
# description says so, and in a leak, where the register's dates do, with a header or without.
. "$(dirname "$0")/lib.sh"

mkdir "$work/register" "$work/leak" "$work/plain" "$work/one"
cat >"$work/register/register.yaml" <<'END'
register: {name: Electoral roll, country: FR, timezone: Europe/Paris}
subjects: [voter]
tables:
  - name: voters
    subject: voter
    key: id
    file: voters.csv
    columns:
      id:   {field: number, type: id, category: identity}
      nom:  {field: family_name, type: family-name, category: identity}
      pnom: {field: given_name, type: given-name, category: identity}
      [an, mois, jour]: {field: birth_date, type: date, category: identity}
END

# 500 voters; every tenth is a stranger. Of 8 another day is published, of 9 none.
awk -v roll="$work/register/voters.csv" -v list="$work/leak/list.csv" -v bare="$work/plain/list.csv" \
    -v one="$work/one/list.csv" '
function name(i, salt) {
    return sprintf("%s%s%s%s", substr("BDFKLMNRST", i % 10 + 1, 1), substr("aeiou", int(i / 10) % 5 + 1, 1), \
        substr("bdfklmnrst", (int(i / 50) + salt) % 10 + 1, 1), substr("aeiou", (i + salt) % 5 + 1, 1)) "ri"
}
BEGIN {
    print "id,nom,pnom,jour,mois,an" >roll
    print "jour;prenom;an;enfants;mois;nom" >list
    print "prenom;enfants;nom;ne" >one
    for (i = 1; i <= 500; i++) {
        family = name(i * 37 % 500, 3); given = name(i * 11 % 90, 5)
        year = 1940 + i * 13 % 60; month = 1 + i * 5 % 12; day = 1 + i * 11 % 28
        if (i % 10 != 0)
            printf "%d,%s,%s,%d,%d,%d\n", 7000 + i, family, given, day, month, year >roll
        if (i == 8)
            day = day % 28 + 1
        shown = i == 9 ? "" : day
        printf "%s;%s;%d;%d;%d;%s\n", shown, given, year, i * 7 % 9, month, family >list
        printf "%s;%s;%d;%d;%d;%s\n", shown, given, year, i * 7 % 9, month, family >bare
        printf "%s;%d;%s;%s\n", given, i * 7 % 9, family, i == 9 ? sprintf("%d-%02d", year, month) : \
            sprintf("%d-%02d-%02d", year, month, day) >one
    }
}'

expect 0 "$TAHQIQ" register build "$work/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
says "$work/out" "450 rows"
for leak in leak plain one; do
    expect 0 inquire -o "$work/case-$leak" "$work/$leak"
    exports "$work/case-$leak" "$work/x-$leak"
done

# Each of the three columns is listed, and none of the others is a date.
says "$work/x-leak/readings.csv" "list.csv,1,jour,birth_date,"
says "$work/x-leak/readings.csv" "list.csv,3,an,birth_date,"
says "$work/x-leak/readings.csv" "list.csv,5,mois,birth_date,"
says "$work/x-leak/readings.csv" "list.csv,4,enfants,,"
says "$work/x-plain/readings.csv" "list.csv,5,,birth_date,"
[ "$(wc -l <"$work/x-leak/readings.csv")" = 7 ] || { echo "FAILED: a column is listed twice"; failures=$((failures + 1)); }

# The records are those that a column of whole dates gives; each part has the date's verdict.
same "$work/x-leak/records.csv" "$work/x-plain/records.csv"
cut -d, -f2-7 "$work/x-leak/records.csv" >"$work/parts.txt"
cut -d, -f2-7 "$work/x-one/records.csv" >"$work/whole.txt"
same "$work/parts.txt" "$work/whole.txt"
same "$work/x-leak/counts.csv" "$work/x-one/counts.csv"
says "$work/x-leak/records.csv" '[3,""birth_date"",""contradicts""],[5,""birth_date"",""contradicts""],[1,""birth_date"",""contradicts""]'
says "$work/x-leak/records.csv" '[3,""birth_date"",""truncated""]'
says "$work/x-leak/mosaic.csv" ';3;5;1'

# What is shown is the date, masked unless it is asked for.
expect 0 "$TAHQIQ" show "$work/case-leak" record list.csv:8
says "$work/out" "birth_date                   contradicts     19··-··-··"
expect 0 "$TAHQIQ" show "$work/case-leak" record list.csv:8 --reveal --reason test
says "$work/out" "contradicts     1984-05-06"
grep -q '<td class="n">3, 5, 1</td>' "$work/case-leak/report/report.html" ||
    { echo "FAILED: the report does not name the three columns"; failures=$((failures + 1)); }
find "$work/case-leak/report" -name '*.json' -exec grep -q '"columns":\[3,5,1\]' {} + ||
    { echo "FAILED: the report's JSON does not name the three columns"; failures=$((failures + 1)); }

# More threads change nothing.
expect 0 inquire -o "$work/case-more" --jobs 3 "$work/leak"
exports "$work/case-more" "$work/x-more"
for kind in records readings counts mosaic; do
    same "$work/x-leak/$kind.csv" "$work/x-more/$kind.csv"
done
finish
