/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/row_kind.h"

#include <string.h>

#include "extract/header.h"

#define IDENTIFIER_DIGITS_MIN 5u

bool row_is_empty(const struct row_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (row_cell_trimmed(&cells[i]).length > 0)
            return false;
    }
    return true;
}

uint32_t row_filled(const struct row_cell *cells, size_t count)
{
    uint32_t filled = 0;

    for (size_t i = 0; i < count; i++)
        filled += row_cell_trimmed(&cells[i]).length > 0;
    return filled;
}

bool row_has_identifier(const struct row_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t digits = 0, ats = 0;

        for (uint32_t j = 0; j < cells[i].length; j++) {
            digits += cells[i].text[j] >= '0' && cells[i].text[j] <= '9';
            ats += cells[i].text[j] == '@';
        }
        if (digits >= IDENTIFIER_DIGITS_MIN || ats > 0)
            return true;
    }
    return false;
}

/* A sign that boxes are drawn of stands there: U+2500 to U+257F. */
static bool is_box_sign(const struct row_cell *cell, uint32_t at)
{
    return at + 2 < cell->length && cell->text[at] == '\xE2'
           && (cell->text[at + 1] == '\x94' || cell->text[at + 1] == '\x95');
}

/* Lines are drawn of few signs, and begin with one; most rows are out at once. */
static bool may_be_rule(const struct row_cell *cells, size_t count)
{
    const struct row_cell *first = cells[0].length == 0 && count > 1 ? &cells[1] : &cells[0];
    size_t at = 0;

    while (at < first->length && first->text[at] == ' ')
        at++;
    return at < first->length && strchr("-=+_:|\xE2", first->text[at]) && first->text[at];
}

/* A line drawn between rows: "-----+-----". */
static bool is_rule(const struct row_cell *cells, size_t count)
{
    size_t marks = 0;

    for (size_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < cells[i].length; j++) {
            char c = cells[i].text[j];

            if (is_box_sign(&cells[i], j)) {
                marks++;
                j += 2;
            } else if (!c || !strchr("-=+|_*: ", c)) {
                return false;
            } else {
                marks += c != ' ' && c != '*';
            }
        }
    }
    return marks >= 3;
}

static bool is_comment(struct slice text)
{
    return slice_starts(text, SLICE_LITERAL("#")) || slice_starts(text, SLICE_LITERAL("--"))
           || slice_starts(text, SLICE_LITERAL("//"));
}

/* Whether a row is wide enough to be a row of the table rather than a line about it. */
static bool is_wide(const struct table_head *head, const struct dialect *dialect,
                    const struct row_cell *cells, size_t count)
{
    uint32_t columns = dialect->columns;

    if (columns <= 1)
        return true;
    if (dialect->fixed_count > 0)
        return row_filled(cells, count) >= 2;
    if (row_filled(cells, count) < 2 && columns > 2)
        return count == columns && head->in_table;
    return count * 2 > columns;
}

static bool equals_header(const struct table_head *head, const struct row_cell *cells, size_t count)
{
    if (!head->has_header || count < head->columns)
        return false;
    for (uint32_t i = 0; i < head->columns; i++) {
        if (!slice_equal(row_cell_trimmed(&cells[i]), head->headers[i]))
            return false;
    }
    return true;
}

/* A title that stood above the header, on another page. */
static bool repeats_title(const struct table_head *head, const struct row_cell *cells, size_t count)
{
    for (uint32_t i = 0; i < head->title_count; i++) {
        if (cells[0].length > 0 && slice_equal(row_cell_trimmed(&cells[0]), head->titles[i])
            && row_filled(cells, count) * 2 <= head->columns)
            return true;
    }
    return false;
}

/*
 * A row of a single cell in a table of several columns: the first column's value and nothing
 * else (a record, cut short), or words about the table.
 */
static bool is_remark(const struct table_head *head, const struct row_cell *cells, size_t count)
{
    enum value_shape shape;

    if (head->columns < 3 || row_filled(cells, count) != 1 || count == head->columns)
        return false;
    shape = value_shape(row_cell_text(&cells[0]));
    if (shape != VALUE_WORDS && shape != VALUE_UNKNOWN)
        return false;
    return head->shapes[0] != VALUE_WORDS || memchr(cells[0].text, ' ', cells[0].length) != NULL;
}

/* The first bytes that words for a total start with, in any case; most rows are out at once. */
static bool may_be_total(const struct row_cell *cell)
{
    char c;

    if (cell->length == 0)
        return true;
    c = cell->text[0];
    return (c | 32) == 't' || (c | 32) == 's' || (c | 32) == 'g' || c == '\xD8' || c == '\xD9'
           || c == '\xD0' || c == ' ';
}

