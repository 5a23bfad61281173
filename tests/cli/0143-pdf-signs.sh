#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Documents that were edited are told, with the text before; those that were not are left alone.
. "$(dirname "$0")/lib.sh"

expect 0 "$TAHQIQ" drill "$work/drill" --persons 1500 --rows 200 --documents 160 --months 12 --seed 2
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 inquire -o "$work/case" "$work/drill/leak" --lang fr
exports "$work/case" "$work/exports"
expect 0 "$TAHQIQ" drill score --json "$work/drill" "$work/case"
cp "$work/out" "$work/score"
python3 - "$work/score" "$work/exports/pdf_signs.csv" "$work/case/report" "$work/edited" <<'END' || failures=$((failures + 1))
import csv, json, sys
score = json.load(open(sys.argv[1], encoding="utf-8"))["pdf"]
assert score["made"] >= 10 and score["found"] == score["made"] and score["unjust"] == 0, score
rows = list(csv.DictReader(open(sys.argv[2], encoding="utf-8")))
signs = {row["sign"] for row in rows}
assert {"updated", "covered-text", "other-producer", "id-changed", "modified-later", "time-offset", "off-grid", "other-style", "metadata"} <= signs, signs
assert rows == sorted(rows, key=lambda row: row["exhibit"].encode()), "order"
for row in rows:
    assert "·" in row["before"] + row["after"] or row["page"] == "0", row  # texts are masked
report = json.load(open(sys.argv[3] + "/report.json", encoding="utf-8"))["pdf"]
assert report["documents"] == 160 and len(report["signs"]) == len(rows), report["documents"]
page = open(sys.argv[3] + "/report.html", encoding="utf-8").read()
assert "Des documents ont-ils été modifiés" in page and "texte recouvert" in page
assert "révision <bdi dir=\"ltr\">2</bdi> sur" in page and "revision 2" not in page
assert "Rédigé avec" in page and "points plus bas que dans" in page, "details and heads in French"
assert any(row["detail"].startswith("0.8 points lower than ") for row in rows), "and in the export in English"
assert any(row["detail"].startswith("2.5 points to the right of where ") for row in rows)
assert any(row["detail"].startswith("in DejaVuSans 9.5, where ") for row in rows)
assert any("in the other (XMP): 3000 minutes apart" in row["detail"] for row in rows)
assert "ne sont pas prouvés" in page and "Comment les documents ont été produits" in page
edited = [row for row in rows if row["sign"] == "updated" and row["before"] and row["after"]]
open(sys.argv[4], "w", encoding="utf-8").write(edited[0]["exhibit"])
END

# Clusters of one template: the patched ones have a font of their own, and are all doubtful.
python3 - "$work/exports/pdf_clusters.csv" <<'END' || failures=$((failures + 1))
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8")))
assert sum(int(row["documents"]) for row in rows) == 160, rows
patched = [row for row in rows if "DejaVuSerif" in row["fonts"].split(";")]
assert patched and all(row["doubtful"] == row["records"] == row["signs"] for row in patched), patched
anew = [row for row in rows if row["producer"].startswith("PDF Toolbox")]
assert anew and all(row["signs"] == row["documents"] for row in anew), anew
END

# In words, at the exhibit; in clear only with a reason.
edited=$(cat "$work/edited")
expect 0 "$TAHQIQ" show "$work/case" exhibit "$edited"
says "$work/out" "sign of editing (strong): updated, page 1: '"
says "$work/out" "(revision 2 of 2)"
says "$work/out" "is no proof that nothing was edited"
says "$work/out" "pdf.structure: revisions=2;"
grep -q "updated.*·" "$work/out" || { echo "FAILED: not masked"; failures=$((failures + 1)); }
expect 0 "$TAHQIQ" show "$work/case" exhibit "$edited" --reveal --reason "the old text is needed"
if grep -q "updated.*·" "$work/out"; then
    echo "FAILED: still masked with --reveal"
    failures=$((failures + 1))
fi

# Any number of threads: the same bytes.
expect 0 inquire -o "$work/one" --jobs 1 "$work/drill/leak"
expect 0 "$TAHQIQ" export "$work/one" pdf_signs -o "$work/one.csv"
same "$work/exports/pdf_signs.csv" "$work/one.csv"

# A document outside of any template is judged by itself; in other languages, too.
mkdir "$work/alone"
python3 - "$work/alone/a.pdf" <<'END'
import sys
out = bytearray(b"%PDF-1.4\n")
def revision(objects, previous):
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out.extend(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = len(out)
    out.extend(b"xref\n0 1\n0000000000 65535 f \n")
    for number, offset in offsets.items():
        out.extend(b"%d 1\n%010d 00000 n \n" % (number, offset))
    out.extend(b"trailer\n<< /Size 7 /Root 1 0 R /Info 6 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" %
               (b" /Prev %d" % previous if previous else b"", table))
    return table
def text(words):
    content = b"BT /F1 12 Tf 50 700 Td (%s) Tj ET" % words
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
first = revision({1: b"<< /Type /Catalog /Pages 2 0 R >>", 2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
    4: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", 5: text(b"Salaire brut: 4210,00"),
    6: b"<< /Producer (iLovePDF) /CreationDate (D:20240320101112+01'00') >>"}, 0)
revision({5: text(b"Salaire brut: 9210,00")}, first)
open(sys.argv[1], "wb").write(out)
END
expect 0 inquire -o "$work/alone-case" "$work/alone" --lang ar
expect 0 "$TAHQIQ" export "$work/alone-case" pdf_signs
says "$work/out" "a.pdf,,updated,strong,1,\"42··,··\",\"92··,··\",revision 2 of 2"
says "$work/out" "a.pdf,,editor,medium,0,,,producer 'iLovePDF'"
says "$work/out" "a.pdf,,time-offset,weak,0,,,made at offset +01:00; the zone had +00:00"
says "$work/alone-case/report/report.html" "هل عدلت وثائق؟"
finish
