/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/column_redactions.h"

#include "normalise/redaction.h"
#include "normalise/text.h"

#define CUT_PERCENT      10u /* cells of the greatest length that make a column a cut one */
#define CUT_WIDTH_MIN    3u
#define MASKED_PERCENT   50u /* of the filled cells */
#define SHOWN_PERCENT    95u /* of the masked cells show at least what the redaction shows */
#define INITIALS_PERCENT 90u /* of the filled cells */
#define INITIALS_MIN     20u /* fewer cells are codes as well */

static void add_redaction(struct sample_column *column, struct redaction redaction)
{
    if (column->redaction_count < COLUMN_REDACTIONS_MAX
        && (redaction.head > 0 || redaction.tail > 0))
        column->redactions[column->redaction_count++] = redaction;
}

/* Cut columns show one length much more often than chance, in different texts: the longest. */
static int find_cut(struct sample *sample, uint32_t column, struct buf *scratch,
                    struct tq_error *err)
{
    size_t longest = 0;
    uint32_t at_longest = 0, filled = sample->columns[column].filled;
    struct slice first = {0};
    bool varied = false;

    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice cell = row_sample_cell(sample, row, column);
        size_t length;

        if (cell.length == 0)
            continue;
        buf_empty(scratch);
        text_fold(cell, scratch);
        length = text_length(buf_slice(scratch));
        if (length > longest) {
            longest = length;
            at_longest = 0;
            first = cell;
            varied = false;
        }
        at_longest += length == longest;
        varied |= length == longest && !slice_equal(cell, first);
    }
    if (varied && longest >= CUT_WIDTH_MIN && at_longest < filled
        && (uint64_t)at_longest * 100 >= (uint64_t)filled * CUT_PERCENT)
        add_redaction(&sample->columns[column],
                      (struct redaction){.unit = REDACTION_CUT, .head = (uint32_t)longest});
    return buf_check(scratch, err);
}

/* How many masked cells show at least so much; [0] is their number. */
struct shown_widths {
    uint32_t head[REDACTION_WIDTH_MAX + 1], tail[REDACTION_WIDTH_MAX + 1];
};

static void count_widths(const struct sample *sample, uint32_t column, enum redaction_unit unit,
                         struct shown_widths *out)
{
    *out = (struct shown_widths){0};
    for (uint32_t row = 0; row < sample->row_count; row++) {
        uint32_t head, tail;

        if (!redaction_measure(unit, row_sample_cell(sample, row, column), &head, &tail))
            continue;
        for (uint32_t i = 0; i <= head; i++)
            out->head[i]++;
        for (uint32_t i = 0; i <= tail; i++)
            out->tail[i]++;
    }
}

static uint32_t common_width(const uint32_t *counts)
{
    uint32_t width = 0;

    while (width < REDACTION_WIDTH_MAX
           && (uint64_t)counts[width + 1] * 100 >= (uint64_t)counts[0] * SHOWN_PERCENT)
        width++;
    return width;
}

static struct redaction common_redaction(const struct sample *sample, uint32_t column,
                                         enum redaction_unit unit, uint32_t *out_masked)
{
    struct shown_widths widths;

    count_widths(sample, column, unit, &widths);
    *out_masked = widths.head[0];
    return (struct redaction){
        .unit = unit, .head = common_width(widths.head), .tail = common_width(widths.tail)};
}

/*
 * Of a number, head and tail may each be of use alone: the register may write it with another
 * beginning. Dates may be in any order.
 */
static void add_masked(struct sample *sample, uint32_t column)
{
    static const enum interpretation orders[] = {AS_DMY, AS_MDY, AS_YMD};
    struct sample_column *out = &sample->columns[column];
    uint32_t masked;
    struct redaction whole = common_redaction(sample, column, REDACTION_WHOLE, &masked);

    if (masked == 0 || (uint64_t)masked * 100 < (uint64_t)out->filled * MASKED_PERCENT)
        return;
    out->is_masked = true;
    add_redaction(out, whole);
    if (whole.head > 0 && whole.tail > 0) {
        add_redaction(out, (struct redaction){.unit = REDACTION_WHOLE, .head = whole.head});
        add_redaction(out, (struct redaction){.unit = REDACTION_WHOLE, .tail = whole.tail});
    }
    add_redaction(out, common_redaction(sample, column, REDACTION_WORDS, &masked));
    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
        add_redaction(out, (struct redaction){.unit = REDACTION_DATE,
                                              .order = orders[i],
                                              .head = whole.head,
                                              .tail = whole.tail});
}

/* One letter may stand for the whole, or for each of several names. */
static void add_initials(struct sample *sample, uint32_t column)
{
    struct sample_column *out = &sample->columns[column];
    uint32_t initials = 0;

    if (out->filled < INITIALS_MIN)
        return;
    for (uint32_t row = 0; row < sample->row_count; row++)
        initials += redaction_is_initials(row_sample_cell(sample, row, column));
    if ((uint64_t)initials * 100 < (uint64_t)out->filled * INITIALS_PERCENT)
        return;
    add_redaction(out, (struct redaction){.unit = REDACTION_WHOLE, .head = 1});
    add_redaction(out, (struct redaction){.unit = REDACTION_WORDS, .head = 1});
}

/* A letter that no mark is made of. Marks beyond ASCII begin with the bytes E2 and EF. */
static bool has_letter(struct slice cell)
{
    for (size_t i = 0; i < cell.length; i++) {
        unsigned char c = (unsigned char)cell.data[i];
        bool is_ascii = (c >= 'a' && c <= 'z' && c != 'x') || (c >= 'A' && c <= 'Z' && c != 'X');

        if (is_ascii || (c >= 0xC3 && c != 0xE2 && c != 0xEF))
            return true;
    }
    return false;
}

static void find_content(struct sample *sample, uint32_t column)
{
    struct sample_column *out = &sample->columns[column];
    uint32_t mail = 0, letters = 0;

    for (uint32_t row = 0; row < sample->row_count; row++) {
        struct slice cell = row_sample_cell(sample, row, column);

        if (cell.length == 0)
            continue;
        mail += memchr(cell.data, '@', cell.length) != NULL;
        letters += has_letter(cell);
    }
    out->shows_mail = mail * 2 > out->filled;
    out->shows_letters = letters * 2 > out->filled;
}

int column_redactions_find(struct sample *sample, uint32_t column, struct buf *scratch,
                           struct tq_error *err)
{
    add_masked(sample, column);
    if (sample->columns[column].redaction_count == 0)
        add_initials(sample, column);
    if (sample->columns[column].redaction_count > 0)
        find_content(sample, column);
    return find_cut(sample, column, scratch, err);
}

bool column_redaction_serves(const struct sample_column *column, const struct redaction *redaction,
                             enum value_type type)
{
    if (!redaction_serves(redaction, type))
        return false;
    if (redaction->unit == REDACTION_CUT)
        return true;
    if (column->shows_mail || type == TYPE_EMAIL)
        return column->shows_mail && type == TYPE_EMAIL;
    if (type_is_name(type))
        return column->shows_letters;
    return !column->shows_letters || (type != TYPE_PHONE && type != TYPE_DATE);
}
