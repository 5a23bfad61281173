# SPDX-License-Identifier: AGPL-3.0-or-later
"""The rows of a drill's leaked list, written in every format that ./dev bench formats reads."""

import csv
import html
import json
import pathlib
import shutil
import sqlite3
import string
import struct
import subprocess
import tarfile
import zipfile
from xml.sax.saxutils import escape

import bench_drill

SCANS = 1

CONTENT_TYPES = """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{type}"/>
{more}</Types>"""
RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
{items}</Relationships>"""
RELATION = ('<Relationship Id="r{number}" Type="http://schemas.openxmlformats.org/officeDocument/'
            '2006/relationships/{kind}" Target="{target}"/>\n')
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OPEN_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content office:version="1.2"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body>{body}</office:body></office:document-content>"""
MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="{type}"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
</manifest:manifest>"""


class Rows:
    """A header and rows of text."""

    def __init__(self, header, rows):
        self.header, self.rows = header, rows

    @classmethod
    def of_drill(cls, drill):
        leak = bench_drill.Leak(drill)
        encoding = "utf-8-sig" if leak.encoding == "UTF8" else "latin-1"
        with open(leak.path, encoding=encoding, newline="") as file:
            rows = list(csv.reader(file, delimiter=leak.delimiter))
        width = len(rows[0])
        names = [name.strip() or f"column{i}" for i, name in enumerate(rows[0])]
        return cls(names, [row for row in rows[1:] if len(row) == width])

    def first(self, count):
        """So many rows; from the beginning again if there are not enough."""
        times = -(-count // len(self.rows))
        return Rows(self.header, (self.rows * times)[:count])

    def named(self):
        return [dict(zip(self.header, row)) for row in self.rows]

    def lines(self):
        """As prose that a document may hold."""
        return [", ".join(f"{name} {value}" for name, value in zip(self.header, row) if value)
                for row in self.rows]


# ---- tables as text ----

def write_csv(rows, path):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows.header, *rows.rows])


def write_json(rows, path):
    path.write_text(json.dumps(rows.named(), ensure_ascii=False), "utf-8")


def write_json_lines(rows, path):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows.named()),
                    "utf-8")


def element_names(rows):
    return [f"f{i}_" + "".join(c for c in name.lower() if c.isascii() and c.isalnum())
            for i, name in enumerate(rows.header)]


def write_xml(rows, path):
    names = element_names(rows)
    with open(path, "w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<persons>\n')
        for row in rows.rows:
            cells = "".join(f"<{n}>{escape(v)}</{n}>" for n, v in zip(names, row))
            file.write(f"<person>{cells}</person>\n")
        file.write("</persons>\n")


def write_html(rows, path):
    def line(cells, tag):
        return "<tr>" + "".join(f"<{tag}>{html.escape(c)}</{tag}>" for c in cells) + "</tr>\n"

    path.write_text('<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><table>\n'
                    + line(rows.header, "th") + "".join(line(row, "td") for row in rows.rows)
                    + "</table></body></html>\n", "utf-8")


def quoted(value):
    return "'" + value.replace("'", "''") + "'"


def write_sql(rows, path):
    """One statement for a hundred rows, as mysqldump writes."""
    names = element_names(rows)
    with open(path, "w", encoding="utf-8") as file:
        file.write("CREATE TABLE person (" + ", ".join(f"{name} text" for name in names) + ");\n")
        for i in range(0, len(rows.rows), 100):
            values = ",".join("(" + ",".join(map(quoted, row)) + ")" for row in rows.rows[i:i + 100])
            file.write(f"INSERT INTO person VALUES {values};\n")


def write_ldif(rows, path):
    names = [name.replace("_", "-") for name in element_names(rows)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("version: 1\n\n")
        for i, row in enumerate(rows.rows):
            cells = "".join(f"{n}: {v}\n" for n, v in zip(names, row) if v.strip())
            file.write(f"dn: uid={i},dc=example\nobjectClass: person\n{cells}\n")


def write_vcard(rows, path):
    with open(path, "w", encoding="utf-8", newline="") as file:
        for i, row in enumerate(rows.rows):
            notes = "".join(f"X-F{k}:{v}\r\n" for k, v in enumerate(row))
            file.write(f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{i} {row[1]}\r\n{notes}END:VCARD\r\n")


# ---- tables as bytes ----

def write_sqlite(rows, path):
    names = element_names(rows)
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE person (" + ", ".join(f"{name} text" for name in names) + ")")
        base.executemany(f"INSERT INTO person VALUES ({','.join('?' * len(names))})", rows.rows)
    base.close()


def write_dbf(rows, path):
    width = 40
    head = struct.pack("<4BIHH20x", 3, 126, 1, 1, len(rows.rows), 33 + 32 * len(rows.header),
                       1 + width * len(rows.header))
    fields = b"".join(struct.pack("<11sc4xB15x", name[:10].encode(), b"C", width)
                      for name in element_names(rows))
    with open(path, "wb") as file:
        file.write(head + fields + b"\r")
        for row in rows.rows:
            file.write(b" " + b"".join(v.encode("cp1252", "replace")[:width].ljust(width)
                                       for v in row))
        file.write(b"\x1a")


def write_bson(rows, path):
    with open(path, "wb") as file:
        for row in rows.named():
            body = b""
            for name, value in row.items():
                text = value.encode() + b"\0"
                body += b"\x02" + name.encode() + b"\0" + struct.pack("<i", len(text)) + text
            file.write(struct.pack("<i", len(body) + 5) + body + b"\0")


# ---- office files ----

def write_package(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, text, kind)


def office_relations(kind, target, number=1):
    return RELATION.format(kind=kind, target=target, number=number)


def write_xlsx(rows, path):
    """Texts are shared, as Excel writes them."""
    shared = {}
    lines = []
    for number, row in enumerate([rows.header, *rows.rows], 1):
        cells = "".join(f'<c r="{column}{number}" t="s">'
                        f"<v>{shared.setdefault(value, len(shared))}</v></c>"
                        for column, value in zip(string.ascii_uppercase, row))
        lines.append(f'<row r="{number}">{cells}</row>')
    texts = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in shared)
    more = "".join(f'<Override PartName="/xl/{part}" ContentType="application/vnd.openxmlformats-'
                   f'officedocument.spreadsheetml.{kind}+xml"/>\n' for part, kind in
                   (("worksheets/sheet1.xml", "worksheet"), ("sharedStrings.xml", "sharedStrings")))
    write_package(path, {
        "[Content_Types].xml": CONTENT_TYPES.format(
            part="xl/workbook.xml", type="spreadsheetml.sheet.main+xml", more=more),
        "_rels/.rels": RELATIONS.format(items=office_relations("officeDocument",
                                                               "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{RELATED}"><sheets><sheet '
                           'name="persons" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            items=office_relations("worksheet", "worksheets/sheet1.xml")
            + office_relations("sharedStrings", "sharedStrings.xml", 2)),
        "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{texts}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}"><sheetData>{"".join(lines)}'
                                    "</sheetData></worksheet>"})


def write_open_document(path, kind, body):
    media = f"application/vnd.oasis.opendocument.{kind}"
    write_package(path, {"mimetype": media, "content.xml": OPEN_DOCUMENT.format(body=body),
                         "META-INF/manifest.xml": MANIFEST.format(type=media)})


def write_ods(rows, path):
    def line(row):
        return "<table:table-row>" + "".join(
            '<table:table-cell office:value-type="string"><text:p>'
            f"{escape(value)}</text:p></table:table-cell>" for value in row) + "</table:table-row>"

    lines = "".join(map(line, [rows.header, *rows.rows]))
    write_open_document(path, "spreadsheet", '<office:spreadsheet><table:table table:name="persons">'
                        f"{lines}</table:table></office:spreadsheet>")


def write_xls(rows, path):
    """By Gnumeric: no short way leads to BIFF."""
    source = path.parent.parent / "for-xls.xlsx"
    write_xlsx(rows, source)
    subprocess.run(["ssconvert", "-T", "Gnumeric_Excel:excel_biff8", source, path], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write_docx(rows, path):
    lines = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in rows.lines())
    write_package(path, {
        "[Content_Types].xml": CONTENT_TYPES.format(
            part="word/document.xml", type="wordprocessingml.document.main+xml", more=""),
        "_rels/.rels": RELATIONS.format(items=office_relations("officeDocument",
                                                               "word/document.xml")),
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{lines}</w:body></w:document>'})


def write_odt(rows, path):
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in rows.lines())
    write_open_document(path, "text", f"<office:text>{lines}</office:text>")


def write_rtf(rows, path):
    def line(text):
        return "".join(c if ord(c) < 128 else f"\\u{ord(c) - (ord(c) > 32767) * 65536}?"
                       for c in text) + "\\par\n"

    path.write_text("{\\rtf1\\ansi\\uc1\n" + "".join(map(line, rows.lines())) + "}\n", "ascii")


# ---- mail and archives ----

def message(number, text):
    return (f"From: a{number}@example.org\nTo: b@example.org\nSubject: person {number}\n"
            "Date: Mon, 1 Jan 2024 10:00:00 +0000\nMIME-Version: 1.0\n"
            "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            f"{text}\n")


def write_mail(rows, path):
    """One long mail."""
    path.write_text(message(1, "\n".join(rows.lines())), "utf-8")


def write_mbox(rows, path):
    lines = rows.lines()
    path.write_text("".join(f"From a@example.org Mon Jan  1 10:00:00 2024\n{message(i, line)}\n"
                            for i, line in enumerate(lines)), "utf-8")


def write_zip(rows, path):
    source = path.parent.parent / "member.csv"
    write_csv(rows, source)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(source, "member.csv")


def write_tar_gz(rows, path):
    source = path.parent.parent / "member.csv"
    write_csv(rows, source)
    with tarfile.open(path, "w:gz") as archive:
        archive.add(source, "member.csv")


# ---- documents ----

def documents(drill, folder):
    """The drill's certificates as files, gathered once."""
    if not folder.exists():
        bench_drill.gather_documents(drill, folder)
    return sorted(folder.iterdir())


def write_pdf(paths, path):
    subprocess.run(["pdfunite", *paths, path], check=True)


def write_scans(paths, folder, program):
    for document in paths[:SCANS]:
        subprocess.run([program, "make", "png", document, folder / f"{document.stem}.png"],
                       check=True)


def fresh(folder):
    """An empty folder."""
    folder = pathlib.Path(folder)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
