#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Tables as nobody should write them, and damaged containers: no record of a whole table is lost,
# and every file is an exhibit with records, members or a note.
. "$(dirname "$0")/lib.sh"

make_drill
heap=$work/heap
mkdir "$heap"
python3 - "$heap" "$work/drill/leak" <<'PY'
import bz2, csv, glob, gzip, io, json, lzma, os, random, sys, tarfile, zipfile

folder, leak = sys.argv[1:3]
chance = random.Random(7)
with open(leak + "/files/export_a.csv", encoding="windows-1252", newline="") as file:
    header, *rows = list(csv.reader(file))


def write(name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def some(count=40):
    first = chance.randrange(len(rows) - count)
    return [row[:] for row in rows[first:first + count]]


def quoted(cell, delimiter):
    return '"%s"' % cell.replace('"', '""') if delimiter in cell or '"' in cell else cell


def text(rows, delimiter=",", end="\n"):
    return "".join(delimiter.join(quoted(cell, delimiter) for cell in row) + end for row in [header] + rows)


# Whole tables: 40 records each.
for delimiter in ",;\t|^~\x1f":
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"):
        for end in ("\n", "\r\n", "\r", "\r\r\n"):
            write("whole-%02x-%s-%s.csv" % (ord(delimiter), encoding, end.encode().hex()),
                  text(some(), delimiter, end).encode(encoding))
write("whole-some-returns.csv", "".join(
    ",".join(quoted(cell, ",") for cell in row) + ("\r" if i % 4 == 2 else "\n")
    for i, row in enumerate([header] + some())).encode())
write("whole-python.json", repr([dict(zip(header, row)) for row in some()]).encode())
write("whole-mixed.csv", text(some(40)[:20]).encode() + "".join(
    ",".join(quoted(cell, ",") for cell in row) + "\n" for row in some(20)).encode("utf-16-le"))

# What is wrong with the others is told.
bad = {
    "ragged": lambda: text([row[:chance.randrange(len(row) + 1)] + ["x"] * chance.randrange(3) for row in some()]),
    "unclosed": lambda: ',"'.join(text(some()).rsplit(",", 100)[:2]) + text(some()),
    "quotes": lambda: "".join(c if chance.random() > 0.02 else '"' for c in text(some())),
    "nuls": lambda: "".join(c if chance.random() > 0.02 else "\0" for c in text(some())),
    "delimiters": lambda: "".join(chance.choice(",;\t|").join(row) + "\n" for row in [header] + some()),
    "headers": lambda: "".join(text([row]) for row in some()),
    "header": lambda: text([]),
    "blank": lambda: text(some()).replace("\n", "\n\n"),
    "wide": lambda: (",".join("c%d" % i for i in range(10000)) + "\n") * 3,
    "delimiters-only": lambda: "," * 10000,
    "quotes-only": lambda: '"' * 10001,
    "one": lambda: ",",
    "mark": lambda: "\ufeff",
    "ends": lambda: "\r" * 10000,
}
for name, make in bad.items():
    for i in range(3):
        write("bad-%s-%d.csv" % (name, i), make().encode())


def damaged(content):
    content = bytearray(content)
    at, kind = chance.randrange(len(content)), chance.randrange(4)
    if kind == 0:
        return bytes(content[:at])
    if kind == 1:
        for _ in range(50):
            content[chance.randrange(len(content))] = chance.randrange(256)
    elif kind == 2:
        del content[at:at + 100]
    else:
        content[at:at + 512] = bytes(512)
    return bytes(content)


table, out, packed = text(some()).encode(), io.BytesIO(), io.BytesIO()
with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
    for i in range(5):
        archive.writestr("f%d.csv" % i, table + b"%d" % i)
with tarfile.open(fileobj=packed, mode="w:gz") as archive:
    for i in range(5):
        info = tarfile.TarInfo("f%d.csv" % i)
        info.size = len(table)
        archive.addfile(info, io.BytesIO(table))
whole = {"zip": out.getvalue(), "tar.gz": packed.getvalue(), "csv.gz": gzip.compress(table),
         "csv.bz2": bz2.compress(table), "csv.xz": lzma.compress(table),
         "json": json.dumps([dict(zip(header, row)) for row in some()]).encode()}
with open(sorted(glob.glob(leak + "/files/**/*.pdf", recursive=True))[0], "rb") as file:
    whole["pdf"] = file.read()
for ending, content in whole.items():
    for i in range(8):
        write("damaged-%d.%s" % (i, ending), damaged(content))
PY
expect 0 inquire -o "$work/case" "$heap"
expect 0 "$TAHQIQ" export "$work/case" exhibits -o "$work/exhibits.csv"
expect 0 "$TAHQIQ" verify "$work/case"
python3 - "$heap" "$work/exhibits.csv" <<'PY' || failures=$((failures + 1))
import csv, os, sys

rows = {row["exhibit"]: row for row in csv.DictReader(open(sys.argv[2], encoding="utf-8", newline=""))}
parents = {name.rsplit("!/", 1)[0] for name in rows if "!/" in name}
for name in sorted(os.listdir(sys.argv[1])):
    row = rows[name]
    assert row["type"] or row["notes"], name
    assert int(row["records"]) > 0 or row["notes"] or name in parents, (name, row)
    if name.startswith("whole"):
        assert row["records"] == "40", (name, row)
    if name.startswith("bad"):
        assert row["notes"], (name, row)
PY

# One cell with everything in it: its pieces may be of types that no whole column is.
python3 - "$work" <<'PY'
import random, sys

chance, folder = random.Random(3), sys.argv[1]
people = ["%d,%s,%s,Haute %s,%d,%s" % (
    50021 + 37 * i * i, chance.choice(["Karim", "Sara", "Nadia", "Omar"]), "".join(chance.choices("aeioulmnrs", k=4 + i % 6)),
    "".join(chance.choices("abcdel", k=3 + i % 11)), chance.randrange(3000, 4500),
    "19%d-0%d-1%d" % (chance.randrange(40, 99), chance.randrange(1, 9), chance.randrange(9)) if i % 7 else "")
    for i in range(400)]
with open(folder + "/people.csv", "w") as file:
    file.write("ssn,given,family,street,postcode,born\n" + "\n".join(people) + "\n")
with open(folder + "/glued.csv", "w") as file:
    file.write("all,ssn\n" + "".join(
        "%s %s 3 %s %s,%s\n" % (given, family, street, postcode, ssn)
        for ssn, given, family, street, postcode, born in (person.split(",") for person in people[:60])))
with open(folder + "/people.yaml", "w") as file:
    file.write("""register: {name: Pieces, country: MA, timezone: Africa/Casablanca}
subjects: [person]
tables:
  - name: people
    subject: person
    key: ssn
    file: people.csv
    columns:
      ssn: {field: ssn, type: id, category: identity}
      given: {field: given, type: given-name, category: identity}
      family: {field: family, type: family-name, category: identity}
      street: {field: street, type: address, category: contact}
      postcode: {field: postcode, type: code, category: location}
      born: {field: born, type: date, category: identity}
""")
PY
expect 0 "$TAHQIQ" register build "$work/people.yaml" -o "$work/people.tqr" --key "$work/k"
expect 0 "$TAHQIQ" inquire --register "$work/people.tqr" --key "$work/k" -o "$work/glued" "$work/glued.csv"
expect 0 "$TAHQIQ" export "$work/glued" readings -o "$work/readings.csv"
says "$work/readings.csv" ",all,postcode,"

# Names of styles, twice in each row: the numbers of members are such as well, and prove nothing.
python3 - "$work" <<'PY'
import sys

with open(sys.argv[1] + "/members.csv", "w") as file:
    file.write("no,family\n" + "".join("P%d,N%dx\n" % (i, i * i) for i in range(1, 3000)))
with open(sys.argv[1] + "/styles.csv", "w") as file:
    file.write("style,family,name\n" + "".join("P%d,paragraph,P%d\n" % (i, i) for i in range(1, 40)))
with open(sys.argv[1] + "/members.yaml", "w") as file:
    file.write("""register: {name: Members, country: MA, timezone: Africa/Casablanca}
subjects: [person]
tables:
  - name: members
    subject: person
    key: no
    file: members.csv
    columns:
      no: {field: no, type: id, category: identity}
      family: {field: family, type: family-name, category: identity}
""")
PY
expect 0 "$TAHQIQ" register build "$work/members.yaml" -o "$work/members.tqr" --key "$work/k"
expect 0 "$TAHQIQ" inquire --register "$work/members.tqr" --key "$work/k" -o "$work/styles" "$work/styles.csv"
expect 0 "$TAHQIQ" export "$work/styles" records -o "$work/styles-records.csv"
[ "$(grep -c ',unverifiable,' "$work/styles-records.csv")" = 39 ] || {
    echo "FAILED: styles were taken for members"
    failures=$((failures + 1))
}
finish
