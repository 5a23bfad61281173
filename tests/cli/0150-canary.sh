#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Canaries: made from a key, found in a leak as often as predicted, and nowhere else.
. "$(dirname "$0")/lib.sh"

make_drill
python3 - "$work/plan.yaml" <<'END'
import sys
recipients = "".join(f"  - {{name: Export {i:02}, count: 20, since: 2026-03-{i % 28 + 1:02}}}\n"
                     for i in range(60))
open(sys.argv[1], "w", encoding="utf-8").write(f"""name: exports of 2026
lists:
  family: [Alami, Berrada, Chraibi, Fassi]
columns:
  - {{header: N_IMMAT, id: "89#######", check: ma-cnss-person-drill}}
  - {{header: NOM, words: family}}
  - {{header: PRENOM, subject: person, field: given_name}}
  - {{header: DATE_NAISS, from: 1950-01-01, to: 2002-12-31, format: DD/MM/YYYY}}
recipients:
{recipients}  - {{name: Mutuelle, count: 300, since: 2026-06-01}}
  - {{name: Presse, count: 300, since: 2026-07-01}}
""")
END

# make NAME FILE
make() {
    expect 0 "$TAHQIQ" canary make "$work/plan.yaml" --key "$work/canaries.key" --recipient "$1" \
        --register "$work/r.tqr" --register-key "$work/k" -o "$2"
}

# A missing key is made, for its owner only. The others of this test are fixed: so is what comes out.
expect 0 "$TAHQIQ" canary make "$work/plan.yaml" --key "$work/fresh.key" --recipient Mutuelle \
    --register "$work/r.tqr" --register-key "$work/k" -o "$work/mutuelle.csv"
says "$work/err" "made the key"
says "$work/err" "put 'key_id:"
printf 'canaries of this test: key no. 1' >"$work/canaries.key"
printf 'canaries of this test: key no. 2' >"$work/unlucky.key"
printf 'canaries of this test: key no. 3' >"$work/other.key"
chmod 600 "$work/canaries.key" "$work/unlucky.key" "$work/other.key"
cp "$work/mutuelle.csv" "$work/fresh.csv"
make Mutuelle "$work/mutuelle.csv"
if cmp -s "$work/mutuelle.csv" "$work/fresh.csv"; then
    echo "FAILED: two keys make the same canaries"
    failures=$((failures + 1))
fi
make Mutuelle "$work/again.csv"
same "$work/mutuelle.csv" "$work/again.csv"
[ "$(stat -c %a "$work/fresh.key" "$work/mutuelle.csv" | sort -u)" = 600 ] || {
    echo "FAILED: others may read the key or the canaries"
    failures=$((failures + 1))
}
[ "$(wc -l <"$work/mutuelle.csv")" -eq 301 ] || { echo "FAILED: 300 rows"; failures=$((failures + 1)); }
expect 0 "$TAHQIQ" canary make "$work/plan.yaml" --key "$work/canaries.key" --recipient Mutuelle \
    --register "$work/r.tqr" --register-key "$work/k"
same "$work/out" "$work/mutuelle.csv"
make Presse "$work/presse.csv"
for i in $(seq -w 0 59); do
    make "Export $i" "$work/export-$i.csv"
done

# A tenth of each small export goes into a list of the drill's, a few of the large one into a text.
python3 - "$work" <<'END'
import csv, json, pathlib, random, sys
work = pathlib.Path(sys.argv[1])
leak = next((work / "drill/leak").rglob("export_a.csv"))
dice, rows, truth = random.Random(150), [], {}
for i in range(60):
    chosen = [(number, row) for number, row
              in enumerate(csv.DictReader(open(work / f"export-{i:02}.csv", encoding="utf-8")), 1)
              if dice.random() < .1]
    truth[f"Export {i:02}"] = len(chosen)
    rows += [row for _, row in chosen]
dice.shuffle(rows)
canaries = work / "leak"
canaries.mkdir()
lines = leak.read_bytes().splitlines(keepends=True)
head = lines[0].decode("ascii").strip().split(",")
for row in rows:
    cells = {"N_ORDRE": "7", "N_IMMAT": row["N_IMMAT"], "NOM_PRENOM": row["NOM"] + " " + row["PRENOM"],
             "DATE_NAISS": row["DATE_NAISS"], "SEXE": "F"}
    lines.insert(dice.randrange(1, len(lines)),
                 (",".join(cells.get(name, "") for name in head) + "\r\n").encode("cp1252", "replace"))
(canaries / "export_a.csv").write_bytes(b"".join(lines))
large = list(csv.DictReader(open(work / "mutuelle.csv", encoding="utf-8")))[10:16]
text = "Compte rendu de la visite du mois.\n\n"
for row in large:
    digits = row["N_IMMAT"]
    text += f"Le dossier n° {digits[:3]} {digits[3:6]}-{digits[6:]} de {row['NOM']} est en attente.\n\n"
(canaries / "rapport.txt").write_text(text, encoding="utf-8")
json.dump({"found": truth, "secrets": [row["N_IMMAT"] for row in rows + large]},
          open(work / "truth.json", "w", encoding="utf-8"))
