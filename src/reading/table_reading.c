/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Reading a table: sample, hypotheses, decision. Rules and constants: algorithms.md section 1. */
#include "reading/table_reading.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "reading/date_columns.h"
#include "reading/hypothesis.h"
#include "reading/kind_choice.h"
#include "reading/name_words.h"
#include "reading/pieces.h"
#include "reading/splits.h"

#define SAMPLE_ROWS_FIRST  480u /* enough for nearly every table */
#define SAMPLE_ROWS_MAX    2000u
#define SAMPLE_LINKED      300u /* linked rows that make more rows needless */
#define REPEATED_RATIO     1.5  /* rows a subject */
#define REFERS_PERCENT     50u  /* of the cells in the index of an identifying field */
#define REFERS_DENSITY_MAX .2   /* in a dense index, being in it means nothing */

/* Everything that one reading needs on its way. */
struct examination {
    const struct reg *reg;
    const struct table *table;
    struct sample sample;
    struct anchor anchors[REGISTER_KINDS_MAX];
    struct hypothesis hypotheses[REGISTER_KINDS_MAX];
    uint32_t name_columns[REGISTER_KINDS_MAX];
};

static void drop_anchors(struct examination *examination)
{
    for (uint8_t k = 0; k < examination->reg->kind_count; k++)
        anchor_clear(&examination->anchors[k]);
}

static struct examination *examination_free(struct examination *examination)
{
    drop_anchors(examination);
    for (uint8_t k = 0; k < examination->reg->kind_count; k++)
        hypothesis_clear(&examination->hypotheses[k]);
    row_sample_clear(&examination->sample);
    free(examination);
    return NULL;
}

DEFINE_CLEANUP(struct examination *, examination_free)

/* What the table's columns hold only in pieces, or only together. */
static int derive_columns(struct sample *sample, struct tq_error *err)
{
    CLEANUP(derived_list_clear) struct derived_list list = {0};
    int r = splits_find(sample, &list, err);

    if (r == TQ_OK)
        r = date_columns_find(sample, &list, err);
    return r < 0 || list.count == 0 ? r : row_sample_derive(sample, &list, err);
}

/* Take a sample of this size and anchor it for every kind. */
static int anchor_sample(struct examination *examination, const struct batch_source *source,
                         uint32_t rows_max, uint32_t *out_linked, struct tq_error *err)
{
    uint32_t linked = 0;
    int r;

    r = row_sample_take(examination->reg, examination->table, source, rows_max,
                        &examination->sample, err);
    if (r == TQ_OK)
        r = derive_columns(&examination->sample, err);
    if (r == TQ_OK)
        r = row_sample_load_dictionaries(&examination->sample, err);
    if (r < 0)
        return r;
    for (uint8_t k = 0; k < examination->reg->kind_count; k++) {
        r = anchor_find(&examination->sample, k, &examination->anchors[k], err);
        if (r < 0)
            return r;
        if (examination->anchors[k].linked > linked)
            linked = examination->anchors[k].linked;
    }
    *out_linked = linked;
    return TQ_OK;
}

static int anchor_table(struct examination *examination, const struct batch_source *source,
                        struct tq_error *err)
{
    uint32_t linked;
    int r = anchor_sample(examination, source, SAMPLE_ROWS_FIRST, &linked, err);

    if (r < 0 || linked >= SAMPLE_LINKED || examination->sample.whole)
        return r;
    drop_anchors(examination);
    row_sample_clear(&examination->sample);
    return anchor_sample(examination, source, SAMPLE_ROWS_MAX, &linked, err);
}

static int make_hypotheses(struct examination *examination, struct tq_error *err)
{
    int r;

    for (uint8_t k = 0; k < examination->reg->kind_count; k++) {
        struct hypothesis *hypothesis = &examination->hypotheses[k];

        r = hypothesis_make(&examination->sample, &examination->anchors[k], hypothesis, err);
        if (r < 0)
            return r;
        r = name_words_columns(&examination->sample, k, &examination->name_columns[k], err);
        if (r < 0)
            return r;
        /* Names of this kind stand there, but they are not the linked subjects' names. */
        if (examination->name_columns[k] > 0 && hypothesis->explained > 0
            && !hypothesis_reads_name(hypothesis))
            hypothesis_fall(hypothesis);
    }
    return TQ_OK;
}

