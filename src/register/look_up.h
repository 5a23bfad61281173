/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_LOOK_UP_H
#define REGISTER_LOOK_UP_H

#include "register/register.h"

/* Subjects, rising. Start with {0}; holders_clear() at the end. */
struct holders {
    uint32_t *subjects; /* owned */
    size_t count, capacity;
};

void holders_clear(struct holders *holders);

/*
 * Who holds a text in a field at any time: replaces the content of `holders`. Nothing is kept in
 * memory. Where values are written as they are compared, as identifiers mostly are, the pieces of
 * the file that answer are found by halving: of millions of values some ten, and who holds what.
 * Of other fields the dictionary is loaded. For one question, or a few; for many, load the field
 * (reg_load()) and use field_find_keys(). Errors as reg_load(); each piece is authenticated, the
 * whole file only by reg_seal().
 */
int look_up(const struct reg *reg, uint16_t field, struct slice text, struct holders *holders,
            struct tq_error *err) MUST_CHECK;

#endif
