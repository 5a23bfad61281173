#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Several finders of one leak: how many are affected whom none of them holds, by how they overlap.
. "$(dirname "$0")/lib.sh"

expect 0 "$TAHQIQ" drill "$work/drill" --persons 3000 --rows 1200 --documents 0 --months 12 --seed 5
expect 0 "$TAHQIQ" register build "$work/drill/register/register.yaml" -o "$work/r.tqr" --key "$work/k"

# Three finders, each with half of the rows by chance; and one who has the first one's list again.
python3 - "$work/drill/leak" "$work" <<'END' || failures=$((failures + 1))
import pathlib, random, sys
listing = max(pathlib.Path(sys.argv[1]).rglob("*.csv"), key=lambda path: path.stat().st_size)
head, *rows = listing.read_bytes().splitlines(keepends=True)
folder = pathlib.Path(sys.argv[2])
def write(finder, chosen):
    (folder / finder).mkdir()
    (folder / finder / f"{finder}.csv").write_bytes(head + b"".join(chosen))
write("whole", rows)
for number, finder in enumerate(("first", "second", "third")):
    dice = random.Random(number)
    write(finder, [row for row in rows if dice.random() < .5])
# Two who looked closely at people of a few towns, and hardly at the others.
town = head.split(b";").index(b"VILLE")
towns = sorted({row.split(b";")[town] for row in rows})[::3]
for number, finder in enumerate(("here", "there")):
    dice = random.Random(10 + number)
    write(finder, [row for row in rows
                   if dice.random() < (.8 if row.split(b";")[town] in towns else .2)])
(folder / "again").mkdir()
(folder / "again" / "copy.csv").write_bytes((folder / "first" / "first.csv").read_bytes())
write("within", (folder / "first" / "first.csv").read_bytes().splitlines(keepends=True)[1:201])
END

take_from() {
    case_folder=$1
    shift
    expect 0 "$TAHQIQ" case new "$case_folder" --title finders
    for finder in "$@"; do
        expect 0 "$TAHQIQ" take "$case_folder" "$work/$finder" --source "the $finder finder"
    done
    expect 0 "$TAHQIQ" examine "$case_folder" --register "$work/r.tqr" --key "$work/k"
}

# One finder says nothing of who is missing.
take_from "$work/truth" whole
expect 0 "$TAHQIQ" export "$work/truth" recapture
[ "$(wc -l <"$work/out")" -eq 1 ] || { echo "FAILED: an estimate from one finder"; failures=$((failures + 1)); }
expect 0 "$TAHQIQ" export "$work/truth" counts -o "$work/truth.csv"

take_from "$work/case" first second third
expect 0 "$TAHQIQ" export "$work/case" recapture -o "$work/recapture.csv"
expect 0 "$TAHQIQ" export "$work/case" counts -o "$work/counts.csv"
python3 - "$work/truth.csv" "$work/counts.csv" "$work/recapture.csv" <<'END' || failures=$((failures + 1))
import csv, sys
def affected(path):
    return next(row for row in csv.DictReader(open(path)) if (row["measure"], row["kind"],
                row["category"], row["verdict"]) == ("affected", "person", "", ""))
truth = int(affected(sys.argv[1])["value"])
counted = affected(sys.argv[2])
rows = [row for row in csv.DictReader(open(sys.argv[3])) if row["kind"] == "person"]
assert [row["method"] for row in rows] == ["chao", "chapman", "chapman", "chapman"], rows
assert [(row["first"], row["second"]) for row in rows] == [("", ""),
    ("the first finder", "the second finder"), ("the first finder", "the third finder"),
    ("the second finder", "the third finder")], rows
for row in rows:
    number = {name: int(row[name]) for name in ("once", "twice", "seen", "value", "low", "high")}
    assert row["status"] == "usable" and row["stratified"] == "0", row
    assert number["seen"] < number["low"] < number["value"] < number["high"], row
    assert number["low"] * .97 <= truth <= number["high"] * 1.03, (row, truth)
assert int(rows[0]["seen"]) == int(counted["value"]), "all finders together hold those counted"
assert int(counted["high"]) < truth, "no estimate is in a count"
END

# The report says so in three languages.
for language in en fr ar; do
    expect 0 "$TAHQIQ" report "$work/case" -o "$work/report-$language" --lang "$language"
done
says "$work/report-en/report.html" "How many does no finder hold?"
says "$work/report-en/report.html" "the first finder / the second finder"
says "$work/report-fr/report.html" "Combien n&#39;ont été trouvés par personne"
says "$work/report-ar/report.html" "كم عدد من لم يجدهم أحد"
says "$work/report-en/report.json" '"recapture":['

# The same list again, or a part of it, is no second finding.
take_from "$work/copied" first again
expect 0 "$TAHQIQ" export "$work/copied" recapture
says "$work/out" "person,chapman,the again finder,the first finder,"
says "$work/out" ",copied,0,1.000000,"
take_from "$work/contained" first within
expect 0 "$TAHQIQ" export "$work/contained" recapture
says "$work/out" ",contained,0,1.000000,"
expect 0 "$TAHQIQ" report "$work/contained" -o "$work/report" --lang en
says "$work/report/report.html" "cannot be used: one contains the other"

# Both know some towns better than others: the estimate is too low, and says so.
take_from "$work/uneven" here there
expect 0 "$TAHQIQ" export "$work/uneven" recapture -o "$work/uneven.csv"
python3 - "$work/truth.csv" "$work/uneven.csv" <<'END' || failures=$((failures + 1))
import csv, sys
truth = next(int(row["value"]) for row in csv.DictReader(open(sys.argv[1]))
             if (row["measure"], row["kind"], row["category"], row["verdict"]) == ("affected", "person", "", ""))
row = next(row for row in csv.DictReader(open(sys.argv[2])) if row["kind"] == "person")
assert row["parts"] in ("city", "postal_code", "agency") and float(row["chance"]) < .01, row
value, stratified = int(row["value"]), int(row["stratified"])
assert value < stratified and abs(stratified - truth) < abs(value - truth), (row, truth)
assert int(row["low"]) <= value and stratified <= int(row["high"]), row
END
expect 0 "$TAHQIQ" report "$work/uneven" -o "$work/report-uneven" --lang fr
says "$work/report-uneven/report.html" "des parties du registre sont trouvées inégalement"

# Any number of threads, and any order of taking: the same bytes.
take_from "$work/other" third first second
expect 0 "$TAHQIQ" export "$work/other" recapture -o "$work/other.csv"
same "$work/recapture.csv" "$work/other.csv"
finish
