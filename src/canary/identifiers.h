/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_IDENTIFIERS_H
#define CANARY_IDENTIFIERS_H

#include "canary/plan.h"
#include "register/dictionary.h"

/*
 * The reserved identifiers that the canaries of one recipient have in one column; canary i has text
 * i of both. No two canaries of a recipient have the same. What two recipients have both cannot be
 * avoided without storing something; the check takes it for neither. Start with {0}.
 */
struct canary_identifiers {
    struct dictionary written; /* as the export has them */
    struct dictionary codes;   /* as they are searched for: pattern_code() */
};

/* TQ_E_LIMIT if no further identifier came up. `column` is one of CANARY_ID. */
int canary_identifiers_make(const struct canary_recipient *recipient,
                            const struct canary_column *column, const uint8_t key[CANARY_KEY_BYTES],
                            struct canary_identifiers *out_identifiers,
                            struct tq_error *err) MUST_CHECK;
void canary_identifiers_clear(struct canary_identifiers *identifiers);

#endif
