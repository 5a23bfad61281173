#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Lists without identifiers that show of a birth only the month, in one column or in two, in figures or in
# words, or only the age: the register's date agrees or does not, and what is shown is what was published.
. "$(dirname "$0")/lib.sh"

mkdir "$work/register" "$work/one" "$work/two" "$work/words" "$work/age"
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
      ne:   {field: birth_date, type: date, category: identity}
      lieu: {field: town, type: text, category: location}
END

# 500 voters; every tenth is a stranger. An age does not help to find the first of them, so a town stands
# beside it. Of 8 a month is published that is not his, and an age.
awk -v roll="$work/register/voters.csv" -v one="$work/one/list.csv" -v two="$work/two/list.csv" \
    -v words="$work/words/list.csv" -v age="$work/age/list.csv" '
function name(i, salt) {
    return sprintf("%s%s%s%s", substr("BDFKLMNRST", i % 10 + 1, 1), substr("aeiou", int(i / 10) % 5 + 1, 1), \
        substr("bdfklmnrst", (int(i / 50) + salt) % 10 + 1, 1), substr("aeiou", (i + salt) % 5 + 1, 1)) "ri"
}
BEGIN {
    split("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre", months, " ")
    split("Brest Dinan Fougeres Lannion Morlaix Redon Vannes Vitre Rennes Quimper Auray", towns, " ")
    print "id,nom,pnom,ne,lieu" >roll
    for (i = 1; i <= 500; i++) {
        family = name(i * 37 % 500, 3); given = name(i * 11 % 90, 5)
        year = 1940 + i * 13 % 60; month = 1 + i * 5 % 12
        if (i % 10 != 0)
            printf "%d,%s,%s,%d-%02d-%02d,%s\n", 7000 + i, family, given, year, month, 1 + i * 11 % 28, towns[1 + i % 11] >roll
        years = 2021 - year + (month <= 6)
        if (i == 8) {
            month = (month + 5) % 12 + 1
            years += 7
        }
        print given ";" family ";" sprintf("%d-%02d", year, month) >one
        print month ";" given ";" family ";" year >two
        print given ";" family ";" months[month] " " year >words
        print given ";" family ";" years " ans;" towns[1 + i % 11] >age
    }
}'

expect 0 "$TAHQIQ" register build "$work/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
for leak in one two words age; do
    expect 0 inquire -o "$work/case-$leak" "$work/$leak"
    exports "$work/case-$leak" "$work/x-$leak"
    cut -d, -f2-7 "$work/x-$leak/records.csv" >"$work/$leak.txt"
done
says "$work/x-one/readings.csv" "list.csv,3,,birth_date,"
says "$work/x-two/readings.csv" "list.csv,1,,birth_date,"
says "$work/x-two/readings.csv" "list.csv,4,,birth_date,"
says "$work/x-age/readings.csv" "list.csv,3,,birth_date,"

# However a month is written, the records are the same.
same "$work/one.txt" "$work/two.txt"
same "$work/one.txt" "$work/words.txt"
says "$work/x-one/records.csv" 'list.csv,8,list.csv,voter,7008,altered'
says "$work/x-one/records.csv" '""birth_date"",""contradicts""'
says "$work/x-age/records.csv" 'list.csv,8,list.csv,voter,7008,altered'

expect 0 "$TAHQIQ" show "$work/case-two" record list.csv:7 --reveal --reason test
grep -q 'birth_date  *agrees' "$work/out" || { echo "FAILED: the month does not agree"; failures=$((failures + 1)); }
expect 0 "$TAHQIQ" show "$work/case-age" record list.csv:8 --reveal --reason test
says "$work/out" "not the age that the register's date gives"
finish
