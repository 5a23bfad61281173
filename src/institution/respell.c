/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Names in another spelling. */
#include <stdio.h>
#include <string.h>

#include "drill/world.h"
#include "institution/plain_text.h"
#include "institution/tamper.h"

#define LETTERS_MAX 96u
#define SLIP_MIN    5u /* letters of a word that may lose one */

/* Shares of the ways, in parts of 100; the rest are slips. */
#define BY_CUSTOM  25u
#define BY_ORDER   10u
#define BY_LEAVING 10u
#define BY_INITIAL 8u

static void put(char *part, const uint32_t *letters, size_t count)
{
    TEXT_SCRATCH(text);

    for (size_t i = 0; i < count; i++)
        buf_add_code_point(&text, letters[i]);
    if (text.length < PART_BYTES_MAX)
        memcpy(part, text.data, text.length + 1);
}

/* The letters next to each other on a keyboard. */
static uint32_t neighbour(uint32_t letter)
{
    static const char from[] = "abcdefghijklmnopqrstuvwxyz";
    static const char to[] = "snvfrgthokjlknipwtdyibqzux";
    const char *at = letter < 0x80 ? strchr(from, (int)letter) : NULL;

    return at && letter ? (uint32_t)to[at - from] : letter;
}

/* One edit: a letter lost, doubled, exchanged with the next, or another one. */
static bool slip(char *part, struct dice *dice)
{
    uint32_t letters[LETTERS_MAX];
    size_t count = plain_decode(slice_of(part), letters, LETTERS_MAX - 1);

    if (count < SLIP_MIN)
        return false;
    size_t at = 1 + dice_below(dice, (uint32_t)count - 2);
    size_t rest = (count - at) * sizeof(letters[0]);
    uint32_t letter = letters[at];

    if (letter == ' ' || letters[at + 1] == ' ' || letters[at - 1] == ' ')
        return false;
    switch (dice_below(dice, 4)) {
    case 0:
        memmove(letters + at, letters + at + 1, rest - sizeof(letters[0]));
        count--;
        break;
    case 1:
        memmove(letters + at + 1, letters + at, rest);
        count++;
        break;
    case 2:
        letters[at] = letters[at + 1];
        letters[at + 1] = letter;
        break;
    default:
        letters[at] = neighbour(letter);
    }
    put(part, letters, count);
    return true;
}

/* The first place of `from` is written as `to`. */
static bool replace(char *part, const struct respelling *respelling)
{
    char *at = strstr(part, respelling->from);
    TEXT_SCRATCH(text);

    if (!at)
        return false;
    buf_add(&text, part, (size_t)(at - part));
    buf_add_text(&text, respelling->to);
    buf_add_text(&text, at + strlen(respelling->from));
    if (text.length < 3 || text.length >= PART_BYTES_MAX)
        return false;
    memcpy(part, text.data, text.length + 1);
    return true;
}

static bool by_custom(const struct row *row, char *part, struct dice *dice)
{
    const struct profile *profile = row->institution->profile;
    uint32_t first = dice_below(dice, (uint32_t)profile->respelling_count);

    for (size_t i = 0; i < profile->respelling_count; i++)
        if (replace(part, &profile->respellings[(first + i) % profile->respelling_count]))
            return true;
    return false;
}

/* Two given names the other way round. */
static bool turn_given(char *part)
{
    char *space = strchr(part, ' ');
    char turned[PART_BYTES_MAX];

    if (!space)
        return false;
    (void)snprintf(turned, sizeof(turned), "%s %.*s", space + 1, (int)(space - part), part);
    memcpy(part, turned, strlen(turned) + 1);
    return true;
}

/* The cell that holds the family name beside a given name in a cell of its own, or NULL. */
static struct cell *family_beside(struct row *row, const struct cell *cell)
{
    for (uint32_t i = 0; i < row->cell_count; i++) {
        struct cell *other = &row->cells[i];

        if (other != cell && other->column->writing == WRITE_NAME && other->verdict == CELL_AGREES
            && row_trait(row, other, 0)->type == TYPE_FAMILY_NAME)
            return other;
    }
    return NULL;
}

static bool by_order(struct row *row, struct cell *cell, unsigned part, struct dice *dice)
{
    struct cell *family;
    char kept[PART_BYTES_MAX];

    if (cell->column->part_count > 1) {
        cell->reversed = true;
        return true;
    }
    if (row_trait(row, cell, part)->type != TYPE_GIVEN_NAME)
        return false;
    if (dice_chance(dice, 0.5) && turn_given(cell->parts[part]))
        return true;
    family = family_beside(row, cell);
    if (!family)
        return false;
    memcpy(kept, cell->parts[0], sizeof(kept));
    memcpy(cell->parts[0], family->parts[0], sizeof(kept));
    memcpy(family->parts[0], kept, sizeof(kept));
    family->verdict = CELL_VARIANT;
    return true;
}

/* A second given name, or a second family name of a joined name. */
static bool by_leaving(const struct row *row, struct cell *cell, unsigned part)
{
    char *space = strchr(cell->parts[part], ' ');

    if (row_trait(row, cell, part)->type == TYPE_GIVEN_NAME && space) {
        *space = 0;
        return true;
    }
    if (cell->column->part_count < 3)
        return false;
    cell->parts[2][0] = 0;
    return true;
}

static bool by_initial(const struct row *row, struct cell *cell, unsigned part)
{
    const struct trait *trait = row_trait(row, cell, part);
    uint32_t letter;

    if (trait->type != TYPE_GIVEN_NAME || trait->script != SCRIPT_LATIN || row->member.twin
        || plain_decode(slice_of(cell->parts[part]), &letter, 1) != 1)
        return false;
    put(cell->parts[part], (uint32_t[]){letter, '.'}, 2);
    return true;
}

/* The verdict that the change gives, or that the cell had. */
static enum cell_verdict respell_cell(struct row *row, struct cell *cell, struct dice *dice)
{
    uint32_t way = dice_below(dice, 100);
    unsigned part = dice_below(dice, cell->column->part_count);

    if (way < BY_CUSTOM) {
        if (by_custom(row, cell->parts[part], dice))
            return CELL_VARIANT;
    } else if (way < BY_CUSTOM + BY_ORDER) {
        if (by_order(row, cell, part, dice))
            return CELL_VARIANT;
    } else if (way < BY_CUSTOM + BY_ORDER + BY_LEAVING) {
        if (by_leaving(row, cell, part))
            return CELL_TRUNCATED;
    } else if (way < BY_CUSTOM + BY_ORDER + BY_LEAVING + BY_INITIAL) {
        if (by_initial(row, cell, part))
            return CELL_TRUNCATED;
    }
    return slip(cell->parts[part], dice) ? CELL_VARIANT : cell->verdict;
}

void tamper_respell(struct row *row, struct dice *dice)
{
    for (unsigned i = 0; i < 16; i++) {
        struct cell *cell = &row->cells[dice_below(dice, row->cell_count)];
        enum cell_verdict before = cell->verdict, after;

        if (cell->column->writing != WRITE_NAME || before == CELL_CONTRADICTS)
            continue;
        after = respell_cell(row, cell, dice);
        if (before == CELL_AGREES)
            cell->verdict = after;
        return;
    }
}
