/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SHARE_H
#define REGISTER_SHARE_H

#include "register/register.h"

/*
 * Fields that come from one table have the same subjects, periods and times: equal arrays are kept,
 * and stored, once.
 */
enum share_array {
    SHARE_START,
    SHARE_PERIOD,
    SHARE_KNOWN_FROM,
    SHARE_KNOWN_TO,
    SHARE_VALID_FROM,
    SHARE_VALID_TO,
    SHARE_COUNT
};

const void *share_get(const struct field *field, enum share_array which);
void share_set(struct field *field, enum share_array which, const void *array);
size_t share_item_bytes(enum share_array which);

/* Items of the array (of a field that has it). */
size_t share_items(const struct reg *reg, const struct field *field, enum share_array which);

/* The first field whose array this is: `number` itself, or an earlier one that shares it. */
uint16_t share_owner(const struct reg *reg, uint16_t number, enum share_array which);

/*
 * Release all arrays of field `number` that another finished field of its kind has as well, and
 * point to those. For one thread at a time; other fields' arrays stay where they are.
 */
void share_equal_arrays(struct reg *reg, uint16_t number, const bool *finished);

#endif
