#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A list as a workbook, an OpenDocument sheet or the table of a document is judged as it is as CSV: the
# same records, subjects and verdicts; and an attached list is an exhibit of its own.
. "$(dirname "$0")/lib.sh"

make_drill
mkdir "$work/csv" "$work/xlsx" "$work/ods" "$work/docx"
python3 - "$work" <<'PY'
import csv, sys, zipfile
from xml.sax.saxutils import escape

work = sys.argv[1]
with open(work + "/drill/leak/files/export_a.csv", encoding="windows-1252", newline="") as file:
    rows = list(csv.reader(file))
with open(work + "/csv/list.csv", "w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows(rows)


def package(path, parts):
    with zipfile.ZipFile(work + path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)


texts = sorted({cell for row in rows for cell in row})
number = {text: i for i, text in enumerate(texts)}
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
with open(work + "/csv/list.csv", "rb") as file:
    attached = file.read()
package("/xlsx/list.xlsx", {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": '<workbook><sheets><sheet name="Feuil1" r:id="rId1" xmlns:r="r"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships><Relationship Id="rId1" Type="{R}/worksheet" '
                                  'Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/sharedStrings.xml": "<sst>" + "".join(f"<si><t>{escape(text)}</t></si>" for text in texts) + "</sst>",
    "xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + "".join(
        "<row>" + "".join(f'<c t="s"><v>{number[cell]}</v></c>' for cell in row) + "</row>"
        for row in rows) + "</sheetData></worksheet>"})
package("/ods/list.ods", {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet", "META-INF/manifest.xml": "<m/>",
    "content.xml": '<d xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>'
    '<table:table table:name="Feuil1">' + "".join("<table:table-row>" + "".join(
        f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>" if cell else "<table:table-cell/>"
        for cell in row) + "</table:table-row>" for row in rows)
    + "</table:table></office:spreadsheet></office:body></d>"})
package("/docx/list.docx", {
    "[Content_Types].xml": "<Types/>",
    "word/embeddings/attached.csv": attached,
    "word/document.xml": '<w:document xmlns:w="w"><w:body><w:p><w:t>Liste</w:t></w:p><w:tbl>' + "".join(
        "<w:tr>" + "".join(f"<w:tc><w:p><w:t xml:space='preserve'>{escape(cell)}</w:t></w:p></w:tc>"
                           for cell in row) + "</w:tr>" for row in rows) + "</w:tbl></w:body></w:document>"})
PY
for kind in csv xlsx ods docx; do
    expect 0 inquire -o "$work/case-$kind" "$work/$kind"
    expect 0 "$TAHQIQ" export "$work/case-$kind" records -o "$work/$kind.csv"
    expect 0 "$TAHQIQ" export "$work/case-$kind" exhibits -o "$work/$kind-exhibits.csv"
done
says "$work/docx-exhibits.csv" 'list.docx!/word/embeddings/attached.csv'
says "$work/xlsx-exhibits.csv" ',xlsx,'
python3 - "$work" <<'PY' || failures=$((failures + 1))
import csv, sys


def read(kind, exhibit):
    with open(f"{sys.argv[1]}/{kind}.csv", encoding="utf-8", newline="") as file:
        return [(row["record"], row["subject"], row["verdict"]) for row in csv.DictReader(file)
                if row["exhibit"] == exhibit]


def tables(kind):
    with open(f"{sys.argv[1]}/{kind}.csv", encoding="utf-8", newline="") as file:
        return {row["table"] for row in csv.DictReader(file)}


wanted = read("csv", "list.csv")
assert len(wanted) > 400
for kind in ("xlsx", "ods", "docx"):
    got = read(kind, "list." + kind)
    assert got == wanted, (kind, len(got), len(wanted), [pair for pair in zip(got, wanted) if pair[0] != pair[1]][:5])
assert "list.xlsx#Feuil1" in tables("xlsx"), tables("xlsx")
assert "list.docx#table1" in tables("docx"), tables("docx")
PY
finish
