/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "mosaic/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"

#define SHAPES_MAX      6u  /* different ones of a column that are counted */
#define SHAPE_BYTES_MAX 24u /* longer values are no dates */
#define LEAST_CELLS     10u
#define MOSTLY          0.9  /* of the cells have it: a property of the column */
#define SORTED          0.99 /* of the neighbours stand in order */

/* Words for nothing. */
static const char *const null_words[] = {"NULL", "null", "\\N",    "N/A", "n/a", "NaN", "nan",
                                         "nil",  "None", "(null)", "-",   "--",  "NC"};
#define NULL_WORDS (sizeof(null_words) / sizeof(null_words[0]))

/* How amounts are written. */
enum mark {
    MARK_NONE,
    MARK_DOT,
    MARK_COMMA,
    MARK_COUNT
};

struct shape {
    char text[SHAPE_BYTES_MAX + 1]; /* digits as 9, letters as A or a */
    uint64_t count;
};

struct column_form {
    uint64_t cells, empty, padded;
    uint64_t nulls[NULL_WORDS];
    uint64_t upper, lower, mixed; /* cells with letters */
    uint64_t digits, zeros;       /* digits alone; of these, with a zero in front */
    uint64_t marks[MARK_COUNT];   /* numbers, by decimal mark */
    uint64_t grouped;             /* thousands set apart */
    uint64_t rising, falling, equal;
    size_t longest, shortest;
    struct shape shapes[SHAPES_MAX];
};

struct form_tally {
    uint32_t column_count;
    struct column_form *columns; /* owned */
};

int form_tally_new(uint32_t column_count, struct form_tally **out_tally, struct tq_error *err)
{
    struct form_tally *tally = alloc_zeroed(1, sizeof(*tally));

    if (!tally)
        return tq_no_memory(err);
    tally->column_count = column_count;
    tally->columns = alloc_zeroed(column_count + (size_t)1, sizeof(*tally->columns));
    if (!tally->columns) {
        (void)form_tally_free(tally);
        return tq_no_memory(err);
    }
    *out_tally = tally;
    return TQ_OK;
}

struct form_tally *form_tally_free(struct form_tally *tally)
{
    if (!tally)
        return NULL;
    free(tally->columns);
    free(tally);
    return NULL;
}

/* ---- one cell ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void count_case(struct column_form *column, struct slice cell)
{
    bool upper = false, lower = false;

    for (size_t i = 0; i < cell.length; i++) {
        upper |= cell.data[i] >= 'A' && cell.data[i] <= 'Z';
        lower |= cell.data[i] >= 'a' && cell.data[i] <= 'z';
    }
    column->upper += upper && !lower;
    column->lower += lower && !upper;
    column->mixed += upper && lower;
}

static void count_digits(struct column_form *column, struct slice cell)
{
    for (size_t i = 0; i < cell.length; i++) {
        if (!is_digit(cell.data[i]))
            return;
    }
    column->digits++;
    column->zeros += cell.length > 1 && cell.data[0] == '0';
}

/* "1 234,50": one or two digits behind the last mark; what stands before it are groups. */
static void count_marks(struct column_form *column, struct slice cell)
{
    size_t digits = 0, last = cell.length, others = 0;

    for (size_t i = 0; i < cell.length; i++) {
        char c = cell.data[i];

        digits += is_digit(c);
        if (!is_digit(c) && !strchr(".,' -\xc2\xa0", c))
            return;
        if (c == '.' || c == ',')
            last = i;
        others += !is_digit(c) && i > 0;
    }
    if (digits == 0)
        return;
    if (last == cell.length || cell.length - last > 3 || cell.length - last < 2) {
        column->marks[MARK_NONE]++;
        column->grouped += others > 0;
        return;
    }
    column->marks[cell.data[last] == ',' ? MARK_COMMA : MARK_DOT]++;
    column->grouped += others > 1;
}

