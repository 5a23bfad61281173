/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_REGISTER_BLOCK_H
#define CANARY_REGISTER_BLOCK_H

#include "canary/identifiers.h"
#include "register/register.h"

/* How a register stands to a block that should be free of people. */
struct block_use {
    uint64_t in_block; /* distinct values and keys of subjects that lie in it */
    uint64_t canaries; /* ... that are the canaries' own */
};

/*
 * Look through the identifiers, accounts, phones, addresses of mail and subject keys of a register
 * for values of a column's block. TQ_E_USAGE if
 * the register holds fingerprints only.
 */
int register_block_use(const struct reg *reg, const struct canary_column *column,
                       const struct canary_identifiers *identifiers, struct block_use *out_use,
                       struct tq_error *err) MUST_CHECK;

#endif
