#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Persons who are named beside the records only (in a title, a remark, a total, a comment on a cell, a
# sentence in a sheet) are found, with the sheet and the row; numbers of records stay as they are.
. "$(dirname "$0")/lib.sh"

make_drill
mkdir "$work/plain" "$work/named"
python3 - "$work" >"$work/wanted" <<'PY' || failures=$((failures + 1))
import csv, sys, zipfile
from xml.sax.saxutils import escape

work = sys.argv[1]
with open(work + "/drill/leak/files/export_a.csv", encoding="windows-1252", newline="") as file:
    rows = list(csv.reader(file))
with open(work + "/drill/register/assures.csv", encoding="utf-8", newline="") as file:
    insured = list(csv.DictReader(file))
leaked = {cell for row in rows for cell in row}
people = [p for p in insured if p["immat"] not in leaked and p["cin"] not in leaked and p["cin"]][:4]


def name(person):
    return f"{person['prenom']} {person['nom']}, CIN {person['cin']}, immatriculation {person['immat']}"


def write_csv(path, rows):
    with open(work + path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)


R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_xlsx(path, sheets, comments):
    def cell(text, row, column):
        return f'<c r="{chr(65 + column)}{row}" t="inlineStr"><is><t>{escape(text)}</t></is></c>' if text else ""

    parts = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": '<workbook xmlns:r="r"><sheets>' + "".join(
        f'<sheet name="F{i}" r:id="rId{i}"/>' for i in range(1, len(sheets) + 1)) + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": "<Relationships>" + "".join(
            f'<Relationship Id="rId{i}" Type="{R}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(sheets) + 1)) + "</Relationships>"}
    for i, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = "<worksheet><sheetData>" + "".join(
            f'<row r="{n}">' + "".join(cell(text, n, c) for c, text in enumerate(row)) + "</row>"
            for n, row in enumerate(sheet, 1)) + "</sheetData></worksheet>"
    if comments:
        parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
            f'<Relationships><Relationship Id="c" Type="{R}/comments" Target="../comments1.xml"/></Relationships>')
        parts["xl/comments1.xml"] = "<comments><commentList>" + "".join(
            f'<comment ref="B{row}"><text><t>{escape(text)}</t></text></comment>' for row, text in comments
            ) + "</commentList></comments>"
    with zipfile.ZipFile(work + path, "w", zipfile.ZIP_DEFLATED) as out:
        for part, content in parts.items():
            out.writestr(part, content)


write_csv("/plain/list.csv", rows)
write_xlsx("/plain/list.xlsx", [rows], [])
write_csv("/named/list.csv", [["Extrait, voir " + name(people[0])], [], *rows[:200],
                              ["# vu avec " + name(people[1])], *rows[200:], ["Signé " + name(people[2])]])
write_xlsx("/named/list.xlsx", [[["Extrait, voir " + name(people[0])], [], *rows, [], ["Signé " + name(people[1])]],
                                [["Note pour " + name(people[2])]]], [(9, "demande de " + name(people[3]))])
end = len(rows)
for exhibit, places in (("list.csv", ["line 1", "line 203", f"line {end + 4}"]),
                        ("list.xlsx", ["sheet 1, row 1", f"sheet 1, row {end + 4}", "sheet 2, row 1",
                                       "sheet 1, row 9"])):
    for person, place in zip(people, places):
        print(exhibit, person["immat"], place, sep="|")
PY
for kind in plain named; do
    expect 0 inquire -o "$work/case-$kind" "$work/$kind"
    expect 0 "$TAHQIQ" export "$work/case-$kind" records -o "$work/$kind.csv"
done
while IFS='|' read -r exhibit subject place; do
    expect 0 "$TAHQIQ" show "$work/case-named" subject "$subject" --reveal --reason test
    says "$work/out" "$exhibit:"
    grep -A1 "^$exhibit:.*authentic.*$subject" "$work/out" | grep -q "named in $place\$" || {
        echo "FAILED: $subject is not named in $place of $exhibit"
        cat "$work/out"
        failures=$((failures + 1))
    }
done <"$work/wanted"
[ "$(wc -l <"$work/wanted")" -eq 7 ] || failures=$((failures + 1))
python3 - "$work" <<'PY' || failures=$((failures + 1))
import csv, sys


def read(kind, exhibit):
    with open(f"{sys.argv[1]}/{kind}.csv", encoding="utf-8", newline="") as file:
        return [(row["record"], row["subject"], row["verdict"], row["cells"]) for row in csv.DictReader(file)
                if row["exhibit"] == exhibit]


for exhibit, more in (("list.csv", 3), ("list.xlsx", 4)):
    plain, named = read("plain", exhibit), read("named", exhibit)
    assert len(plain) > 400 and len(named) == len(plain) + more, (exhibit, len(plain), len(named))
    assert named[:len(plain)] == plain, exhibit
PY
finish
