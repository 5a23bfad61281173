/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/assessment.h"

const char *sign_test_name(enum sign_test test)
{
    static const char *const names[TEST_COUNT] = {
        [TEST_CHECK_DIGITS] = "check-digits",
        [TEST_NEVER_ISSUED] = "never-issued",
        [TEST_SEQUENTIAL] = "sequential",
        [TEST_DUPLICATES] = "duplicates",
        [TEST_SAME_AMOUNTS] = "same-amounts",
        [TEST_CENTIMES] = "centimes",
        [TEST_UNITS] = "units",
        [TEST_HEAPING] = "heaping",
        [TEST_FIRST_DIGITS] = "first-digits",
        [TEST_AGES] = "ages",
        [TEST_FEW_NAMES] = "few-names",
        [TEST_DEPENDENCE] = "dependence",
        [TEST_TOO_CLEAN] = "too-clean",
    };

    return test < TEST_COUNT ? names[test] : "";
}
