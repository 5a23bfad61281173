#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Verdicts do not depend on what carries the list: order, headers, encoding, delimiter, spelling.
. "$(dirname "$0")/lib.sh"

# metamorphic PROFILE LIST DELIMITER NAME-COLUMN [OPTION...]: a drill of that institution.
metamorphic() {
    profile=$1 list=$2 delimiter=$3 column=$4
    shift 4
    expect 0 "$TAHQIQ" drill "$work/$profile" --profile "$profile" --persons 4000 --seed 7 "$@"
    expect 0 "$TAHQIQ" register build "$work/$profile/register/register.yaml" -o "$work/$profile.tqr" \
        --key "$work/$profile.key"
    python3 "$(dirname "$0")/metamorphic.py" "$TAHQIQ" "$work/$profile.tqr" "$work/$profile.key" \
        "$work/$profile/leak/$list" "$delimiter" "$column" "$work/$profile-variants" ||
        failures=$((failures + 1))
}

metamorphic university matricula_2024.csv ';' NOMBRE
metamorphic clinic patients.tsv "$(printf '\t')" Nom
finish
