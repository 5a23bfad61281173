#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# One table of the leak in every form of a database: the records and verdicts are the same in each.
. "$(dirname "$0")/lib.sh"

make_drill
heap=$work/heap
mkdir "$heap"
corpus=$(dirname "$0")/../corpus
cp "$corpus/msg/list.msg" "$corpus/bson/people.bson" "$corpus/dbf/dbase.dbf" "$corpus/vcard/cards.vcf" "$heap"
python3 - "$heap" "$work/drill/leak" <<'PY'
import base64, csv, email.message, os, sqlite3, sys

folder, leak = sys.argv[1:3]
with open(leak + "/files/export_a.csv", encoding="windows-1252", newline="") as file:
    header, *rows = list(csv.reader(file))
rows = [row for row in rows if len(row) == len(header)][:300]


def write(name, text):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as file:
        file.write(text)


def value(cell):
    return "'%s'" % cell.replace("'", "''") if cell else "NULL"


def mysql(cell):
    return "'%s'" % cell.replace("\\", "\\\\").replace("'", "\\'") if cell else "NULL"


with open(os.path.join(folder, "table.csv"), "w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows([header] + rows)
names = ", ".join("`%s`" % name for name in header)
write("mysql.sql", "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `t` (%s);\nINSERT INTO `t` VALUES %s;\n" % (
    ", ".join("`%s` varchar(60)" % name for name in header),
    ",".join("(%s)" % ",".join(map(mysql, row)) for row in rows)))
write("postgres.sql", "--\n-- PostgreSQL database dump\n--\nSET client_encoding = 'UTF8';\nCOPY public.t (%s) FROM stdin;\n%s\\.\n" % (
    ", ".join('"%s"' % name for name in header),
    "".join("\t".join(cell.replace("\\", "\\\\") or "\\N" for cell in row) + "\n" for row in rows)))
write("server.sql", "USE [x]\nGO\n" + "".join("INSERT [dbo].[t] (%s) VALUES (%s)\nGO\n" % (
    ", ".join("[%s]" % name for name in header),
    ", ".join("N" + value(cell) if cell else "NULL" for cell in row)) for row in rows))
database = sqlite3.connect(os.path.join(folder, "table.db"))
database.execute("CREATE TABLE t (%s)" % ", ".join('"%s" TEXT' % name for name in header))
database.executemany("INSERT INTO t VALUES (%s)" % ",".join("?" * len(header)), rows)
database.commit()
write("lite.sql", "\n".join(database.iterdump()) + "\n")
database.close()

write("table.ldif", "version: 1\n\n" + "".join("dn: cn=%d,dc=x\n%s\n" % (i, "".join(
    "%s:: %s\n" % (name.replace(" ", "_"), base64.b64encode(cell.encode()).decode())
    for name, cell in zip(header, row) if cell)) for i, row in enumerate(rows)))
with open(os.path.join(folder, "table.csv"), "rb") as file:
    table = file.read()
mail = email.message.EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "La liste é"
mail.set_content("Voici la liste.\n")
mail.add_attachment(table + b"\n", maintype="text", subtype="csv", filename="liste é.csv")
outer = email.message.EmailMessage()
outer["From"], outer["To"], outer["Subject"] = "a@example.com", "b@example.com", "Tr: la liste"
outer.set_content("Voir plus bas.\n")
outer.add_attachment(mail)
write("mail.eml", outer.as_string())
write("box.mbox", "From - Wed May  1 10:00:00 2024\n" + mail.as_string() + "\n")
PY
expect 0 inquire -o "$work/case" "$heap"
expect 0 "$TAHQIQ" export "$work/case" records -o "$work/records.csv"
expect 0 "$TAHQIQ" export "$work/case" exhibits -o "$work/exhibits.csv"
expect 0 "$TAHQIQ" verify "$work/case"
python3 - "$work/records.csv" "$work/exhibits.csv" <<'PY' || failures=$((failures + 1))
import csv, sys

verdicts, types = {}, {}
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    verdicts.setdefault(row["exhibit"], []).append((row["record"], row["subject"], row["verdict"]))
for row in csv.DictReader(open(sys.argv[2], encoding="utf-8", newline="")):
    types[row["exhibit"]] = row["type"]
wanted = verdicts["table.csv"]
assert sum(verdict != "unverifiable" for _, _, verdict in wanted) > 200, wanted[:5]
tables = {"table.csv": "csv", "mysql.sql": "sql", "postgres.sql": "sql", "server.sql": "sql",
          "lite.sql": "sql", "table.db": "sqlite", "table.ldif": "ldif",
          "box.mbox!/message-000001.eml!/liste é.csv": "csv"}
for name, kind in tables.items():
    assert types.pop(name) == kind, name
    found = verdicts.pop(name)
    assert found == wanted, (name, [pair for pair in zip(found, wanted) if pair[0] != pair[1]][:3])
others = {"list.msg": "msg", "people.bson": "bson", "dbase.dbf": "dbf", "cards.vcf": "vcard",
          "list.msg!/.._liste.csv": "csv"}
for name, kind in others.items():
    assert types.pop(name) == kind and verdicts.pop(name), name
# The same bytes lie under two paths; they are listed under the first.
assert types == {"box.mbox": "mbox", "box.mbox!/message-000001.eml": "mail", "mail.eml": "mail",
                 "mail.eml!/part-1.eml": "mail", "mail.eml!/part-1.eml!/liste é.csv": "csv"}, types
PY
finish