/* What a row is if it is no record; ROW_KINDS if it is one. The common case is decided first. */
enum row_kind row_kind_of(const struct table_head *head, const struct dialect *dialect,
                          const struct row_cell *cells, size_t count)
{
    bool is_full = count == head->columns && head->in_table;

    if (cells[0].length == 0 || cells[0].text[0] == ' ' || cells[0].text[0] == '\t') {
        if (row_is_empty(cells, count))
            return ROW_KIND_BLANK;
    }
    if (is_full && head->has_header && cells[0].length == head->headers[0].length
        && equals_header(head, cells, count))
        return ROW_KIND_HEADER;
    if (is_full && head->title_count > 0 && repeats_title(head, cells, count))
        return ROW_KIND_TITLE;
    if (may_be_total(&cells[0]) && header_is_total(cells, count))
        return ROW_KIND_TOTAL;
    if (may_be_rule(cells, count) && is_rule(cells, count))
        return ROW_KIND_RULE;
    if (is_full)
        return ROW_KINDS;
    if (is_comment(row_cell_text(&cells[0])) && dialect->columns > 1)
        return ROW_KIND_COMMENT;
    if (!head->in_table)
        return is_wide(head, dialect, cells, count) ? ROW_KINDS : ROW_KIND_TITLE;
    return is_remark(head, cells, count) ? ROW_KIND_TITLE : ROW_KINDS;
}

bool row_join(struct slice view, struct row_cell *first, const struct row_cell *last)
{
    const char *start = view.data, *end = start + view.length;

    if (first->text < start || last->text < first->text || last->text > end)
        return false;
    first->length = (uint32_t)(last->text + last->length - first->text);
    return true;
}

/* Whether a cell looks as those of a column do. */
static bool fits(const struct table_head *head, const struct row_cell *cell, uint32_t column)
{
    return value_shape(row_cell_text(cell)) == head->shapes[column];
}

/* Whether a cell stood in quotes: then it is whole. One with escapes was copied out of the view. */
static bool is_whole(struct slice view, const struct row_cell *cell)
{
    if (cell->text < view.data || cell->text >= view.data + view.length)
        return true;
    return cell->text > view.data && cell->text[-1] == '"';
}

/* Whether `count` cells may be the pieces of one value, or one value and cells without any. */
static bool may_be_pieces(struct slice view, const struct row_cell *cells, uint32_t count)
{
    uint32_t whole = 0;

    for (uint32_t i = 0; i < count; i++)
        whole += cells[i].length > 0 && is_whole(view, &cells[i]);
    return whole == 0 || row_filled(cells, count) == 1;
}

/*
 * The column in which `extra` further cells are most likely to be, by the number of cells on both
 * sides that then fit; UINT32_MAX if several are equally likely.
 */
static uint32_t find_seam(const struct table_head *head, struct slice view,
                          const struct row_cell *cells, uint32_t extra)
{
    uint32_t before = 0, after = 0, best = 0, best_at = UINT32_MAX;

    for (uint32_t i = 1; i < head->columns; i++)
        after += fits(head, &cells[i + extra], i);
    for (uint32_t at = 0; at < head->columns; at++) {
        bool is_words = head->shapes[at] == VALUE_WORDS || head->shapes[at] == VALUE_UNKNOWN;
        uint32_t points = before + after + is_words;

        if (points >= best && may_be_pieces(view, &cells[at], extra + 1)) {
            best_at = points > best ? at : UINT32_MAX;
            best = points;
        }
        before += fits(head, &cells[at], at);
        if (at + 1 < head->columns)
            after -= fits(head, &cells[at + 1 + extra], at + 1);
    }
    return best_at;
}

bool row_repair(const struct table_head *head, struct slice view, const struct row_cell *cells,
                size_t count, struct row_cell *joined)
{
    uint32_t extra = (uint32_t)count - head->columns, plain = 0, seam;

    for (uint32_t i = 0; i < head->columns; i++)
        plain += fits(head, &cells[i], i);
    if (plain == head->columns) { /* the row is whole, something was put behind it */
        memcpy(joined, cells, head->columns * sizeof(*joined));
        return true;
    }
    seam = find_seam(head, view, cells, extra);
    if (seam == UINT32_MAX)
        return false;
    for (uint32_t i = 0; i < head->columns; i++)
        joined[i] = cells[i > seam ? i + extra : i];
    if (row_filled(&cells[seam], extra + 1) > 1)
        return row_join(view, &joined[seam], &cells[seam + extra]);
    /* Empty cells were put in: only the one that is filled counts. */
    for (uint32_t i = seam; i <= seam + extra; i++) {
        if (row_cell_trimmed(&cells[i]).length > 0)
            joined[seam] = cells[i];
    }
    return true;
}
