/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SHORT_YEARS_H
#define REGISTER_SHORT_YEARS_H

#include "register/register.h"

/*
 * How cells are brought into the forms of a field: as the register's rules say, and with two-digit
 * years in the hundred years that hold most of the field's own dates, so that "24" is 1924 among
 * births of old people and 2024 among dates of admission. Of several such hundreds that which
 * begins nearest to SHORT_YEARS_FROM. The field's dictionary is in memory (FIELD_DICTIONARY);
 * without values (fingerprints only) nothing tells better than that.
 */
struct normaliser field_rules(const struct reg *reg, const struct field *field);

#endif