static bool shape_of(struct slice cell, char *out)
{
    size_t digits = 0;

    if (cell.length > SHAPE_BYTES_MAX)
        return false;
    for (size_t i = 0; i < cell.length; i++) {
        char c = cell.data[i];

        digits += is_digit(c);
        if (is_digit(c))
            c = '9';
        else if (c >= 'A' && c <= 'Z')
            c = 'A';
        else if ((c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80)
            c = 'a';
        else if (c < ' ')
            return false;
        out[i] = c;
    }
    out[cell.length] = '\0';
    return digits >= 4;
}

static void count_shape(struct column_form *column, struct slice cell)
{
    char text[SHAPE_BYTES_MAX + 1];

    if (!shape_of(cell, text))
        return;
    for (unsigned i = 0; i < SHAPES_MAX; i++) {
        struct shape *shape = &column->shapes[i];

        if (shape->count == 0)
            memcpy(shape->text, text, sizeof(text));
        if (strcmp(shape->text, text) == 0) {
            shape->count++;
            return;
        }
    }
}

/* In characters. */
static size_t length_of(struct slice cell)
{
    size_t length = 0;

    for (size_t i = 0; i < cell.length; i++)
        length += ((unsigned char)cell.data[i] & 0xc0) != 0x80;
    return length;
}

static void count_length(struct column_form *column, struct slice cell)
{
    size_t length = length_of(cell);

    if (length > column->longest)
        column->longest = length;
    if (column->shortest == 0 || length < column->shortest)
        column->shortest = length;
}

static bool count_null(struct column_form *column, struct slice cell)
{
    for (size_t i = 0; i < NULL_WORDS; i++) {
        if (slice_is(cell, null_words[i])) {
            column->nulls[i]++;
            return true;
        }
    }
    return false;
}

static void add_cell(struct column_form *column, struct slice cell)
{
    struct slice trimmed = slice_trim(cell);

    if (trimmed.length == 0) {
        column->empty++;
        return;
    }
    column->cells++;
    if (count_null(column, trimmed))
        return;
    column->padded += trimmed.length < cell.length;
    count_case(column, trimmed);
    count_digits(column, trimmed);
    count_marks(column, trimmed);
    count_shape(column, trimmed);
    count_length(column, trimmed);
}

/* ---- neighbours ---- */

static bool is_number(struct slice cell)
{
    for (size_t i = 0; i < cell.length; i++) {
        if (!is_digit(cell.data[i]))
            return false;
    }
    return cell.length > 0;
}

static struct slice without_zeros(struct slice cell)
{
    while (cell.length > 1 && cell.data[0] == '0')
        cell = slice_skip(cell, 1);
    return cell;
}

/* Numbers as numbers, else bytewise. */
static int compare_cells(struct slice a, struct slice b)
{
    if (!is_number(a) || !is_number(b))
        return slice_compare(a, b);
    a = without_zeros(a);
    b = without_zeros(b);
    if (a.length != b.length)
        return a.length < b.length ? -1 : 1;
    return slice_compare(a, b);
}

static void add_neighbours(struct column_form *column, struct slice before, struct slice cell)
{
    int order = compare_cells(slice_trim(before), slice_trim(cell));

    column->rising += order < 0;
    column->falling += order > 0;
    column->equal += order == 0;
}

void form_tally_add(struct form_tally *tally, const struct batch *batch)
{
    for (uint32_t row = 0; row < batch->row_count; row++) {
        for (uint32_t i = 0; i < tally->column_count && i < batch->column_count; i++) {
            struct slice cell = batch_cell(batch, row, i);

            add_cell(&tally->columns[i], cell);
            if (row > 0)
                add_neighbours(&tally->columns[i], batch_cell(batch, row - 1, i), cell);
        }
    }
}

/* ---- telling ---- */

/* One form, and which columns have it. */
struct form_row {
    const char *name;
    char detail[48];
    struct buf columns;
    uint64_t rows, of;
};

/* Rows of one name and form are one. */
struct forms {
    struct form_row *items; /* owned */
    size_t count, capacity;
};

static void forms_clear(struct forms *forms)
{
    for (size_t i = 0; i < forms->count; i++)
        buf_clear(&forms->items[i].columns);
    free(forms->items);
}

static int add_form(struct forms *forms, const char *name, const char *detail, uint32_t column,
                    uint64_t rows, uint64_t of, struct tq_error *err)
{
    struct form_row *row;
    size_t at = 0;
    int r;

    while (at < forms->count
           && (strcmp(forms->items[at].name, name) || strcmp(forms->items[at].detail, detail)))
        at++;
    r = alloc_reserve(&forms->items, &forms->capacity, at + 1, sizeof(*forms->items), err);
    if (r < 0)
        return r;
    row = &forms->items[at];
    if (at == forms->count) {
        *row = (struct form_row){.name = name};
        (void)snprintf(row->detail, sizeof(row->detail), "%s", detail);
        forms->count++;
    }
    buf_format(&row->columns, row->columns.length ? ";%u" : "%u", column + 1);
    row->rows += rows;
    row->of += of;
    return buf_check(&row->columns, err);
}

static bool is_most(uint64_t count, uint64_t all)
{
    return all >= LEAST_CELLS && (double)count >= MOSTLY * (double)all;
}

static int tell_nulls(struct forms *forms, const struct column_form *column, uint32_t number,
                      struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < NULL_WORDS && r == TQ_OK; i++) {
        if (column->nulls[i] > 0)
            r = add_form(forms, "null", null_words[i], number, column->nulls[i],
                         column->cells + column->empty, err);
    }
    return r;
}

