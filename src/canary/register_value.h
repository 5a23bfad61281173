/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CANARY_REGISTER_VALUE_H
#define CANARY_REGISTER_VALUE_H

#include "canary/plan.h"
#include "register/register.h"

/* Values that fewer subjects hold would name somebody. */
#define REGISTER_VALUE_HOLDERS_MIN 5u

/*
 * The field of the register that a column of CANARY_FIELD draws from, loaded. TQ_E_USAGE, with the
 * plan's line, if there is none, or none of its values has holders enough.
 */
int register_value_field(const struct reg *reg, const struct canary_plan *plan,
                         const struct canary_column *column, const struct field **out_field,
                         struct tq_error *err) MUST_CHECK;

/* A value in the column's script, as often as subjects hold it: common names stay common. Borrowed
 * from the register. `field` is that of register_value_field(). */
struct slice register_value_draw(const struct field *field, const struct canary_column *column,
                                 struct keyed_dice *dice);

#endif
