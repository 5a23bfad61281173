/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TOY_REGISTER_H
#define TOY_REGISTER_H

#include "register/register.h"

/*
 * A small register from readable text, for tests of this module and of those that ask it. Lines:
 *
 *   # a comment
 *   country MA
 *   timezone Africa/Casablanca
 *   kind person
 *   field person family_name family-name identity
 *   field person employer ref employment to=employer
 *   field person salary amount financial periodic
 *   field person number id identity check=luhn
 *   subject person 1003
 *   1001 | family_name | EL ALAOUI
 *   1001 | phone | 0612345678 | known 2021-01-01..2022-06-30 | valid 2020-12-01..
 *   1001 | salary | 3500.00 | period 2024-03 | known 2024-04-10..
 *   kind employer
 *   ...
 *
 * Facts belong to the kind of the last `kind` line; a kind may be named before it is filled (a
 * reference needs that), and named again. Dates are midnight UTC, or 2021-01-01T10:30. Values are
 * given as the register stores them. A mistake in the text ends the test with a message.
 *
 * Owned by the caller; reg_free().
 */
struct reg *toy_register(const char *text);

/* The same moment as in the text: "2021-01-01" or "2021-01-01T10:30". */
int32_t toy_moment(const char *text);

/* Numbers by name; asserts that they exist. */
uint16_t toy_field(const struct reg *reg, const char *kind, const char *name);
uint32_t toy_subject(const struct reg *reg, const char *kind, const char *key);

/* A target: the field itself, or through a reference field of another kind (NULL: direct). */
struct target toy_target(const struct reg *reg, const char *kind, const char *through,
                         const char *name);

/* Key number of a register value as the field normalises it, or KEY_NONE. */
uint32_t toy_key(const struct reg *reg, uint16_t field, const char *value);

#endif
