/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/identifiers.h"

#include "base/cleanup.h"

#define REPEATS_MAX 1000u /* a block has 20 values for each canary: two in a row are rare */

void canary_identifiers_clear(struct canary_identifiers *identifiers)
{
    dictionary_clear(&identifiers->written);
    dictionary_clear(&identifiers->codes);
}

/* The identifier of canary `number`: the first of its stream that no earlier one has. So a larger
 * count changes none that is there. */
static int add_identifier(const struct canary_recipient *recipient,
                          const struct canary_column *column, struct keyed_dice *dice,
                          struct canary_identifiers *identifiers, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf value = {0};
    CLEANUP(buf_clear_cleanup) struct buf code = {0};
    uint32_t number;

    for (unsigned repeats = 0; repeats < REPEATS_MAX; repeats++) {
        uint32_t before = identifiers->codes.count;
        int r;

        buf_empty(&value);
        buf_empty(&code);
        if (!pattern_draw(&column->pattern, dice, &value))
            break;
        pattern_code(buf_slice(&value), &code);
        r = buf_check(&value, err);
        if (r == TQ_OK)
            r = buf_check(&code, err);
        if (r == TQ_OK)
            r = dictionary_add(&identifiers->codes, buf_slice(&code), &number, err);
        if (r < 0)
            return r;
        if (number == before)
            return dictionary_add(&identifiers->written, buf_slice(&value), &number, err);
    }
    return tq_fail(err, TQ_E_LIMIT,
                   "column '%s' has no identifier left for canary %u of '%s': leave more of its "
                   "pattern free",
                   column->header, identifiers->codes.count + 1, recipient->name);
}

int canary_identifiers_make(const struct canary_recipient *recipient,
                            const struct canary_column *column, const uint8_t key[CANARY_KEY_BYTES],
                            struct canary_identifiers *out_identifiers, struct tq_error *err)
{
    struct canary_identifiers identifiers = {0};
    struct keyed_dice dice;
    int r = TQ_OK;

    for (uint32_t number = 1; number <= recipient->count && r == TQ_OK; number++) {
        keyed_dice_start(&dice, key, slice_of(recipient->name), number, slice_of(column->header));
        r = add_identifier(recipient, column, &dice, &identifiers, err);
    }
    keyed_dice_clear(&dice);
    if (r < 0)
        canary_identifiers_clear(&identifiers);
    else
        *out_identifiers = identifiers;
    return r;
}
