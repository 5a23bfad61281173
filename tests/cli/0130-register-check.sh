#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Consistency rules on a register: a clean one, one with planted faults, rules of one's own.
. "$(dirname "$0")/lib.sh"

check() {
    "$TAHQIQ" register check "$work/r.tqr" --key "$work/k" --today 2027-01-01 "$@"
}
# counted RULE FACTS-OR-* FAILED: what the last output says of a rule.
counted() {
    found=$(awk -v rule="$1" '$1 == rule { print $4 }' "$work/out")
    if [ "$found" != "$2" ]; then
        echo "FAILED: $1 fails '$found' times instead of $2"
        failures=$((failures + 1))
    fi
}

make_drill
expect 0 check
for rule in date-in-future known-in-future known-backwards check-digits days-of-month \
    salary-negative minimum-wage-of-later declared-before-working-age refund-over-cost \
    one-birth-date registration-no-shared; do
    counted "$rule" 0
done
says "$work/out" "the register has no field 'capped_salary' of 'person'"

# Planted faults: 27 days, a check digit that is wrong, a birth that is still to come.
register=$work/drill/register
sed -i -E '2s/^([0-9]+,[0-9-]+,[0-9]+),[0-9]+,[0-9.]+/\1,27,3000.00/' "$register/declarations.csv"
immat=$(sed -n 2p "$register/assures.csv" | cut -d, -f1)
sed -i -E "s/^($immat,.*),[0-9]{4}-[0-9]{2}-[0-9]{2},([^,]*,[A-Z],[0-9]*,[0-9-]+,)/\1,2031-01-01,\2/" \
    "$register/assures.csv"
rib=$(sed -n 2p "$register/comptes.csv" | cut -d, -f2)
sed -i "2s/$rib/${rib%?}$(((${rib#"${rib%?}"} + 1) % 10))/" "$register/comptes.csv"
expect 0 "$TAHQIQ" register build "$register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 check
counted days-of-month 1
counted check-digits 1
counted date-in-future "$(grep -c ",2031-01-01," "$register/assures.csv")"

# One object, and no value in it.
expect 0 check --json
python3 - "$work/out" "$immat" <<'END' || failures=$((failures + 1))
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
rules = {rule["rule"]: rule for rule in json.loads(text)["rules"]}
assert rules["days-of-month"]["failed"] == 1 and rules["days-of-month"]["subjects_failed"] == 1
assert rules["days-of-month"]["strength"] == "must" and "skipped" in rules["capped-salary"]
assert sys.argv[2] not in text
END

# Rules of one's own.
cat >"$work/own.yaml" <<'END'
include: [generic]
without: [check-digits]
tables: {most: {values: {2000-01-01: 27}}}
rules:
  - {rule: days-at-most, subject: person, field: days, at_most: {table: most}}
  - {rule: days-below, subject: assure, field: jours, below: 27}
subjects: {assure: person}
fields: {jours: days}
END
expect 0 check --rules "$work/own.yaml"
counted days-at-most 0
counted days-below 1
if grep -q check-digits "$work/out"; then
    echo "FAILED: 'without' leaves nothing out"
    failures=$((failures + 1))
fi

# Mistakes are named with their place.
printf 'rules:\n  - {rule: a, subject: person, field: days, atmost: 26}\n' >"$work/bad.yaml"
expect 1 check --rules "$work/bad.yaml"
says "$work/err" "bad.yaml:2:45: unknown word of a rule 'atmost'; did you mean 'at_most'?"
expect 1 check --rules "$work/none.yaml"
says "$work/err" "none.yaml"
expect 2 check --today tomorrow
says "$work/err" "a date as 2025-04-08"
expect 2 "$TAHQIQ" register check "$work/r.tqr"
says "$work/err" "--key KEYFILE is needed"
finish
