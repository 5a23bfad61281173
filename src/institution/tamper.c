/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How rows are altered, given to others and spoilt. */
#include "institution/tamper.h"

#include <stdio.h>
#include <string.h>

#include "drill/world.h"
#include "institution/plain_text.h"

#define TRIES_MAX        8u
#define ALTERED_SEVERAL  0.2
#define ONE_DIGIT        0.5 /* of alterations of sparse numbers */
#define BLANKED          0.55
#define LETTER_LOST      0.12
#define HOUSEHOLD_DONORS 2u /* a value with more holders would not be rare */
#define SHOWN_MAX        256u
#define CUT_MIN          3u

/* Twins are told apart by their names alone: those are left alone. */
static bool may_touch(const struct row *row, const struct cell *cell)
{
    return !(row->member.twin && cell->column->naming);
}

static void change_digit(char *text, struct dice *dice)
{
    size_t length = strlen(text);
    size_t at = length - 1 - dice_below(dice, (uint32_t)(length / 2));

    if (text[at] >= '0' && text[at] <= '9')
        text[at] = (char)('0' + (text[at] - '0' + 1 + (int)dice_below(dice, 9)) % 10);
}

/* Other names begin with another letter, and are one name: two together could be a single other
 * person's. */
static bool is_other_name(const char *name, char *other)
{
    uint32_t first, other_first;

    other[strcspn(other, " ")] = 0;
    return plain_decode(slice_of(name), &first, 1) == 1
           && plain_decode(slice_of(other), &other_first, 1) == 1 && first != other_first;
}

static bool make_other_part(const struct row *row, const struct cell *cell, unsigned part,
                            uint32_t ghost, struct dice *dice, char *out)
{
    const struct trait *trait = row_trait(row, cell, part);
    TEXT_SCRATCH(value);
    struct member other;

    if (trait->sparse && dice_chance(dice, ONE_DIGIT)) {
        (void)snprintf(out, PART_BYTES_MAX, "%s", cell->parts[part]);
        change_digit(out, dice);
        return true;
    }
    member_load(row->institution, ghost, &other);
    member_add_value(row->institution, &other, trait, row->snapshot, &value);
    (void)snprintf(out, PART_BYTES_MAX, "%s", value.data);
    return !type_is_name(trait->type) || is_other_name(cell->parts[part], out);
}

static bool alter_cell(const struct row *row, struct cell *cell, uint32_t ghosts, struct dice *dice)
{
    for (uint32_t i = 0; i < TRIES_MAX; i++) {
        unsigned part = dice_below(dice, cell->column->part_count);
        struct cell other = *cell;

        if (!make_other_part(row, cell, part, ghosts + i % GHOSTS_A_ROW, dice, other.parts[part]))
            continue;
        row_show(row, &other);
        row_show(row, cell);
        if (strcmp(other.shown, cell->shown) == 0
            || row_judge_cell(row, &other) != CELL_CONTRADICTS)
            continue;
        *cell = other;
        cell->verdict = CELL_CONTRADICTS;
        return true;
    }
    return false;
}

void tamper_alter(struct row *row, uint32_t ghosts, struct dice *dice)
{
    uint32_t wanted = dice_chance(dice, ALTERED_SEVERAL) ? 2 + dice_below(dice, 2) : 1;
    bool named = false;

    for (uint32_t i = 0; wanted > 0 && i < 4 * TRIES_MAX; i++) {
        struct cell *cell = &row->cells[dice_below(dice, row->cell_count)];
        bool naming = cell->column->naming;

        if (cell->verdict == CELL_CONTRADICTS || !may_touch(row, cell) || (naming && named)
            || !alter_cell(row, cell, ghosts, dice))
            continue;
        named |= naming;
        wanted--;
    }
}

/* A member of a small household elsewhere, whom the register knew. */
static bool find_donor(const struct row *row, int32_t moment, struct dice *dice, struct member *out)
{
    for (uint32_t i = 0; i < 4 * TRIES_MAX; i++) {
        member_load(row->institution, dice_below(dice, row->institution->persons), out);
        if (out->home != row->member.home && out->household_size <= HOUSEHOLD_DONORS
            && out->joined < moment)
            return true;
    }
    return false;
}