/* ---- from the hypothesis to the reading ---- */

/* A column that shows its target only up to a limit is reported, and never judged. */
static int weaken_censored(const struct hypothesis *hypothesis, uint32_t number,
                           struct column_reading *column, struct tq_error *err)
{
    bool censored = false;
    int r;

    if (column->status != READING_FULL || column->interpretation >= AS_PLAIN_COUNT
        || interpretation_form(column->interpretation) != FORM_NUMBER)
        return TQ_OK;
    r = score_is_censored(&hypothesis->linked, number, &column->target, column->interpretation,
                          &censored, err);
    if (r == TQ_OK && censored)
        column->status = READING_WEAK;
    return r;
}

static struct slice header_of(const struct table *table, uint32_t column)
{
    bool has = table->headers && column < table->column_count;

    return slice_of(has ? table->headers[column] : NULL);
}

static int read_columns(const struct hypothesis *hypothesis, const struct table *table,
                        struct reading *reading, struct tq_error *err)
{
    const struct reg *reg = hypothesis->linked.sample->reg;
    bool row_month = false;
    int r;

    for (uint32_t c = 0; c < reading->column_count; c++) {
        struct column_reading *column = &reading->columns[c];
        const struct candidate_reading *found =
            candidate_readings_decide(reg, &hypothesis->lists[c], header_of(table, c));

        if (!found)
            continue;
        candidate_fill(found, hypothesis->month_column != UINT16_MAX, column);
        r = weaken_censored(hypothesis, c, column, err);
        if (r < 0)
            return r;
        row_month |= found->target.period_mode == PERIOD_ROW && column->status == READING_FULL;
        if (found->as != AS_CODEBOOK)
            continue;
        r = score_learn_codebook(&hypothesis->linked, c, &found->target, &column->codebook,
                                 &column->codebook_count, err);
        if (r < 0)
            return r;
    }
    if (row_month) {
        struct column_reading *month = &reading->columns[hypothesis->month_column];

        reading->month_column = hypothesis->month_column;
        reading->month_interpretation = hypothesis->month_as;
        if (month->status != READING_FULL) {
            month->role = ROLE_MONTH;
            month->interpretation = hypothesis->month_as;
        }
    }
    return TQ_OK;
}

static bool can_be_referred_to(const struct field *field)
{
    return !field->periodic && !field->derived && field->density < REFERS_DENSITY_MAX
           && (field->type == TYPE_ID || field->type == TYPE_ACCOUNT || field->type == TYPE_PHONE
               || field->type == TYPE_EMAIL);
}

/* How many cells of the column are in the field, of how many that can be read. */
static uint32_t count_hits(const struct sample *sample, const uint64_t *prints,
                           const struct field *field, uint32_t *keys, uint32_t *out_read)
{
    uint32_t hits = 0, read = 0;

    field_find_keys(field, prints, sample->row_count, keys);
    for (uint32_t row = 0; row < sample->row_count; row++) {
        read += prints[row] != FINGERPRINT_NONE;
        hits += keys[row] != KEY_NONE;
    }
    *out_read = read;
    return hits;
}

/* The column holds identifiers of some other subjects: guarantors, spouses. */
static void find_reference(const struct sample *sample, uint32_t c, uint32_t *keys,
                           struct column_reading *column)
{
    const struct reg *reg = sample->reg;
    uint32_t best = 0;