static int tell_case(struct forms *forms, const struct column_form *column, uint32_t number,
                     struct tq_error *err)
{
    uint64_t letters = column->upper + column->lower + column->mixed;

    if (is_most(column->upper, letters))
        return add_form(forms, "letters", "upper", number, column->upper, letters, err);
    if (is_most(column->lower, letters))
        return add_form(forms, "letters", "lower", number, column->lower, letters, err);
    return letters >= LEAST_CELLS
               ? add_form(forms, "letters", "mixed", number, column->mixed, letters, err)
               : TQ_OK;
}

static int tell_padding(struct forms *forms, const struct column_form *column, uint32_t number,
                        struct tq_error *err)
{
    char detail[48];

    if (column->padded > 0 && is_most(column->padded, column->cells))
        return add_form(forms, "padding", "blanks", number, column->padded, column->cells, err);
    if (column->zeros == 0 || !is_most(column->digits, column->cells)
        || column->longest != column->shortest)
        return TQ_OK;
    (void)snprintf(detail, sizeof(detail), "zeros to %zu digits", column->longest);
    return add_form(forms, "padding", detail, number, column->zeros, column->digits, err);
}

static int tell_order(struct forms *forms, const struct column_form *column, uint32_t number,
                      struct tq_error *err)
{
    uint64_t moves = column->rising + column->falling, all = moves + column->equal;

    if (all >= LEAST_CELLS && column->cells > 0 && column->equal * 2 >= all)
        return add_form(forms, "values", "as before", number, column->equal, all, err);
    if (moves < LEAST_CELLS || moves * 10 < all)
        return TQ_OK;
    if ((double)column->rising >= SORTED * (double)moves)
        return add_form(forms, "order", "rising", number, column->rising, moves, err);
    if ((double)column->falling >= SORTED * (double)moves)
        return add_form(forms, "order", "falling", number, column->falling, moves, err);
    return TQ_OK;
}

static int tell_shape(struct forms *forms, const struct column_form *column, uint32_t number,
                      struct tq_error *err)
{
    const struct shape *best = &column->shapes[0];

    for (unsigned i = 1; i < SHAPES_MAX; i++) {
        if (column->shapes[i].count > best->count)
            best = &column->shapes[i];
    }
    return best->count < LEAST_CELLS
               ? TQ_OK
               : add_form(forms, "date", best->text, number, best->count, column->cells, err);
}

static int tell_marks(struct forms *forms, const struct column_form *column, uint32_t number,
                      struct tq_error *err)
{
    static const char *const names[] = {[MARK_DOT] = "dot", [MARK_COMMA] = "comma"};
    enum mark best = column->marks[MARK_DOT] >= column->marks[MARK_COMMA] ? MARK_DOT : MARK_COMMA;
    uint64_t numbers =
        column->marks[MARK_NONE] + column->marks[MARK_DOT] + column->marks[MARK_COMMA];
    int r = TQ_OK;

