/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/register_value.h"

#define DRAWS_MAX 1000u /* then the most common value must do */

static int complain(const struct canary_plan *plan, const struct canary_column *column,
                    const char *what, struct tq_error *err)
{
    return tq_fail(err, TQ_E_USAGE, "%s:%u: column '%s': the register %s '%s' of '%s'", plan->file,
                   column->line, column->header, what, column->field, column->subject);
}

/* Whether a text has letters of the Arabic block, U+0600 to U+06FF. */
static bool has_arabic(struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];

        if (c >= 0xd8 && c <= 0xdb)
            return true;
    }
    return false;
}

/* How many hold a value; 0 if it is in the other script. */
static uint32_t holders_of(const struct field *field, const struct canary_column *column,
                           uint32_t value)
{
    if (has_arabic(field_value_text(field, value)) != column->is_arabic)
        return 0;
    return field_key_frequency(field, field_value_key(field, value));
}

/* The value that most hold; its number, or value_count if none has holders enough. */
static uint32_t commonest(const struct field *field, const struct canary_column *column)
{
    uint32_t best = field->value_count, most = REGISTER_VALUE_HOLDERS_MIN - 1;

    for (uint32_t value = 0; value < field->value_count; value++) {
        uint32_t holders = holders_of(field, column, value);

        if (holders > most) {
            most = holders;
            best = value;
        }
    }
    return best;
}

int register_value_field(const struct reg *reg, const struct canary_plan *plan,
                         const struct canary_column *column, const struct field **out_field,
                         struct tq_error *err)
{
    uint8_t kind = reg_find_kind(reg, slice_of(column->subject));
    uint16_t number = FIELD_NONE;
    int r;

    if (kind != KIND_NONE)
        number = reg_find_field(reg, kind, slice_of(column->field));
    if (number == FIELD_NONE)
        return complain(plan, column, "has no field", err);
    if (reg_field(reg, number)->fingerprints_only)
        return complain(plan, column, "holds fingerprints only, no values, of", err);
    r = reg_load_field(reg, number, FIELD_HOLDERS, err);
    if (r < 0)
        return r;
    if (commonest(reg_field(reg, number), column) == reg_field(reg, number)->value_count)
        return complain(plan, column, "has no value in this script that five subjects hold in",
                        err);
    *out_field = reg_field(reg, number);
    return TQ_OK;
}

struct slice register_value_draw(const struct field *field, const struct canary_column *column,
                                 struct keyed_dice *dice)
{
    for (unsigned draws = 0; draws < DRAWS_MAX; draws++) {
        uint32_t value = field->fact_value[keyed_dice_below(dice, field->fact_count)];

        if (holders_of(field, column, value) >= REGISTER_VALUE_HOLDERS_MIN)
            return field_value_text(field, value);
    }
    return field_value_text(field, commonest(field, column));
}
