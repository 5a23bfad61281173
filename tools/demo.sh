#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The whole of Tahqiq on a synthetic fund: demo.sh TAHQIQ FOLDER
set -eu
tahqiq=$1
folder=$2
seed=${TAHQIQ_DEMO_SEED:-1}

rm -rf "$folder"
mkdir -p "$folder"
echo "== a drill: a synthetic register, a leak, and the truth"
"$tahqiq" drill "$folder/drill" --seed "$seed"
echo
echo "== the register, sealed"
"$tahqiq" register build "$folder/drill/register/register.yaml" -o "$folder/register.tqr" --key "$folder/register.key"
echo
echo "== the inquiry"
"$tahqiq" inquire --register "$folder/register.tqr" --key "$folder/register.key" -o "$folder/case" \
    --title "Rehearsal" "$folder/drill/leak"
echo
echo "== the result beside the truth"
"$tahqiq" drill score "$folder/drill" "$folder/case"
echo
echo "the report is $folder/case/report/report.html"
