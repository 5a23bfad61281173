/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The mosaic: sources of each table as it is judged, while the fields that it shows are in memory;
 * whom the tables cover once all are judged, since that takes every field of the register in turn.
 */
#include "inquiry/mosaic.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "mosaic/form.h"
#include "mosaic/period.h"
#include "mosaic/source_rows.h"

/* What is being told of one table. */
struct telling {
    struct examination *examination;
    const struct reg *reg;
    struct mosaic_sources sources;
    struct source_rows shown, held; /* among the table's subjects, and among all */
};

static struct mosaic_row row_of(const struct telling *telling, enum mosaic_part part)
{
    return (struct mosaic_row){.table = telling->examination->stored->number,
                               .part = part,
                               .held_share = -1,
                               .effect = -1,
                               .chance = -1};
}

static double share_of(uint64_t some, uint64_t all)
{
    return all ? (double)some / (double)all : 0;
}

static int add(struct telling *telling, const struct mosaic_row *row, struct tq_error *err)
{
    return mosaic_list_add(&telling->examination->inquiry->mosaic, row, err);
}

/* ---- sources ---- */

static void add_number(struct buf *out, uint32_t column)
{
    buf_format(out, out->length ? ";%u" : "%u", column + 1);
}

/* The table's columns that a reading is of. */
static void add_numbers(struct buf *out, const struct column_reading *reading, uint32_t number)
{
    if (reading->parts.count == 0)
        add_number(out, column_source(reading, number));
    for (uint8_t i = 0; i < reading->parts.count; i++)
        add_number(out, reading->parts.columns[i]);
}

/* "2;5": the table's columns of which some reading is explained, by one source or by all. */
static void format_columns(const struct telling *telling, const unsigned *source, struct buf *out)
{
    const struct reading *reading = &telling->examination->reading;
    uint32_t last = UINT32_MAX;

    for (uint32_t i = 0; i < reading->column_count; i++) {
        uint32_t column = column_source(&reading->columns[i], i);
        bool is_explained = source ? mosaic_source_explains(&telling->sources, *source, (uint16_t)i)
                                   : mosaic_is_explained(&telling->sources, (uint16_t)i);

        if (is_explained && column != last)
            add_numbers(out, &reading->columns[i], i);
        last = is_explained ? column : last;
    }
}

static int tell_source(struct telling *telling, unsigned number, struct tq_error *err)
{
    const struct reg_table *table = &telling->reg->tables[telling->sources.tables[number]];
    CLEANUP(buf_clear_cleanup) struct buf join = {0};
    CLEANUP(buf_clear_cleanup) struct buf columns = {0};
    struct mosaic_row row = row_of(telling, MOSAIC_SOURCE);

    mosaic_join_format(&telling->sources, number, &telling->examination->reading, &join);
    format_columns(telling, &number, &columns);
    if (buf_check(&join, err) < 0 || buf_check(&columns, err) < 0)
        return TQ_E_NOMEM;
    row.name = slice_of(table->name);
    row.detail = buf_slice(&join);
    row.columns = buf_slice(&columns);
    row.rows = telling->shown.in_source[number];
    row.of = telling->shown.subjects;
    row.share = share_of(row.rows, row.of);
    row.held_share = share_of(telling->held.in_source[number], telling->held.subjects);
    return add(telling, &row, err);
}

/* What a row of the table stands for. */
static void format_grain(const struct telling *telling, struct buf *out)
{
    const struct reading *reading = &telling->examination->reading;

    if (reading->repeated_subject && reading->month_column == UINT16_MAX)
        buf_add_text(out, "several rows per ");
    buf_add_text(out, telling->reg->kinds[reading->kind].name);
    if (reading->month_column != UINT16_MAX)
        buf_add_text(out, " and period");
}

