/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_EXPORT_H
#define CANARY_EXPORT_H

#include "canary/identifiers.h"
#include "register/register.h"

/* The canaries of one recipient, as the rows that go into its export. */
struct canary_export {
    const struct canary_plan *plan;
    const struct canary_recipient *recipient;
    const uint8_t *key;    /* CANARY_KEY_BYTES */
    const struct reg *reg; /* for columns that draw from it, or NULL */
};

/* Append CSV (RFC 4180, UTF-8) with a header. TQ_E_USAGE if a column needs a register that was not
 * given; TQ_E_LIMIT as canary_identifiers_make(). */
int canary_export_write(const struct canary_export *export, struct buf *out,
                        struct tq_error *err) MUST_CHECK;

#endif