END
expect 0 inquire -o "$work/case" "$work/leak"
expect 0 "$TAHQIQ" canary check "$work/plan.yaml" --key "$work/canaries.key" "$work/case" --json
cp "$work/out" "$work/found.json"
expect 0 "$TAHQIQ" canary check "$work/plan.yaml" --key "$work/canaries.key" "$work/case"
cp "$work/out" "$work/found.txt"
python3 - "$work" <<'END' || failures=$((failures + 1))
import json, sys
work = sys.argv[1]
truth = json.load(open(work + "/truth.json"))
found = json.load(open(work + "/found.json"))
by_name = {each["recipient"]: each for each in found["recipients"]}
for name, count in truth["found"].items():
    assert by_name[name]["found"] == count, (name, count, by_name[name])
    assert by_name[name]["share_low"] <= count / 20 <= by_name[name]["share_high"]
seen = sum(by_name[name]["found"] > 0 for name in truth["found"]) / 60
predicted = by_name["Export 00"]["seen_of_10_percent"]
assert abs(predicted - (1 - .9 ** 20)) < 1e-5 and abs(seen - predicted) < .13, (seen, predicted)
large = by_name["Mutuelle"]
assert large["found"] == 6 and large["proven"] and large["chance"] < 1e-12, large
assert [place["canary"] for place in large["places"]] == list(range(11, 17)), large["places"]
assert all(place["exhibit"] == "rapport.txt" for place in large["places"])
assert found["published_after"] == "2026-06-01", found["published_after"]
assert by_name["Presse"]["found"] == 0 and by_name["Presse"]["chance"] == 1
printed = open(work + "/found.txt").read() + open(work + "/found.json").read()
assert not any(secret in printed for secret in truth["secrets"]), "a value is shown"
END
says "$work/found.txt" "This proves that rows of this export were published, and that they left after 2026-06-01."
says "$work/found.txt" "Presse, since 2026-07-01: none of 300 canaries found"
says "$work/found.txt" "among it with a chance of 95.1 %"
says "$work/found.txt" "rapport.txt"

# A leak without canaries, and another key: none.
none() {
    python3 - "$work/out" <<'END' || failures=$((failures + 1))
import json, sys
found = json.load(open(sys.argv[1]))
assert found["rows"] > 100 and found["published_after"] is None
assert all(each["found"] == 0 and each["places"] == [] for each in found["recipients"])
END
}
expect 0 "$TAHQIQ" canary check "$work/plan.yaml" --key "$work/other.key" "$work/case" --json
none
# A key that hits one of the 125 published values of the block by accident: that is what it is called.
expect 0 "$TAHQIQ" canary check "$work/plan.yaml" --key "$work/unlucky.key" "$work/case"
says "$work/out" "Export 22, since 2026-03-23: 1 of 20 canaries found"
says "$work/out" "chance that this is an accident: 0.17"
says "$work/out" "This proves nothing: so few among so many values of the block may be an accident."
expect 0 inquire -o "$work/clean" "$work/drill/leak"
expect 0 "$TAHQIQ" canary check "$work/plan.yaml" --key "$work/canaries.key" "$work/clean" --json
none

# With the key's id in the plan another key is refused, and none is made by mistake.
id=$(sed -n 's/.*"key_id":"\([0-9a-f]*\)".*/\1/p' "$work/found.json")
{ echo "key_id: \"$id\""; cat "$work/plan.yaml"; } >"$work/named.yaml"
expect 0 "$TAHQIQ" canary check "$work/named.yaml" --key "$work/canaries.key" "$work/case"
expect 1 "$TAHQIQ" canary check "$work/named.yaml" --key "$work/other.key" "$work/case"
says "$work/err" "named.yaml was made with the key $id"
expect 1 "$TAHQIQ" canary make "$work/named.yaml" --key "$work/typo.key" --recipient Mutuelle
[ ! -e "$work/typo.key" ] || { echo "FAILED: a key was made"; failures=$((failures + 1)); }

# People in the block are warned of: the drill's own numbers begin with 80.
sed 's/89#######/80#######/' "$work/plan.yaml" >"$work/used.yaml"
expect 0 "$TAHQIQ" canary make "$work/used.yaml" --key "$work/canaries.key" --recipient Mutuelle \
    --register "$work/r.tqr" --register-key "$work/k" -o "$work/used.csv"
says "$work/err" "identifiers in the block of 'N_IMMAT'"

# Mistakes say what would be right.
expect 2 "$TAHQIQ" canary make "$work/plan.yaml" --key "$work/canaries.key" --recipient Mutuel
says "$work/err" "plan.yaml has no recipient 'Mutuel'; it has 'Export 00'"
expect 2 "$TAHQIQ" canary make "$work/plan.yaml" --key "$work/canaries.key" --recipient Mutuelle
says "$work/err" "give --register and --register-key"
expect 2 "$TAHQIQ" canary check "$work/plan.yaml" "$work/case"
says "$work/err" "--key KEYFILE is needed"
expect 0 "$TAHQIQ" case new "$work/empty" --title empty
expect 2 "$TAHQIQ" canary check "$work/plan.yaml" --key "$work/canaries.key" "$work/empty"
says "$work/err" "was not examined yet"
finish