static int tell_table(struct telling *telling, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf grain = {0};
    CLEANUP(buf_clear_cleanup) struct buf choice = {0};
    CLEANUP(buf_clear_cleanup) struct buf columns = {0};
    struct mosaic_row row = row_of(telling, MOSAIC_TABLE);

    format_grain(telling, &grain);
    format_columns(telling, NULL, &columns);
    if (telling->sources.alternatives > 1)
        buf_format(&choice, "one of %u least sets", telling->sources.alternatives);
    if (buf_check(&grain, err) < 0 || buf_check(&columns, err) < 0 || buf_check(&choice, err) < 0)
        return TQ_E_NOMEM;
    row.name = buf_slice(&grain);
    row.detail = buf_slice(&choice);
    row.columns = buf_slice(&columns);
    row.rows = telling->shown.in_all;
    row.of = telling->shown.subjects;
    row.share = share_of(row.rows, row.of);
    row.held_share = share_of(telling->held.in_all, telling->held.subjects);
    return add(telling, &row, err);
}

/* ---- what no table explains ---- */

static const char *status_of(const struct column_reading *column)
{
    switch (column->status) {
    case READING_WEAK:
        return "weak";
    case READING_REFERS_TO:
        return "refers-to";
    case READING_FULL:
        return "full";
    default:
        return "none";
    }
}

static bool is_of_column(const struct column_reading *reading, uint32_t number, uint32_t column)
{
    for (uint8_t i = 0; i < reading->parts.count; i++) {
        if (reading->parts.columns[i] == column)
            return true;
    }
    return reading->parts.count == 0 && column_source(reading, number) == column;
}

/* Whether some reading of the table's column is explained: a piece may be where the whole is not.
 */
static bool is_column_explained(const struct telling *telling, uint32_t column)
{
    const struct reading *reading = &telling->examination->reading;

    for (uint32_t i = 0; i < reading->column_count; i++) {
        if (is_of_column(&reading->columns[i], i, column)
            && (mosaic_is_explained(&telling->sources, (uint16_t)i)
                || reading->columns[i].role == ROLE_MONTH))
            return true;
    }
    return false;
}

static int tell_unexplained(struct telling *telling, uint32_t column, struct tq_error *err)
{
    const struct table *table = &telling->examination->stored->head;
    const struct column_reading *reading = &telling->examination->reading.columns[column];
    CLEANUP(buf_clear_cleanup) struct buf columns = {0};
    struct mosaic_row row = row_of(telling, MOSAIC_UNEXPLAINED);

    add_number(&columns, column);
    if (buf_check(&columns, err) < 0)
        return TQ_E_NOMEM;
    row.name = slice_of(table->headers[column]);
    row.detail = slice_of(status_of(reading));
    row.columns = buf_slice(&columns);
    row.share = reading->filled;
    return add(telling, &row, err);
}

static int tell_sources(struct telling *telling, struct tq_error *err)
{
    uint32_t columns = telling->examination->stored->head.column_count;
    int r;

    if (telling->sources.need_count == 0)
        return TQ_OK;
    r = tell_table(telling, err);
    for (unsigned i = 0; i < telling->sources.count && r == TQ_OK; i++)
        r = tell_source(telling, i, err);
    for (uint32_t i = 0; i < columns && r == TQ_OK; i++) {
        if (!is_column_explained(telling, i))
            r = tell_unexplained(telling, i, err);
    }
    return r;
}

/* ---- for the coverage ---- */

static int find_subjects(struct examination *examination, struct subject_sample *sample,
                         struct tq_error *err)
{
    const struct reg *reg = examination->inquiry->request->reg;
    struct subject_marks marks;
    int r = subject_marks_init(&marks, reg->kinds[examination->reading.kind].subject_count, err);

    for (uint32_t i = 0; i < examination->batch_count && r == TQ_OK; i++)
        subject_marks_add(&marks, examination->results[i].links,
                          examination->results[i].record_count);
    if (r == TQ_OK)
        r = subject_sample_marked(&marks, sample, err);
    subject_marks_clear(&marks);
    return r;
}

