#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A table of firms that refers to people: each whom the register knows may be affected, and counts once.
. "$(dirname "$0")/lib.sh"

mkdir "$work/register" "$work/leak"
cat >"$work/register/register.yaml" <<'END'
register: {name: Firms and people, country: MA, timezone: Africa/Casablanca}
subjects: [person, firm]
tables:
  - name: people
    subject: person
    key: number
    file: people.csv
    columns:
      number: {field: number, type: id, category: identity}
      family: {field: family, type: family-name, category: identity}
      given: {field: given, type: given-name, category: identity}
  - name: firms
    subject: firm
    key: affiliation
    file: firms.csv
    columns:
      affiliation: {field: affiliation, type: id, category: identity}
      name: {field: name, type: text, category: identity}
      phone: {field: phone, type: phone, category: contact}
END

# 60 firms in two rows each; 90 people, of whom the rows name 59, most of them twice, and one number
# that nobody has.
python3 - "$work" <<'END' || failures=$((failures + 1))
import csv, random, sys
chance = random.Random(5)
def write(name, header, rows):
    with open(sys.argv[1] + name, "w", newline="") as file:
        csv.writer(file).writerows([header] + rows)
def word():
    return "".join(chance.choice("bdfglmnrst") + chance.choice("aeiou") for _ in range(4))
numbers = [str(number) for number in chance.sample(range(10**11, 10**12), 91)]
people = [[number, word(), word()] for number in numbers[:90]]
firms = [[str(number), word() + " " + word(), "05%08d" % chance.randrange(10**8)]
         for number in chance.sample(range(10**7, 10**8), 60)]
write("/register/people.csv", ["number", "family", "given"], people)
write("/register/firms.csv", ["affiliation", "name", "phone"], firms)
named = numbers[:59] + [numbers[90]]
write("/leak/firms.csv", ["affil", "raison", "tel", "gerant"],
      [firm + [number] for firm, number in zip(firms, named)]
      + [firm + [number] for firm, number in zip(firms, named[7:] + named[:7])])
END
expect 0 "$TAHQIQ" register build "$work/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
for jobs in 1 3; do
    expect 0 inquire --jobs $jobs -o "$work/case$jobs" "$work/leak"
    expect 0 "$TAHQIQ" export "$work/case$jobs" readings -o "$work/readings"
    says "$work/readings" refers-to
    expect 0 "$TAHQIQ" export "$work/case$jobs" counts -o "$work/counts$jobs"
    says "$work/counts$jobs" "affected,person,,,0,0,59"
    says "$work/counts$jobs" "affected,person,identity,,0,0,0"
    says "$work/counts$jobs" "affected,firm,,,60,60,60"
done
finish