    for (uint16_t f = 0; f < reg->field_count; f++) {
        if (!can_be_referred_to(reg_field(reg, f)))
            continue;
        for (unsigned as = 0; as < AS_PLAIN_COUNT; as++) {
            const uint64_t *prints = sample->columns[c].prints[as];
            uint32_t read, hits;

            if (!prints || !interpretation_serves((enum interpretation)as, reg_field(reg, f)->type))
                continue;
            hits = count_hits(sample, prints, reg_field(reg, f), keys, &read);
            if (hits <= best || (uint64_t)hits * 100 < (uint64_t)read * REFERS_PERCENT)
                continue;
            best = hits;
            column->status = READING_REFERS_TO;
            column->interpretation = (enum interpretation)as;
            column->target = (struct target){.field = f, .through = FIELD_NONE};
        }
    }
}

static int find_references(const struct sample *sample, struct reading *reading,
                           struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *keys = alloc_zeroed(sample->row_count + 1, sizeof(*keys));

    if (!keys)
        return tq_no_memory(err);
    for (uint32_t c = 0; c < reading->column_count; c++) {
        struct column_reading *column = &reading->columns[c];

        column->filled =
            sample->row_count ? (double)sample->columns[c].filled / sample->row_count : 0;
        if (column->status == READING_NONE && column->role == ROLE_VALUE)
            find_reference(sample, c, keys, column);
    }
    return TQ_OK;
}

/* Lines are records when, in most documents of several linked lines, they name several subjects.
 */