static void take_value(const struct row *row, const struct member *donor, int32_t moment,
                       struct cell *cell)
{
    for (unsigned p = 0; p < cell->column->part_count; p++) {
        TEXT_SCRATCH(value);

        member_add_value(row->institution, donor, row_trait(row, cell, p), moment, &value);
        (void)snprintf(cell->parts[p], PART_BYTES_MAX, "%s", value.data);
    }
    cell->verdict = row_judge_cell(row, cell);
    if (cell->verdict != CELL_CONTRADICTS || !cell->column->rare)
        return;
    cell->verdict = CELL_OTHER_SUBJECT;
    cell->holder = donor->number;
}

/* Is the cell another's, if `chosen` is what the forger put the hand on? */
static bool is_taken(const struct cell *cell, const struct cell *chosen)
{
    if (chosen->column->decides)
        return cell != chosen;
    return cell->column->group == chosen->column->group;
}

void tamper_misattribute(struct row *row, int32_t moment, struct dice *dice)
{
    const struct cell *chosen = &row->cells[0];
    struct member donor;

    for (uint32_t i = 0; chosen->column->group == 0 && i < 16 * TRIES_MAX; i++)
        chosen = &row->cells[dice_below(dice, row->cell_count)];
    if (chosen->column->group == 0 || !find_donor(row, moment, dice, &donor))
        return;
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (is_taken(&row->cells[i], chosen))
            take_value(row, &donor, moment, &row->cells[i]);
}

/* Encode `count` characters again. */
static void set_shown(struct cell *cell, const uint32_t *characters, size_t count)
{
    TEXT_SCRATCH(text);

    for (size_t i = 0; i < count; i++)
        buf_add_code_point(&text, characters[i]);
    if (text.length < SHOWN_BYTES_MAX)
        memcpy(cell->shown, text.data ? text.data : "", text.length + 1);
}

static bool is_text(enum value_type type)
{
    return type_is_name(type) || type == TYPE_ADDRESS || type == TYPE_TEXT || type == TYPE_EMAIL;
}

/* Two characters at least are cut off: one could be a slip. */
static bool cut(const struct row *row, struct cell *cell, struct dice *dice)
{
    uint32_t characters[SHOWN_MAX];
    size_t count = plain_decode(slice_of(cell->shown), characters, SHOWN_MAX);

    if (count < CUT_MIN + 3 || !is_text(row_trait(row, cell, 0)->type))
        return false;
    count = CUT_MIN + dice_below(dice, (uint32_t)count - CUT_MIN - 1);
    while (characters[count - 1] == ' ' || characters[count - 1] == ',')
        count--;
    set_shown(cell, characters, count);
    cell->verdict = CELL_TRUNCATED;
    return true;
}

/* A letter that did not survive a change of encoding. */
static bool lose_letter(const struct row *row, struct cell *cell)
{
    uint32_t characters[SHOWN_MAX];
    size_t count = plain_decode(slice_of(cell->shown), characters, SHOWN_MAX), at = 0;
    bool can = row->hand.encoding == ENCODING_UTF8 || row->hand.encoding == ENCODING_UTF16;

    while (at < count && characters[at] < 0x80)
        at++;
    if (!can || at == count || !is_text(row_trait(row, cell, 0)->type))
        return false;
    characters[at] = 0xfffd;
    set_shown(cell, characters, count);
    cell->verdict = CELL_TRUNCATED;
    return true;
}

void tamper_spoil(struct row *row, struct dice *dice)
{
    for (uint32_t i = 0; i < 4 * TRIES_MAX; i++) {
        struct cell *cell = &row->cells[dice_below(dice, row->cell_count)];

        if (cell->verdict != CELL_AGREES || !may_touch(row, cell))
            continue;
        if (dice_chance(dice, BLANKED)) {
            cell->shown[0] = 0;
            cell->verdict = CELL_MISSING;
            return;
        }
        if (dice_chance(dice, LETTER_LOST) ? lose_letter(row, cell) : cut(row, cell, dice))
            return;
    }
}
