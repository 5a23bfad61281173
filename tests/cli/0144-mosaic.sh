#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The mosaic: the register tables behind a leak, and the part of the register that it shows, are
# found; values of persons are masked.
. "$(dirname "$0")/lib.sh"

# says_not FILE TEXT: no line of the file holds TEXT.
says_not() {
    if grep -qF -- "$2" "$1"; then
        echo "FAILED: '$2' is in $1"
        failures=$((failures + 1))
    fi
}

# drill_case NAME ARGUMENTS...: a drill, its register and its case.
drill_case() {
    name=$1
    shift
    expect 0 "$TAHQIQ" drill "$work/$name" "$@"
    expect 0 "$TAHQIQ" register build "$work/$name/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
    expect 0 inquire -o "$work/$name-case" --lang fr "$work/$name/leak"
    expect 0 "$TAHQIQ" drill score "$work/$name" "$work/$name-case" --json
    cp "$work/out" "$work/$name.json"
    expect 0 "$TAHQIQ" export "$work/$name-case" mosaic -o "$work/$name.csv"
}

# found NAME SOURCES FILTERS: all of the drill's are, and no more sources are told.
found() {
    python3 - "$work/$1.json" "$2" "$3" <<'END' || failures=$((failures + 1))
import json, sys
score = json.load(open(sys.argv[1]))["mosaic"]
sources, filters = int(sys.argv[2]), int(sys.argv[3])
assert score == {"sources": sources, "sources_found": sources, "sources_told": sources,
                 "filters": filters, "filters_found": filters}, score
END
}

drill_case fund --persons 3000 --rows 1000 --documents 0 --months 12 --seed 3
found fund 7 0
drill_case employer --persons 3000 --rows 1000 --documents 0 --months 12 --seed 5 --only employer
drill_case clinic --profile clinic --persons 2000 --rows 500 --seed 2 --only region
found clinic 10 2
drill_case university --profile university --persons 2000 --rows 500 --seed 3 --only region
found university 10 2

# An institution is named, persons' values are not; each lead has effect and chance.
python3 - "$work" <<'END' || failures=$((failures + 1))
import csv, sys

def rows(name):
    return list(csv.DictReader(open(f"{sys.argv[1]}/{name}.csv", encoding="utf-8")))

def truth(name):
    return [row for row in csv.DictReader(open(f"{sys.argv[1]}/{name}/truth/mosaic.csv",
                                               encoding="utf-8")) if row["part"] == "filter"]

made = truth("employer")[0]
told = [row for row in rows("employer") if row["part"] == "filter" and row["name"] == "employer"]
assert [row["detail"] for row in told] == [made["detail"]], told
assert float(told[0]["share"]) == 1 and float(told[0]["register_share"]) < .2, told
told = [row for row in rows("employer") if row["part"] == "format" and row["name"] == "values"
        and row["table"] == made["table"]]
assert [row["columns"].split(";")[-2:] for row in told] == [["12", "13"]], told # number and name
for name in ("clinic", "university"):
    for made in truth(name):
        told = [row for row in rows(name) if row["table"] == made["table"]
                and row["part"] == "filter" and row["name"] == "town"]
        assert len(told) == 1 and told[0]["detail"][:2] == made["detail"][:2], told
        assert "\u00b7" in told[0]["detail"] and made["detail"] not in told[0]["detail"], told
for row in rows("fund") + rows("clinic") + rows("employer"):
    assert row["lead"] == "0" or (float(row["chance"]) < .01
                                  and abs(float(row["effect"])) >= .2), row
joins = {row["name"]: row["detail"] for row in rows("fund") if row["part"] == "source"
         and row["columns"].count(";") > 0 and row["name"] != "employers"}
assert joins["contact"] == "insured.immat = contact.immat", joins
assert any(row["detail"] == "employment.employer = employers.affil" for row in rows("fund"))
forms = {(row["name"], row["detail"]) for row in rows("clinic") if row["part"] == "format"
         and row["table"] == "rappels.csv"}
assert {("date", "99/99/9999"), ("decimal", "comma"), ("line-ends", "CRLF"), ("delimiter", "|"),
        ("encoding", "UTF-8"), ("headers", "upper"), ("quoting", "none")} <= forms, forms
assert [row["name"] for row in rows("fund") if row["part"] == "unexplained"
        and row["detail"] == "none"].count("REF_LOT") == 1
END

# In words, at the exhibit; in clear only with a reason.
table=$(awk -F, '$2 == "filter" && $3 == "town" { print $1; exit }' "$work/clinic.csv")
town=$(awk -F, '$2 == "filter" { print $4; exit }' "$work/clinic/truth/mosaic.csv")
expect 0 "$TAHQIQ" show "$work/clinic-case" exhibit "$table"
says "$work/out" "mosaic, source: "
says "$work/out" "mosaic, filter: town = "
says_not "$work/out" "$town"
expect 0 "$TAHQIQ" show "$work/clinic-case" exhibit "$table" --reveal --reason "which town"
says "$work/out" "mosaic, filter: town = $town"

# The report, in three languages.
for lang in en fr ar; do
    expect 0 "$TAHQIQ" report "$work/clinic-case" -o "$work/report-$lang" --lang "$lang"
    says_not "$work/report-$lang/report.html" "$town"
done
says "$work/report-en/report.html" "What was it put together from?"
says "$work/report-fr/report.html" "Qui couvre-t-il"
says "$work/report-fr/report.html" "date 99/99/9999 (2)"
says "$work/report-ar/report.html" "مم تم تركيبه"
python3 - "$work/report-en/report.json" "$work/clinic.csv" <<'END' || failures=$((failures + 1))
import csv, json, sys
report = json.load(open(sys.argv[1]))
rows = list(csv.DictReader(open(sys.argv[2], encoding="utf-8")))
assert sum(len(table["mosaic"]) for table in report["tables"]) == len(rows) > 10
END

# Any number of threads: the same bytes.
expect 0 "$TAHQIQ" register build "$work/fund/register/register.yaml" -o "$work/r.tqr" --key "$work/k"
expect 0 inquire -o "$work/one" --jobs 1 "$work/fund/leak"
expect 0 "$TAHQIQ" export "$work/one" mosaic -o "$work/one.csv"
same "$work/fund.csv" "$work/one.csv"

# A register of fingerprints tells sources, and no values: coverage by months alone.
expect 0 "$TAHQIQ" register build "$work/fund/register/register.yaml" --fingerprints-only \
    -o "$work/r.tqr" --key "$work/k"
expect 0 inquire -o "$work/prints" "$work/fund/leak"
expect 0 "$TAHQIQ" export "$work/prints" mosaic -o "$work/prints.csv"
says "$work/prints.csv" "source,employers"
grep ',coverage,' "$work/prints.csv" | grep -vE ',[0-9]{4}-[0-9]{2}\.\.[0-9]{4}-[0-9]{2},' >"$work/by_value.csv"
says_not "$work/by_value.csv" "coverage"

expect 2 "$TAHQIQ" drill "$work/no" --only planet
says "$work/err" "--only is 'region' or 'employer', not 'planet'"
expect 2 "$TAHQIQ" drill "$work/no" --profile clinic --only employer
says "$work/err" "give --only region"
finish