    if (column->marks[best] >= LEAST_CELLS)
        r = add_form(forms, "decimal", names[best], number, column->marks[best], numbers, err);
    if (r == TQ_OK && column->grouped >= LEAST_CELLS)
        r = add_form(forms, "thousands", "set apart", number, column->grouped, numbers, err);
    return r;
}

/* Cut at a width: the register knows how the values go on. */
static int tell_cut(struct forms *forms, const struct column_form *column, uint32_t number,
                    const struct column_reading *reading, struct tq_error *err)
{
    char detail[48];

    (void)snprintf(detail, sizeof(detail), "%u characters", reading->redaction.head);
    return add_form(forms, "cut", detail, number, column->cells, column->cells, err);
}

/* What only makes sense where it is known what the column holds. */
static int tell_read(struct forms *forms, const struct column_form *column, uint32_t number,
                     const struct column_reading *reading, enum value_type type,
                     struct tq_error *err)
{
    if (reading->interpretation == AS_CUT && reading->redaction.unit == REDACTION_CUT)
        return tell_cut(forms, column, number, reading, err);
    if (type == TYPE_DATE)
        return tell_shape(forms, column, number, err);
    if (type == TYPE_AMOUNT || type == TYPE_NUMBER)
        return tell_marks(forms, column, number, err);
    return TQ_OK;
}

static int tell_column(struct forms *forms, const struct column_form *column, uint32_t number,
                       struct tq_error *err)
{
    int r = tell_nulls(forms, column, number, err);

    if (r == TQ_OK)
        r = tell_case(forms, column, number, err);
    if (r == TQ_OK)
        r = tell_padding(forms, column, number, err);
    return r < 0 ? r : tell_order(forms, column, number, err);
}

static int tell_headers(struct forms *forms, const struct table *table, struct tq_error *err)
{
    int r = TQ_OK;

    for (uint32_t i = 0; i < table->column_count && r == TQ_OK; i++) {
        struct column_form header = {0};

        count_case(&header, slice_of(table->headers[i]));
        if (header.upper + header.lower + header.mixed > 0)
            r = add_form(forms, "headers",
                         header.upper   ? "upper"
                         : header.lower ? "lower"
                                        : "mixed",
                         i, 1, 1, err);
    }
    return r;
}

static int tell_all(struct forms *forms, const struct form_tally *tally, const struct table *table,
                    const struct reading *reading, const struct reg *reg, struct tq_error *err)
{
    int r = tell_headers(forms, table, err);

    for (uint32_t i = 0; i < tally->column_count && r == TQ_OK; i++)
        r = tell_column(forms, &tally->columns[i], i, err);
    for (uint32_t i = 0; i < tally->column_count && i < reading->column_count && r == TQ_OK; i++) {
        const struct column_reading *column = &reading->columns[i];

        if (column->status == READING_FULL && column->target.field != FIELD_NONE)
            r = tell_read(forms, &tally->columns[i], i, column,
                          reg->fields[column->target.field].type, err);
    }
    return r;
}

static int keep_form(const struct form_row *form, uint32_t number, struct mosaic_list *list,
                     struct tq_error *err)
{
    struct mosaic_row row = {.table = number,
                             .part = MOSAIC_FORMAT,
                             .name = slice_of(form->name),
                             .detail = slice_of(form->detail),
                             .columns = buf_slice(&form->columns),
                             .rows = form->rows,
                             .of = form->of,
                             .share = form->of ? (double)form->rows / (double)form->of : 0,
                             .held_share = -1,
                             .effect = -1,
                             .chance = -1};

    return mosaic_list_add(list, &row, err);
}

int form_tell(const struct form_tally *tally, const struct table *table,
              const struct reading *reading, const struct reg *reg, uint32_t number,
              struct mosaic_list *list, struct tq_error *err)
{
    CLEANUP(forms_clear) struct forms forms = {0};
    int r = tell_all(&forms, tally, table, reading, reg, err);

    for (size_t i = 0; i < forms.count && r == TQ_OK; i++)
        r = keep_form(&forms.items[i], number, list, err);
    return r;
}