static int note_fields(const struct examination *examination, struct coverage_table *table,
                       struct tq_error *err)
{
    const struct reading *reading = &examination->reading;

    table->fields = alloc_zeroed(examination->inquiry->request->reg->field_count + (size_t)1,
                                 sizeof(*table->fields));
    if (!table->fields)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < reading->column_count; i++) {
        if (reading->columns[i].status == READING_FULL
            && reading->columns[i].target.field != FIELD_NONE)
            table->fields[reading->columns[i].target.field] = true;
    }
    return TQ_OK;
}

/* The table goes to the inquiry even if it fails half-way: it is freed there. */
static int keep_table(struct examination *examination, struct coverage_table **out_table,
                      struct tq_error *err)
{
    struct inquiry *inquiry = examination->inquiry;
    struct coverage_table *table;
    int r = alloc_reserve(&inquiry->covered, &inquiry->covered_capacity, inquiry->covered_count + 1,
                          sizeof(*inquiry->covered), err);

    if (r < 0)
        return r;
    table = &inquiry->covered[inquiry->covered_count++];
    *table = (struct coverage_table){.number = examination->stored->number,
                                     .kind = examination->reading.kind,
                                     .at = examination_moment(examination)};
    *out_table = table;
    r = find_subjects(examination, &table->shown, err);
    return r < 0 ? r : note_fields(examination, table, err);
}

/* ---- months ---- */

/* The column of which the months are told: the first that is read per period. */
static uint32_t find_periodic(const struct reading *reading)
{
    uint32_t i = 0;

    while (i < reading->column_count
           && (reading->columns[i].status != READING_FULL
               || reading->columns[i].target.field == FIELD_NONE
               || reading->columns[i].target.period_mode == PERIOD_NONE))
        i++;
    return i;
}

/* Several columns of one field are one for each month. */
static bool is_same_field(const struct column_reading *a, const struct column_reading *b)
{
    return a->status == b->status && a->target.field == b->target.field
           && a->target.through == b->target.through
           && (a->target.period_mode == PERIOD_NONE) == (b->target.period_mode == PERIOD_NONE);
}

static int count_months(struct examination *examination, uint32_t first, struct period_tally *tally,
                        struct tq_error *err)
{
    const struct reading *reading = &examination->reading;
    uint32_t stride = (examination->batch_count + SAMPLE_BATCHES - 1) / SAMPLE_BATCHES;
    struct finding_batch findings = {0};
    int r = TQ_OK;

    for (uint32_t i = 0; i < examination->batch_count && r == TQ_OK; i += stride) {
        r = case_load_findings(examination->inquiry->request->store, examination->stored->number, i,
                               &findings, err);
        for (uint32_t k = first; r == TQ_OK && k < reading->column_count; k++) {
            if (is_same_field(&reading->columns[k], &reading->columns[first]))
                period_tally_add(tally, &findings, (uint16_t)k);
        }
    }
    finding_batch_clear(&findings);
    return r;
}

static int tell_months(struct telling *telling, const struct subject_sample *all, int32_t at,
                       struct tq_error *err)
{
    struct examination *examination = telling->examination;
    uint32_t first = find_periodic(&examination->reading);
    struct period_tally tally;
    int r;

    if (first == examination->reading.column_count)
        return TQ_OK;
    r = period_tally_init(&tally, err);
    if (r == TQ_OK)
        r = count_months(examination, first, &tally, err);
    if (r == TQ_OK)
        r = period_tell(&tally, telling->reg, &examination->reading.columns[first].target, all, at,
                        examination->stored->number, &examination->inquiry->mosaic, err);
    period_tally_clear(&tally);
    return r;
}

