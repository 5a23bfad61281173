/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How a leak writes values. */
#include "institution/writing.h"

#include "drill/text.h"
#include "institution/plain_text.h"

struct hand hand_draw(const struct institution *institution, unsigned leak)
{
    const struct leak *table = &institution->profile->leaks[leak];
    struct dice dice = dice_for(institution->seed, DICE_LEAK, leak * 2);
    struct hand hand = {.date = table->date, .decimal_comma = table->decimal_comma};

    hand.upper = dice_chance(&dice, 0.5);
    hand.bare = dice_chance(&dice, 0.4);
    hand.comma = dice_chance(&dice, 0.6);
    hand.masks_year =
        institution->profile->masks_birth_year && institution->variant % 2 == 1 && leak == 0;
    hand.phone = dice_below(&dice, 3);
    hand.groups = dice_chance(&dice, 0.5);
    hand.encoding = table->encodings[dice_below(&dice, 2)];
    return hand;
}

void writing_add_date(struct buf *out, struct slice date, const char *shape, bool masked)
{
    if (date.length != 10)
        return;
    for (; *shape; shape++) {
        if (*shape == 'y' && masked)
            buf_format(out, "%.2s**", date.data);
        else if (*shape == 'y')
            buf_add(out, date.data, 4);
        else if (*shape == 'm')
            buf_add(out, date.data + 5, 2);
        else if (*shape == 'd')
            buf_add(out, date.data + 8, 2);
        else
            buf_add_byte(out, *shape);
    }
}

static void add_amount(struct buf *out, struct slice value, bool comma)
{
    for (size_t i = 0; i < value.length; i++)
        buf_add_byte(out, comma && value.data[i] == '.' ? ',' : value.data[i]);
}

/* +999612345678 in one of three forms. */
static void add_phone(struct buf *out, struct slice value, unsigned form)
{
    const char *digits = value.data + 4;

    if (value.length != 13 || form == 0)
        buf_add_slice(out, value);
    else if (form == 1)
        buf_format(out, "00999 %.3s %.3s %.3s", digits, digits + 3, digits + 6);
    else
        buf_format(out, "(+999) %.3s-%.3s-%.3s", digits, digits + 3, digits + 6);
}

static void add_account(struct buf *out, struct slice value, bool groups)
{
    for (size_t i = 0; i < value.length; i++) {
        if (groups && i > 0 && i % 4 == 0)
            buf_add_byte(out, ' ');
        buf_add_byte(out, value.data[i]);
    }
}

static void add_code(struct buf *out, const struct column *column, const struct trait *trait,
                     struct slice value)
{
    uint32_t count = words_count(&trait->words);

    for (uint32_t i = 0; i < count; i++)
        if (slice_equal(words_at(&trait->words, i, SCRIPT_LATIN), value))
            buf_add_slice(out, words_at(&column->codes, i, SCRIPT_LATIN));
}

void writing_add(struct buf *out, const struct column *column, const struct trait *trait,
                 struct slice value, const struct hand *hand)
{
    switch (column->writing) {
    case WRITE_DATE:
        writing_add_date(out, value, hand->date, hand->masks_year && column->naming);
        break;
    case WRITE_AMOUNT:
        add_amount(out, value, hand->decimal_comma);
        break;
    case WRITE_PHONE:
        add_phone(out, value, hand->phone);
        break;
    case WRITE_ACCOUNT:
        add_account(out, value, hand->groups);
        break;
    case WRITE_CODE:
        add_code(out, column, trait, value);
        break;
    default:
        buf_add_slice(out, value);
    }
}

void writing_add_name(struct buf *out, const struct slice *parts, size_t count, bool family_first,
                      const struct hand *hand)
{
    TEXT_SCRATCH(joined);
    TEXT_SCRATCH(bare);

    for (size_t i = 0; i < count; i++) {
        if (parts[i].length == 0)
            continue;
        if (joined.length > 0)
            buf_add_text(&joined, hand->comma && family_first && i == 1 ? ", " : " ");
        buf_add_slice(&joined, parts[i]);
    }
    if (hand->upper && hand->bare)
        plain_add_bare(&bare, buf_slice(&joined));
    if (hand->upper)
        plain_add_upper(out, hand->bare ? buf_slice(&bare) : buf_slice(&joined));
    else
        buf_add_slice(out, buf_slice(&joined));
}