static bool lines_are_records(const struct hypothesis *hypothesis)
{
    const struct sample *sample = hypothesis->linked.sample;
    uint32_t several = 0, differ = 0, end;

    for (uint32_t row = 0; row < sample->row_count; row = end) {
        uint32_t first = SUBJECT_NONE, linked = 0;
        bool differs = false;

        for (end = row; end < sample->row_count && sample->document[end] == sample->document[row];
             end++) {
            uint32_t subject = hypothesis->subject[end];

            if (subject == SUBJECT_NONE)
                continue;
            differs |= linked++ > 0 && subject != first;
            if (first == SUBJECT_NONE)
                first = subject;
        }
        several += linked > 1;
        differ += differs;
    }
    return differ * 2 > several;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* Whether linked rows share subjects: a row a month. */
static int rows_repeat(const struct hypothesis *hypothesis, bool *out_repeat, struct tq_error *err)
{
    const struct linked *linked = &hypothesis->linked;
    CLEANUP(free_cleanup) uint32_t *subjects = alloc_zeroed(linked->count + 1, sizeof(*subjects));
    uint32_t distinct = 0;

    if (!subjects)
        return tq_no_memory(err);
    if (linked->count > 0) {
        memcpy(subjects, linked->subject, linked->count * sizeof(*subjects));
        qsort(subjects, linked->count, sizeof(*subjects), compare_numbers);
    }
    for (uint32_t i = 0; i < linked->count; i++)
        distinct += i == 0 || subjects[i] != subjects[i - 1];
    *out_repeat = linked->count >= REPEATED_RATIO * distinct && distinct > 0;
    return TQ_OK;
}

/* The fully read column that names a subject most sharply; UINT16_MAX if none does. */
static uint16_t anchor_column(const struct reg *reg, const struct reading *reading)
{
    uint16_t best = UINT16_MAX;
    double least = 0;

    for (uint32_t c = 0; c < reading->column_count && c < UINT16_MAX; c++) {
        const struct column_reading *column = &reading->columns[c];
        const struct field *field;

        if (column->status != READING_FULL || column->target.through != FIELD_NONE)
            continue;
        field = reg_field(reg, column->target.field);
        if (field->periodic
            || !(field->type == TYPE_ID || field->type == TYPE_ACCOUNT || field->type == TYPE_PHONE
                 || field->type == TYPE_EMAIL))
            continue;
        if (best == UINT16_MAX || field->density < least) {
            best = (uint16_t)c;
            least = field->density;
        }
    }
    return best;
}

static int settle_rows(const struct hypothesis *hypothesis, const struct table *table,
                       struct reading *reading, struct tq_error *err)
{
    bool repeat = false;
    int r;

    if (table->shape == SHAPE_DOCUMENTS) {
        reading->lines_are_records = lines_are_records(hypothesis);
        return TQ_OK;
    }
    r = rows_repeat(hypothesis, &repeat, err);
    if (r < 0)
        return r;
    if (!repeat && reading->month_column == UINT16_MAX)
        return TQ_OK;
    reading->anchor_column = anchor_column(hypothesis->linked.sample->reg, reading);
    reading->repeated_subject = reading->anchor_column != UINT16_MAX;
    return TQ_OK;
}

/* A piece of a column that as a whole agrees at least as often would only say it again, and worse:
 * "Smith, Ann L" has a family name, a given one and an initial, which the register has as well. */
static bool is_read_whole(const struct reading *reading, const struct column_reading *piece)
{
    const struct column_reading *whole = &reading->columns[piece->source];

    return !piece_is_whole(piece->piece) && whole->status == READING_FULL
           && whole->kappa >= piece->kappa;
}

/* Derived columns that are not read say nothing. The table's own stay, read or not. */
static void drop_unread(const struct table *table, struct reading *reading)
{
    uint32_t kept = table->column_count;

    for (uint32_t c = kept; c < reading->column_count; c++) {
        if ((reading->columns[c].status != READING_FULL && reading->columns[c].role != ROLE_MONTH)
            || is_read_whole(reading, &reading->columns[c])) {
            free(reading->columns[c].codebook);
            continue;
        }
        if (reading->month_column == c)
            reading->month_column = (uint16_t)kept;
        reading->columns[kept++] = reading->columns[c];
    }
    reading->column_count = kept;
}

static int fill_reading(const struct examination *examination, struct reading *reading,
                        struct tq_error *err)
{
    uint8_t kind;
    int r = kind_choose(examination->reg, examination->hypotheses, examination->name_columns, &kind,
                        err);

    if (r < 0)
        return r;
    reading->sample_rows = examination->sample.row_count;
    if (kind != KIND_NONE) {
        const struct hypothesis *hypothesis = &examination->hypotheses[kind];

        reading->kind = kind;
        reading->sample_linked = hypothesis->linked_rows;
        reading->single_anchor = hypothesis->single_anchor;
        r = read_columns(hypothesis, examination->table, reading, err);
        if (r < 0)
            return r;
        r = settle_rows(hypothesis, examination->table, reading, err);
        if (r < 0)
            return r;
    }
    r = find_references(&examination->sample, reading, err);
    if (r < 0)
        return r;
    date_columns_settle(examination->table, reading);
    drop_unread(examination->table, reading);
    if (kind == KIND_NONE)
        return TQ_OK;
    return pieces_read(&examination->hypotheses[kind], reading, err);
}

static int begin_reading(const struct sample *sample, struct reading *reading, struct tq_error *err)
{
    uint32_t own = sample->table->column_count;
    int r = reading_init(reading, sample->column_count, err);

    for (uint32_t c = own; r == TQ_OK && c < sample->column_count; c++) {
        reading->columns[c].source = sample->derived[c - own].source;
        reading->columns[c].piece = sample->derived[c - own].piece;
        reading->columns[c].parts = sample->derived[c - own].parts;
    }
    return r;
}

int table_reading_find(const struct reg *reg, const struct table *table,
                       const struct batch_source *source, struct reading *out_reading,
                       struct tq_error *err)
{
    CLEANUP(examination_free_cleanup) struct examination *examination = NULL;
    struct reading reading;
    int r;

    examination = alloc_zeroed(1, sizeof(*examination));
    if (!examination)
        return tq_no_memory(err);
    examination->reg = reg;
    examination->table = table;

    r = anchor_table(examination, source, err);
    if (r < 0)
        return r;
    r = make_hypotheses(examination, err);
    if (r < 0)
        return r;
    r = begin_reading(&examination->sample, &reading, err);
    if (r < 0)
        return r;
    r = fill_reading(examination, &reading, err);
    if (r < 0) {
        reading_clear(&reading);
        return r;
    }
    reading_number_dates(&reading);
    *out_reading = reading;
    return TQ_OK;
}
