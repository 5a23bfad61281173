#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the samples in this folder: make.py [FOLDER]. The same bytes in every run."""

import pathlib
import sys
import struct
import zipfile

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
FOLDER = FOLDER if FOLDER.is_dir() else FOLDER.parent
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def package(name, parts, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(FOLDER / name, "w", method) as out:
        for part, content in parts.items():
            info = zipfile.ZipInfo(part, (2024, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if part == "mimetype" else method
            out.writestr(info, content)


def relations(base, *items):
    return "<Relationships>" + "".join(
        f'<Relationship Id="rId{i}" Type="{base}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(items, 1)) + "</Relationships>"


def workbook(name, sheets, strings=(), styles="", book="", base=DOCUMENT, prefix="", **extra):
    """`sheets`: (attributes, content) each."""
    x = prefix
    parts = {"[Content_Types].xml": "<Types/>"}
    parts["xl/workbook.xml"] = (
        f'<{x}workbook xmlns:r="{base}">{book}<{x}sheets>' + "".join(
            f'<{x}sheet {attributes} r:id="rId{i}"/>' for i, (attributes, _) in enumerate(sheets, 1))
        + f"</{x}sheets></{x}workbook>")
    parts["xl/_rels/workbook.xml.rels"] = relations(
        base, *[("worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(sheets) + 1)],
        ("sharedStrings", "/xl/strings.xml"))
    if styles:
        parts["xl/styles.xml"] = styles
    parts["xl/strings.xml"] = "<sst>" + "".join(f"<si>{text}</si>" for text in strings) + "</sst>"
    for i, (_, content) in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{i}.xml"] = f"<{x}worksheet>{content}</{x}worksheet>"
    parts.update(extra.get("parts", {}))
    package(name, parts)


def words(*texts):
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


STYLES = """<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/>
<numFmt numFmtId="165" formatCode="dd/mm/yyyy\\ hh:mm"/>
<numFmt numFmtId="166" formatCode="0#&quot; &quot;##&quot; &quot;##&quot; &quot;##&quot; &quot;##"/>
</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>
<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="10"/><xf numFmtId="166"/></cellXfs>
</styleSheet>"""

# Everything a workbook may have, in two sheets, the second hidden.
workbook("plain.xlsx", [
    ('name="Agents"', '<cols><col min="3" max="4" hidden="1"/></cols><sheetData>'
     '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
     f'<row r="3">{words("matricule", "nom", "date", "taux", "tel")}</row>'
     '<row r="4"><c r="A4" s="1"><v>42</v></c><c r="B4" t="s"><v>1</v></c><c r="C4" s="2">'
     '<v>45292</v></c><c s="3"><v>0.1234</v></c><c s="4"><v>612345678</v></c></row>'
     '<row r="5" hidden="1"><c s="1"><v>43</v></c><c/><c s="2"><v>45292.5</v></c>'
     '<c t="b"><v>1</v></c><c s="4"><v>6.12345678E8</v></c></row>'
     '<row><c><f>1+1</f></c><c t="str"><f>X</f><v>a_x0009_b</v></c><c t="e"><v>#N/A</v></c>'
     '<c r="XFD6"><v>7</v></c></row>'
     '<row><c t="s"><v>2</v></c><c/><c><v>12</v></c></row>'
     f'<row r="9">{words("code", "ville")}</row>'
     f'<row>{words("12", "Fès")}</row><row>{words("13", "Taza")}</row>'
     '</sheetData><mergeCells><mergeCell ref="A1:E1"/><mergeCell ref="B4:B5"/></mergeCells>'),
    ('name="Caché" state="hidden"',
     f"<sheetData><row>{words('1', 'x')}</row></sheetData>")],
    ["<t>Liste des agents</t>", "<r><t>ALA</t></r><r><t>OUI</t></r><rPh><t>zz</t></rPh>",
     "<t>Total</t>"], STYLES,
    parts={"xl/media/image1.png": "\x89PNG",
           "xl/comments1.xml": "<comments><comment><text><r><t>voir ALAOUI</t></r></text></comment>"
                               "</comments>",
           "docProps/core.xml": "<c><creator>Service RH</creator></c>"})
workbook("strict.xlsx", [('name="S"', '<x:sheetData><x:row><x:c s="2"><x:v>0</x:v></x:c>'
                          '<x:c t="d"><x:v>2024-03-05T00:00:00</x:v></x:c></x:row></x:sheetData>')],
         styles=STYLES, book='<x:workbookPr date1904="1"/>', base=STRICT, prefix="x:")
workbook("sparse.xlsx", [('name="S"', '<sheetData><row r="1048576"><c r="A1048576"><v>1</v></c>'
                          '<c r="ZZZZZZ9"><v>2</v></c></row><row r="99999999999"><c><v>3</v></c>'
                          '</row><row r="2"><c r="B2"><v>4</v></c></row></sheetData>')])

CONTENT = '<office:document-content><office:automatic-styles>%s</office:automatic-styles>' \
          "<office:body>%s</office:body></office:document-content>"


def document(name, kind, body, styles=""):
    package(name, {"mimetype": f"application/vnd.oasis.opendocument.{kind}",
                   "content.xml": CONTENT % (styles, body),
                   "META-INF/manifest.xml": "<manifest:manifest/>",
                   "meta.xml": "<m><meta:generator>make.py</meta:generator></m>"})


def shown(text, attributes=""):
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


document("plain.ods", "spreadsheet", '<office:spreadsheet><table:table table:name="Agents">'
         f"<table:table-row>{shown('matricule')}{shown('nom')}{shown('né')}{shown('taux')}"
         f"{shown('heure')}</table:table-row><table:table-row>"
         + shown("00042", 'office:value-type="float" office:value="42"')
         + shown("ALA<text:s/>OUI", 'office:value-type="string" table:number-rows-spanned="2"')
         + shown("01/01/24", 'office:value-type="date" office:date-value="2024-01-01"')
         + shown("12 %", 'office:value-type="percentage" office:value="0.1234"')
         + shown("8h30", 'office:value-type="time" office:time-value="PT08H30M00S"')
         + "</table:table-row><table:table-row>"
         + shown("43", 'office:value-type="float" office:value="43"')
         + "<table:covered-table-cell/>"
         + shown("7", 'table:number-columns-repeated="3"') + "</table:table-row>"
         '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
         "</table:table-row></table:table><table:table table:name=\"B\" table:style-name=\"h\">"
         f'<table:table-row table:number-rows-repeated="3">{shown("1")}{shown("2")}'
         "</table:table-row></table:table></office:spreadsheet>",
         '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>')
document("bomb.ods", "spreadsheet", '<office:spreadsheet><table:table table:name="S">'
         '<table:table-row table:number-rows-repeated="1000000">'
         + shown("7", 'table:number-columns-repeated="1000000"')
         + "</table:table-row></table:table></office:spreadsheet>")
document("plain.odt", "text", "<office:text><text:h>Attestation</text:h><text:p>Nom :<text:tab/>"
         "ALAOUI</text:p><text:tracked-changes><text:deletion><text:p>ancien</text:p>"
         "</text:deletion></text:tracked-changes><table:table><table:table-row>"
         f"{shown('mois')}{shown('brut')}</table:table-row><table:table-row>{shown('2024-01')}"
         f"{shown('3000')}</table:table-row></table:table></office:text>")

LIST = "".join("<w:tr>" + "".join(
    f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"
    for text in (["cin", "nom", "ville"] if i == 0 else [f"AB{i:04}", f"NOM{i}", "Fès"])) + "</w:tr>"
    for i in range(25))
package("plain.docx", {
    "[Content_Types].xml": "<Types/>",
    "word/document.xml":
        "<w:document><w:body><w:p><w:r><w:t>Nom</w:t><w:tab/><w:t>ALAOUI</w:t></w:r></w:p>"
        "<w:p><mc:AlternateContent><mc:Choice><w:t>une</w:t></mc:Choice><mc:Fallback><w:t>deux"
        "</w:t></mc:Fallback></mc:AlternateContent><w:del><w:delText> fois</w:delText></w:del></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:t>mois</w:t></w:p></w:tc><w:tc><w:p><w:t>brut</w:t></w:p></w:tc>"
        "</w:tr><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"2\"/></w:tcPr><w:p><w:t>2024-01</w:t></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:t>dedans</w:t></w:p></w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>"
        f"<w:tbl>{LIST}</w:tbl></w:body></w:document>",
    "word/footer1.xml": "<w:ftr><w:p><w:r><w:t>pied</w:t></w:r></w:p></w:ftr>",
    "word/embeddings/book.xlsx": "PK",
    "customXml/item1.xml": "<a b='c'/>"})
package("plain.pptx", {
    "[Content_Types].xml": "<Types/>",
    "ppt/presentation.xml": '<p:presentation><p:sldIdLst><p:sldId id="256" r:id="rId2"/>'
                            '<p:sldId id="257" r:id="rId1"/></p:sldIdLst></p:presentation>',
    "ppt/_rels/presentation.xml.rels": relations(DOCUMENT, ("slide", "slides/slide1.xml"),
                                                 ("slide", "slides/slide2.xml")),
    "ppt/slides/slide1.xml": "<p:sld><a:p><a:r><a:t>dernière</a:t></a:r></a:p></p:sld>",
    "ppt/slides/slide2.xml": "<p:sld><a:p><a:r><a:t>première</a:t></a:r></a:p></p:sld>",
    "ppt/slideLayouts/slideLayout1.xml": "<p:sldLayout><a:p><a:t>modèle</a:t></a:p></p:sldLayout>"})
package("entities.xlsx", {
    "[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>",
    "xl/worksheets/sheet1.xml": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 16}">' for i in range(12))
    + ']><worksheet><sheetData><row><c t="str"><v>&m;</v></c></row></sheetData></worksheet>'})



def record(kind, content=b""):
    """A record of [MS-XLSB]: type and length in bytes of seven bits."""
    out = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
    size = len(content)
    while size > 127:
        out += bytes([size & 127 | 128])
        size >>= 7
    return out + bytes([size]) + content


def wide(text):
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def row(number, *cells, hidden=0):
    return record(0, struct.pack("<IIHBB", number, 0, 300, 0, hidden << 4) + bytes(5)) + b"".join(cells)


def cell(kind, column, style, content):
    return record(kind, struct.pack("<II", column, style) + content)


SHEET = (record(129) + record(60, struct.pack("<IIIIH", 4, 5, 10, 0, 1)) + record(145)
         + row(0, *[cell(7, i, 0, struct.pack("<I", i)) for i in range(5)])
         + row(1, cell(2, 0, 1, struct.pack("<I", 42 << 2 | 2)), cell(6, 1, 0, wide("العمراني 😀")),
               cell(5, 2, 2, struct.pack("<d", 45292)), cell(4, 3, 0, b"\1"),
               cell(2, 4, 0, struct.pack("<I", 4350 << 2 | 3)))
         + row(2, cell(2, 0, 1, struct.pack("<I", 43 << 2 | 2)), cell(62, 1, 0, b"\1" + wide("étiquette") + bytes(12)),
               cell(9, 2, 3, struct.pack("<d", 45292.5) + bytes(8)), cell(3, 3, 0, b"\x2a"), hidden=1)
         + row(4, cell(1, 0, 0, b""), cell(8, 1, 0, wide("calculé") + bytes(8)), cell(10, 2, 0, b"\0" + bytes(8)),
               cell(11, 3, 0, b"\7" + bytes(8)), cell(7, 4, 0, struct.pack("<I", 99)))
         + record(146) + record(176, struct.pack("<IIII", 1, 2, 4, 4)) + record(130))
BINARY = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.bin": record(131) + record(153, struct.pack("<II", 0, 0) + wide(""))
    + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Agents"))
    + record(156, struct.pack("<II", 1, 2) + wide("rId2") + wide("Caché")) + record(132),
    "xl/_rels/workbook.bin.rels": relations(DOCUMENT, ("worksheet", "worksheets/sheet1.bin"),
                                            ("worksheet", "worksheets/sheet2.bin"),
                                            ("styles", "styles.bin"), ("sharedStrings", "sharedStrings.bin")),
    "xl/sharedStrings.bin": record(159, struct.pack("<II", 5, 5)) + b"".join(
        record(19, b"\0" + wide(text)) for text in ("matricule", "nom", "date", "actif", "montant")) + record(160),
    "xl/styles.bin": record(44, struct.pack("<H", 164) + wide("00000")) + record(44, struct.pack("<H", 165)
                                                                                + wide("dd/mm/yyyy hh:mm"))
    + record(626) + record(47, bytes(16)) + record(627) + record(617, struct.pack("<I", 4))
    + b"".join(record(47, struct.pack("<HH", 0, code) + bytes(12)) for code in (0, 164, 14, 165)) + record(618),
    "xl/worksheets/sheet1.bin": SHEET,
    "xl/worksheets/sheet2.bin": record(145) + row(0, cell(2, 0, 0, struct.pack("<I", 6)), cell(6, 1, 0, wide("x")))
}
package("plain.xlsb", BINARY)

# The first of the shared texts has no characters.
package("empty.xlsb", {
    **BINARY, "xl/sharedStrings.bin": record(159, struct.pack("<II", 5, 5)) + b"".join(
        record(19, b"\0" + wide(text)) for text in ("", "nom", "date", "actif", "montant")) + record(160)})
(FOLDER / "part5").write_bytes(b"\5" + SHEET)
(FOLDER / "part6").write_bytes(b"\6" + BINARY["xl/styles.bin"])

# One part each, behind the number of the family that tests/fuzz/fuzz_office.c puts it into.
for family, (name, part) in enumerate([
        ("plain.xlsx", "xl/worksheets/sheet1.xml"), ("plain.xlsx", "xl/styles.xml"),
        ("plain.ods", "content.xml"), ("plain.docx", "word/document.xml"),
        ("plain.pptx", "ppt/slides/slide1.xml")]):
    with zipfile.ZipFile(FOLDER / name) as source:
        (FOLDER / f"part{family}").write_bytes(bytes([family]) + source.read(part))

# ---- what stands beside the records ----

ASIDES = [["Extrait, voir Mr RAMI, CIN AB123456"], [], ["matricule", "nom", "ville", "brut"],
          *[[str(800000 + i), name, "Fes", f"{3000 + i}"] for i, name in enumerate(("NAJI", "SAID", "ALI"))],
          ["Total", "", "", "9003"], [], ["Fait par le service paie"]]
PROSE = [["Note interne pour Mme NAJI, CIN CD654321"]]


def sheet_of(rows):
    return "<sheetData>" + "".join(
        f'<row r="{number}">' + "".join(
            f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for i, text in enumerate(cells) if text) + "</row>"
        for number, cells in enumerate(rows, 1)) + "</sheetData>"


workbook("asides.xlsx", [('name="Paie"', sheet_of(ASIDES)), ('name="Note"', sheet_of(PROSE))], parts={
    "xl/worksheets/_rels/sheet1.xml.rels": relations(
        DOCUMENT, ("comments", "../comments7.xml"),
        ("threadedComment", "../threadedComments/threadedComment1.xml")),
    "xl/comments7.xml": '<comments><authors><author>x</author></authors><commentList><comment ref="B5">'
                        "<text><r><t>voir </t></r><r><t>EF111222</t></r></text></comment></commentList></comments>",
    "xl/threadedComments/threadedComment1.xml": '<ThreadedComments><threadedComment ref="C6"><text>demande à '
                                                "GH333444</text></threadedComment></ThreadedComments>"})
document("asides.ods", "spreadsheet", "<office:spreadsheet>" + "".join(
    f'<table:table table:name="{name}">' + "".join(
        "<table:table-row>" + "".join(
            "<table:table-cell>" + ("<office:annotation><dc:creator>x</dc:creator><text:p>voir</text:p>"
                                    "<text:p>EF<text:span>111222</text:span></text:p></office:annotation>"
                                    if text == "SAID" else "") + f"<text:p>{text}</text:p></table:table-cell>"
            if text else "<table:table-cell/>" for text in cells or [""]) + "</table:table-row>"
        for cells in rows) + "</table:table>"
    for name, rows in (("Paie", ASIDES), ("Note", PROSE))) + "</office:spreadsheet>")

# ---- tables side by side, a table turned round, names of groups ----

LEFT = [["id", "nom", "ville"]] + [[str(801 + i), name, "Fes"] for i, name in enumerate(("RAMI", "NAJI", "SAID"))]
RIGHT = [["code", "tel"]] + [[f"C{i}", f"061234567{i}"] for i in range(6)]
PERSONS = [["Nom", "RAMI", "NAJI"], ["Prénom", "Ali", "Sara"], ["CIN", "AB12345", "CD67890"],
           ["Né le", "01/02/1980", "03/04/1990"], ["Ville", "Fes", "Taza"]]


def beside(left, right):
    rows = max(len(left), len(right))
    left, right = ([*table, *[[""] * len(table[0])] * (rows - len(table))] for table in (left, right))
    return [[*a, "", *b] for a, b in zip(left, right)]


workbook("beside.xlsx", [
    ('name="Deux"', sheet_of(beside(LEFT, RIGHT))), ('name="Trois"', sheet_of(beside(beside(LEFT, LEFT), LEFT))),
    ('name="Trou"', sheet_of([["id", "nom", "", "ville", "tel"]] + [
        [str(801 + i), "RAMI", "", "Fes", "0612345678"] for i in range(4)])),
    ('name="Fiches"', sheet_of(PERSONS)),
    ('name="Groupes"', sheet_of([["matricule", "Assuré", "", "Employeur"], ["", "nom", "prénom", "nom", "ville"]] + [
        [str(801 + i), "RAMI", "Ali", "Ste X", "Fes"] for i in range(4)]).replace("</sheetData>", "</sheetData>"
        '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/><mergeCell ref="D1:E1"/></mergeCells>'))])
package("plain.vsdx", {
    "[Content_Types].xml": "<Types/>",
    "visio/document.xml": "<VisioDocument><Colors/></VisioDocument>",
    "visio/pages/pages.xml": "<Pages><Page Name='Organigramme'/></Pages>",
    "visio/pages/page1.xml": "<PageContents><Shapes><Shape><Cell N='PinX' V='4'/><Section N='Property'><Row N='Mail'>"
    "<Cell N='Value' V='omar@example.invalid'/><Cell N='Label' V='Adresse'/><Cell N='Type' V='0'/></Row></Section>"
    "<Section N='Geometry'><Cell N='Value' V='7'/></Section>"
    "<Text><cp IX='0'/>ALAOUI Omar<pp IX='0'/>\nagent</Text></Shape></Shapes></PageContents>",
    "visio/masters/master1.xml": "<MasterContents><Shapes><Shape><Text>Directrice</Text></Shape></Shapes></MasterContents>"})
package("plain.xps", {
    "[Content_Types].xml": "<Types/>",
    "FixedDocSeq.fdseq": "<FixedDocumentSequence/>",
    "Documents/1/FixedDoc.fdoc": "<FixedDocument/>",
    "Documents/1/Pages/1.fpage": "<FixedPage><Glyphs OriginX='10' OriginY='20.5' UnicodeString='ALAOUI'/>"
    "<Canvas><Glyphs OriginX='60' OriginY='20.6' UnicodeString='Omar'/></Canvas><Path/>"
    "<Glyphs OriginX='10' OriginY='40' UnicodeString='{}{AB600001}'/></FixedPage>"})
