#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# History from whatever there is: one world as bitemporal tables, with valid times only, as one row
# per period, and as dated exports gives the same facts as far as the form can tell.
. "$(dirname "$0")/lib.sh"
reader=$(dirname "$0")/../format/read_tqr.py

make_drill
mkdir "$work/forms"
# The forms that other institutions would have of the drill's accounts and declarations.
python3 - "$work/drill/register" "$work/forms" <<'PY' || failures=$((failures + 1))
import csv, json, sys

def read(name):
    return list(csv.DictReader(open(f"{sys.argv[1]}/{name}.csv", encoding="utf-8", newline="")))

def write(name, columns, rows):
    with open(f"{sys.argv[2]}/{name}.csv", "w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)

accounts, months = read("comptes"), read("declarations")
dates = [f"{year}-{month:02}-15T12:00:00Z" for year in (2023, 2024) for month in range(1, 13)]
held = lambda row, at: row["connu_du"] <= at and not (row["connu_au"] and row["connu_au"] <= at)
write("bitemporal", ["immat", "rib", "valide_du", "valide_au", "connu_du", "connu_au"], accounts)
write("valid", ["immat", "rib", "valide_du", "valide_au"], accounts)
write("known", ["immat", "rib", "connu_du", "connu_au"], accounts)
write("periods", ["immat", "periode", "salaire"], [row for row in months if not row["remplace_le"]])
write("months", ["immat", "periode", "salaire", "recu_le", "remplace_le"], months)
for at in dates:
    rows = [row for row in accounts if held(row, at)]
    write("export-" + at[:7], ["immat", "rib", "valide_du", "valide_au"], rows)
    write("declared-" + at[:7], ["immat", "periode", "salaire"],
          [row for row in months if row["recu_le"] <= at and not (row["remplace_le"] and row["remplace_le"] <= at)])

def describe(name, column, *lines):
    with open(f"{sys.argv[2]}/{name}.yaml", "w", encoding="utf-8") as out:
        out.write("register: {name: Forms, country: MA, timezone: Africa/Casablanca}\nsubjects: [person]\ntables:\n"
                  "  - name: t\n    subject: person\n    key: immat\n")
        out.writelines(f"    {line}\n" for line in lines)
        out.write(f"    columns:\n      {column}\n")

account = "rib: {field: account, type: account, category: financial}"
salary = "salaire: {field: salary, type: amount, category: financial}"
valid, known = "valid: [valide_du, valide_au]", "known: [connu_du, connu_au]"
exports = lambda name, of: "snapshots: [" + ", ".join(f"{{date: {at}, file: {name}-{at[:7]}.csv}}" for at in of) + "]"
describe("bitemporal", account, "file: bitemporal.csv", valid, known)
describe("valid", account, "file: valid.csv", valid)
describe("known", account, "file: known.csv", known)
describe("periods", salary, "file: periods.csv", "period: periode")
describe("months", salary, "file: months.csv", "period: periode", "known: [recu_le, remplace_le]")
describe("exports", account, exports("export", dates), valid)
describe("declared", salary, exports("declared", dates), "period: periode")
describe("backwards", account, exports("export", dates[1::-1]), valid)
describe("both", account, exports("export", dates), known)
describe("undated", account, "snapshots: [{date: soon, file: bitemporal.csv}]")
describe("nofile", account, "snapshots: [{date: 2024-01-31}]")
describe("empty", account, "snapshots: []")
json.dump(dates, open(f"{sys.argv[2]}/dates.json", "w"))
PY
for form in bitemporal valid known periods months exports declared; do
    expect 0 "$TAHQIQ" register build "$work/forms/$form.yaml" -o "$work/$form.tqr" --key "$work/k"
    expect 0 "$reader" "$work/$form.tqr" "$work/k"
    cp "$work/out" "$work/$form.jsonl"
done
python3 - "$work" <<'PY' || failures=$((failures + 1))
import datetime, json, sys

def facts(form):
    return [tuple(json.loads(line)[2:]) for line in open(f"{sys.argv[1]}/{form}.jsonl", encoding="utf-8")]

def minutes(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() // 60)

dates = [minutes(at) for at in json.load(open(sys.argv[1] + "/forms/dates.json"))]

def seen(fact):
    """The known intervals of a fact that exports of these dates show."""
    *what, known_from, known_to, valid_from, valid_to = fact
    shown = [(known_from is None or known_from <= at) and (known_to is None or at < known_to) for at in dates]
    begin = None
    for i, now in enumerate([*shown, None]):
        if now and begin is None:
            begin = dates[i]
        elif now is not True and begin is not None:
            yield (*what, begin, dates[i] if i < len(dates) else None, valid_from, valid_to)
            begin = None

def meet(intervals):
    """Those that abut become one."""
    kept = []
    for fact in sorted(intervals, key=lambda fact: (repr(fact[:3]), repr(fact[5:]), fact[3])):
        if kept and kept[-1][:3] == fact[:3] and kept[-1][5:] == fact[5:] and kept[-1][4] == fact[3]:
            kept[-1] = (*fact[:3], kept[-1][3], *fact[4:])
        else:
            kept.append(fact)
    return set(kept)

bitemporal, months = facts("bitemporal"), facts("months")
assert len(bitemporal) > 1500 and len(months) > 10000
# Valid times only: the same, known for ever. Known times only: the same, valid for ever.
assert set(facts("valid")) == {(*fact[:3], None, None, *fact[5:]) for fact in bitemporal}
assert meet({(*fact[:5], None, None) for fact in bitemporal}) == set(facts("known"))
# One row per period: the last word on every month, without a time.
assert set(facts("periods")) == {(*fact[:3], None, None, None, None) for fact in months if fact[4] is None}
# Dated exports: what they show of the same intervals.
exported = facts("exports")
assert len(exported) == len(set(exported)) and set(exported) == meet(x for fact in bitemporal for x in seen(fact))
assert sum(1 for fact in exported if fact[4]) > 50 and sum(1 for fact in exported if fact[3] > dates[0]) > 50
assert set(facts("declared")) == meet(x for fact in months for x in seen(fact))
PY
expect 1 "$TAHQIQ" register build "$work/forms/backwards.yaml" -o "$work/no.tqr" --key "$work/k"
says "$work/err" "backwards.yaml:7: table 't': the snapshot of 2023-01-15T12:00:00Z does not come after"
expect 1 "$TAHQIQ" register build "$work/forms/both.yaml" -o "$work/no.tqr" --key "$work/k"
says "$work/err" "take out 'known'"
expect 1 "$TAHQIQ" register build "$work/forms/undated.yaml" -o "$work/no.tqr" --key "$work/k"
says "$work/err" "'soon' is no date or time"
expect 1 "$TAHQIQ" register build "$work/forms/nofile.yaml" -o "$work/no.tqr" --key "$work/k"
says "$work/err" "needs date and file"
expect 1 "$TAHQIQ" register build "$work/forms/empty.yaml" -o "$work/no.tqr" --key "$work/k"
says "$work/err" "must be a list of 1 to"
[ ! -e "$work/no.tqr" ] || { echo "FAILED: a register was made"; failures=$((failures + 1)); }
finish