int mosaic_add_table(struct examination *examination, struct tq_error *err)
{
    const struct reg *reg = examination->inquiry->request->reg;
    struct telling telling = {.examination = examination, .reg = reg};
    struct subject_sample all = {0};
    struct coverage_table *table = NULL;
    int r = keep_table(examination, &table, err);

    if (r == TQ_OK)
        r = mosaic_sources_find(reg, &examination->reading, &telling.sources, err);
    if (r == TQ_OK)
        r = subject_sample_all(reg->kinds[table->kind].subject_count, &all, err);
    if (r == TQ_OK)
        r = mosaic_source_rows(&telling.sources, &examination->reading, &table->shown, table->at,
                               &telling.shown, err);
    if (r == TQ_OK)
        r = mosaic_source_rows(&telling.sources, &examination->reading, &all, table->at,
                               &telling.held, err);
    if (r == TQ_OK)
        r = tell_sources(&telling, err);
    if (r == TQ_OK)
        r = tell_months(&telling, &all, table->at, err);
    subject_sample_clear(&all);
    mosaic_sources_clear(&telling.sources);
    return r;
}

/* ---- form ---- */

#define FORM_BATCHES 4u /* at a fixed stride: up to 16,384 rows */

static int count_form(struct examination *examination, struct form_tally *tally,
                      struct tq_error *err)
{
    uint32_t stride = (examination->batch_count + FORM_BATCHES - 1) / FORM_BATCHES;
    int r = TQ_OK;

    for (uint32_t i = 0; i < examination->batch_count && r == TQ_OK; i += stride) {
        const struct batch *batch;

        r = examination->source->load(examination->source->state, i, examination->workers[0].rows,
                                      &batch, err);
        if (r == TQ_OK)
            form_tally_add(tally, batch);
    }
    return r;
}

/* What the reader saw of the bytes. */
static int tell_fact(void *state, uint32_t exhibit, struct slice name, struct slice value,
                     struct tq_error *err)
{
    static const char *const names[] = {"encoding", "delimiter", "line-ends", "quoting",
                                        "byte-order-mark"};
    struct examination *examination = state;
    struct mosaic_row row = {.table = examination->stored->number,
                             .part = MOSAIC_FORMAT,
                             .name = name,
                             .detail = value,
                             .share = 1,
                             .held_share = -1,
                             .effect = -1,
                             .chance = -1};

    (void)exhibit;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (slice_is(name, names[i]))
            return mosaic_list_add(&examination->inquiry->mosaic, &row, err);
    }
    return TQ_OK;
}

int mosaic_add_form(struct examination *examination, struct tq_error *err)
{
    struct inquiry *inquiry = examination->inquiry;
    const struct stored_table *stored = examination->stored;
    struct form_tally *tally = NULL;
    int r = form_tally_new(stored->head.column_count, &tally, err);

    if (r == TQ_OK)
        r = count_form(examination, tally, err);
    if (r == TQ_OK && stored->exhibit != 0)
        r = case_facts(inquiry->request->store, stored->exhibit, tell_fact, examination, err);
    if (r == TQ_OK)
        r = form_tell(tally, &stored->head, &examination->reading, inquiry->request->reg,
                      stored->number, &inquiry->mosaic, err);
    (void)form_tally_free(tally);
    return r;
}

int inquiry_keep_mosaic(struct inquiry *inquiry, struct tq_error *err)
{
    int r = coverage_test(inquiry->request->reg, inquiry->covered, inquiry->covered_count,
                          &inquiry->mosaic, err);

    for (size_t i = 0; i < inquiry->mosaic.count && r == TQ_OK; i++)
        r = case_add_mosaic(inquiry->request->store, &inquiry->mosaic.items[i].row, err);
    return r;
}

void inquiry_drop_mosaic(struct inquiry *inquiry)
{
    for (size_t i = 0; i < inquiry->covered_count; i++)
        coverage_table_clear(&inquiry->covered[i]);
    free(inquiry->covered);
    mosaic_list_clear(&inquiry->mosaic);
}
