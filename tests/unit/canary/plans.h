/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_UNIT_CANARY_PLANS_H
#define TESTS_UNIT_CANARY_PLANS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/alloc.h"
#include "canary/plan.h"

#define PLAN_COLUMNS                                                          \
    "name: exports\n"                                                         \
    "lists: {family: [Alami, Berrada]}\n"                                     \
    "columns:\n"                                                              \
    "- {header: immat, id: \"89#######\", check: ma-cnss-person-drill}\n"     \
    "- {header: nom, words: family}\n"                                        \
    "- {header: ddn, from: 2000-02-28, to: 2000-03-01, format: DD/MM/YYYY}\n" \
    "- {header: dossier, id: \"QX-## ###?\"}\n"                               \
    "- {header: tel, pattern: \"+999 6 ## ##\"}\n"                            \
    "recipients:\n"
#define PLAN_TWO                                               \
    PLAN_COLUMNS "- {name: A, count: 40, since: 2026-03-01}\n" \
                 "- {name: B, count: 40, since: 2026-04-01}\n"

static const uint8_t plan_key[CANARY_KEY_BYTES] = {1, 2, 3};

static inline struct canary_plan *plan_of(const char *text)
{
    struct canary_plan *plan = NULL;
    struct tq_error err = {0};

    assert_true(sodium_init() >= 0);
    if (canary_plan_parse(slice_of(text), "dir/plan.yaml", &plan, &err) < 0)
        fail_msg("%s", err.message);
    return plan;
}

#endif
