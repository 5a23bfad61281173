#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Make the registers in this folder, of two made-up persons, under the key of tests/fuzz/fuzz_seal.c:
#     make.sh PROGRAM
# To be run when the format of sealed files changes; tests/cli/0058-fuzz-seeds.sh tells.
set -eu
program=$1
folder=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077

printf 'tahqiq fuzz key 0123456789abcdef' >"$work/key"
cat >"$work/small.csv" <<'CSV'
no,nom,ddn,brut,from,to
800000001,ALAOUI,1978-03-12,4300.50,2024-01-01,
800000002,Zéroual,1980-11-02,5100,2024-02-01,2024-06-01
CSV
cat >"$work/small.yaml" <<'YAML'
register:
  name: Small
  country: MA
  timezone: UTC
subjects: [person]
tables:
  - name: insured
    subject: person
    key: no
    file: small.csv
    known: [from, to]
    columns:
      no:   {field: registration_no, type: id, category: identity}
      nom:  {field: family_name, type: family-name, category: identity}
      ddn:  {field: birth_date, type: date, category: identity}
      brut: {field: salary, type: amount, category: financial}
YAML
cd "$work"
"$program" register build small.yaml -o "$folder/small.tqr" --key key
"$program" register build small.yaml -o "$folder/fingerprints.tqr" --key key --fingerprints-only
chmod 644 "$folder"/*.tqr
