/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/prefetch.h"
#include "verdict/absence.h"
#include "verdict/amount_density.h"
#include "verdict/consistency.h"
#include "verdict/judge_state.h"
#include "verdict/record_verdict.h"
#include "verdict/row_lag.h"
#include "verdict/span_set.h"

#define PREVIOUS_ROWS 20 /* agreeing dated cells that must be seen (algorithms.md 1.3) */

DEFINE_CLEANUP(struct judge *, judge_free)

/* ---- making ---- */

static bool is_judged(const struct column_reading *column)
{
    return column->status == READING_FULL && column->role != ROLE_MONTH
           && column->target.field != FIELD_NONE;
}

static bool is_timeless(const struct field *field)
{
    return !field->known_from && !field->known_to && !field->valid_from && !field->valid_to;
}

static int column_init(struct judge *judge, uint32_t number, struct judge_column *column,
                       struct tq_error *err)
{
    const struct column_reading *reading = &judge->reading->columns[number];
    enum interpretation as = reading->interpretation;
    const struct reg *reg = judge->reg;

    column->number = number;
    column->reading = reading;
    column->field = reg_field(reg, reading->target.field);
    if (reading->target.through != FIELD_NONE)
        column->through = reg_field(reg, reading->target.through);
    column->own_keys = as == AS_CODEBOOK
                       || (as < AS_PLAIN_COUNT && interpretation_form(as) == column->field->form);
    column->timeless =
        is_timeless(column->field) && (!column->through || is_timeless(column->through));
    column->is_name = type_is_name(column->field->type) && (as == AS_NAME || as == AS_TOKENS);
    column->is_id = column->field->form == FORM_ID && column->own_keys;
    column->is_slot = judge->table->shape == SHAPE_DOCUMENTS && !judge->reading->lines_are_records
                      && column_source(reading, number) < judge->table->slot_count;
    column->is_periodic = column->field->periodic || (column->through && column->through->periodic);
    column->previous = reading->role == ROLE_PREVIOUS;
    return view_new(reg, reading, &column->view, err);
}

int judge_new(const struct reg *reg, const struct table *table, const struct reading *reading,
              struct judge **out_judge, struct tq_error *err)
{
    CLEANUP(judge_free_cleanup) struct judge *judge = alloc_zeroed(1, sizeof(*judge));
    int r;

    if (!judge)
        return tq_no_memory(err);
    judge->reg = reg;
    judge->table = table;
    judge->reading = reading;
    (void)pthread_mutex_init(&judge->lock, NULL);
    judge->columns = alloc_zeroed((size_t)reading->column_count + 1, sizeof(*judge->columns));
    if (!judge->columns)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < reading->column_count; i++) {
        if (!is_judged(&reading->columns[i]))
            continue;
        r = column_init(judge, i, &judge->columns[judge->column_count++], err);
        if (r < 0)
            return r;
    }
    r = amount_cache_new(reg, &judge->amounts, err);
    if (r < 0)
        return r;
    *out_judge = TAKE(judge);
    return TQ_OK;
}

struct judge *judge_free(struct judge *judge)
{
    if (!judge)
        return NULL;
    for (unsigned i = 0; judge->columns && i < judge->column_count; i++)
        (void)view_free(judge->columns[i].view);
    free(judge->columns);
    (void)amount_cache_free(judge->amounts);
    (void)consistency_free(judge->rules);
    (void)pthread_mutex_destroy(&judge->lock);
    free(judge);
    return NULL;
}

int judge_use_rules(struct judge *judge, const struct rule_binding *rules, int32_t today,
                    struct tq_error *err)
{
    return judge->reg->fingerprints_only ? TQ_OK
                                         : consistency_new(judge, rules, today, &judge->rules, err);
}

const struct rule_tally *judge_rule_tallies(const struct judge *judge)
{
    return judge->rules ? consistency_tallies(judge->rules) : NULL;
}

struct judge_scratch *judge_scratch_new(const struct judge *judge)
{
    struct judge_scratch *scratch = alloc_zeroed(1, sizeof(*scratch));

    if (!scratch)
        return NULL;
    scratch->column_count = judge->column_count;
    scratch->keys = alloc_zeroed((size_t)judge->column_count + 1, sizeof(*scratch->keys));
    scratch->shown = alloc_zeroed((size_t)judge->column_count + 1, sizeof(*scratch->shown));
    scratch->showing = alloc_zeroed((size_t)judge->column_count + 1, sizeof(*scratch->showing));
    if (!scratch->keys || !scratch->shown || !scratch->showing)
        return judge_scratch_free(scratch);
    return scratch;
}

struct judge_scratch *judge_scratch_free(struct judge_scratch *scratch)
{
    if (!scratch)
        return NULL;
    free(scratch->keys);
    free(scratch->shown);
    free(scratch->showing);
    batch_keys_clear(&scratch->own_keys);
    free(scratch->periods);
    free(scratch->subjects);
    free(scratch->record_rows);
    free(scratch->record_subjects);
    free(scratch->own_block.claims);
    free(scratch->own_block.held);
    held_list_clear(&scratch->list);
    held_list_clear(&scratch->other_list);
    buf_clear(&scratch->text);
    buf_clear(&scratch->other_text);
    free(scratch->open_cells);
    free(scratch->suspects);
    free(scratch->ends);
    free(scratch->subject_records);
    free(scratch->lags);
    (void)consistency_scratch_free(scratch->rules);
    free(scratch);
    return NULL;
}

/* ---- going over a batch ---- */

/* What is done with each record of a batch, its claims being in the present block. */
struct visit {
    const struct judge *judge;
    struct judge_scratch *scratch;
    const struct linked_batch *linked;
    const struct dating *dating;
    struct dated_row *dated;        /* judge_intervals() */
    struct column_counts *counts;   /* judge_learn() */
    struct finding_batch *findings; /* judge_batch() */
};

typedef int visit_record(const struct visit *visit, const struct record_rows *rows, uint32_t record,
                         struct tq_error *err);

static int visit_batch(const struct visit *visit, visit_record *each, struct tq_error *err)
{
    const struct batch *batch = visit->linked->batch;
    uint32_t record = 0, block = 0;
    int r = claims_begin(visit->judge, visit->scratch, visit->linked, err);

    for (uint32_t first = 0; first < batch->row_count && r == TQ_OK; block++) {
        uint32_t block_end = claims_block_end(batch, first);

        r = batch_claims_find(visit->linked, block, visit->judge, visit->scratch, first, block_end,
                              err);
        while (first < block_end && r == TQ_OK) {
            uint32_t end = batch_record_end(batch, first);
            struct record_rows rows = {first, end, visit->scratch->subjects[first],
                                       (batch->flags[first] & ROW_BY_OCR) != 0};

            r = each(visit, &rows, record, err);
            record++;
            first = end;
        }
    }
    if (r < 0)
        return r;
    r = buf_check(&visit->scratch->text, err);
    return r < 0 ? r : buf_check(&visit->scratch->other_text, err);
}

/* Rows between asking for what a value's text is made of and reading it. */
#define AHEAD_OFFSET 12u
#define AHEAD_TEXT   6u

/* The fact that a cell of a row ahead agrees with, or NULL. */
static inline const struct held *held_ahead(struct judge_scratch *scratch, uint32_t row,
                                            unsigned column)
{
    const struct claim *claim;

    if (row >= scratch->block_last)
        return NULL;
    claim = claim_at(scratch, row, column);
    return claim->state == CLAIM_AGREES ? &scratch->block.held[claim->held_first] : NULL;
}

/* Judging reads the held values of names and identifiers, which lie all over the register. */
PREFETCHING void prefetch_texts(struct judge_scratch *scratch, const struct judge *judge,
                                uint32_t row)
{
    for (unsigned i = 0; i < judge->column_count; i++) {
        const struct judge_column *column = &judge->columns[i];
        const struct held *held;

        if (!column->is_name && !column->is_id)
            continue;
        held = held_ahead(scratch, row + AHEAD_OFFSET, i);
        if (held)
            __builtin_prefetch(&column->field->value_text[held->value]);
        held = held_ahead(scratch, row + AHEAD_TEXT, i);
        if (held)
            __builtin_prefetch(field_value_text(column->field, held->value).data);
    }
}

static int judge_record(const struct visit *visit, const struct record_rows *rows, uint32_t record,
                        struct tq_error *err)
{
    prefetch_texts(visit->scratch, visit->judge, rows->first);
    return record_judge(visit->judge, visit->scratch, visit->linked->batch, rows, record,
                        &visit->linked->links[record], visit->dating, visit->findings, err);
}

int judge_batch(const struct judge *judge, struct judge_scratch *scratch,
                const struct linked_batch *linked, const struct dating *dating,
                struct finding_batch *findings, struct tq_error *err)
{
    struct visit visit = {.judge = judge,
                          .scratch = scratch,
                          .linked = linked,
                          .dating = dating,
                          .findings = findings};
    size_t first_record = findings->record_count;
    int r;

    scratch->open_count = 0;
    r = visit_batch(&visit, judge_record, err);
    if (r < 0)
        return r;
    if (judge->rules)
        consistency_add_tallies(judge->rules, scratch->rules);
    return row_lag_resolve(judge, scratch, first_record, findings, err);
}

/* ---- intervals ---- */

/* Known time; where the register has no known times for a value, valid time must do. */
static void dating_span(const struct judge_column *column, const struct held *held, int32_t *from,
                        int32_t *to)
{
    bool is_known = held->known_from != MOMENT_MIN || held->known_to != MOMENT_MAX;

    *from = held->known_from;
    *to = held->known_to;
    if (is_known || column->field->periodic || column->field->known_from || column->field->known_to)
        return;
    *from = held->valid_from;
    *to = held->valid_to;
}

/* When the value of a claim that agrees was held. */
static struct span_set claim_known(const struct judge_column *column, const struct held *held,
                                   unsigned count)
{
    struct span_set spans;

    spans.count = 0;
    for (unsigned i = 0; i < count; i++) {
        int32_t from, to;

        dating_span(column, &held[i], &from, &to);
        span_set_add(&spans, from, to);
    }
    return spans;
}

/* An end that the record before has shown of the same holder in the same column says nothing new.
 */
static void open_shared_ends(struct span_set *spans, const struct shown_span *shown)
{
    struct span *first = &spans->spans[0], *last = &spans->spans[spans->count - 1];

    first->from = first->from == shown->from ? MOMENT_MIN : first->from;
    last->to = last->to == shown->to ? MOMENT_MAX : last->to;
}

/*
 * The time in which all agreeing cells of a record held. Lines of one declaration, or of a list
 * sorted by employer, show the same facts of one employer over and over: *out_shared if the record
 * before has shown facts of a subject that this one refers to as well. With `only_new`, such ends
 * count once.
 */
static struct span_set find_common(const struct visit *visit, const struct record_rows *rows,
                                   bool only_new, bool *out_shared)
{
    struct span_set common = {.count = 1, .spans = {{MOMENT_MIN, MOMENT_MAX}}};
    struct judge_scratch *scratch = visit->scratch;

    for (uint32_t row = rows->first; row < rows->last; row++) {
        for (unsigned i = 0; i < visit->judge->column_count; i++) {
            const struct judge_column *column = &visit->judge->columns[i];
            const struct claim *claim = claim_at(scratch, row, i);
            const struct held *held = &scratch->block.held[claim->held_first];
            struct span_set spans;

            if (claim->state != CLAIM_AGREES || column->timeless || column->previous)
                continue;
            spans = claim_known(column, held, claim->held_count);
            if (column->through && spans.count > 0) {
                scratch->showing[i] = (struct shown_span){.holder = held->holder,
                                                          .from = spans.spans[0].from,
                                                          .to = spans.spans[spans.count - 1].to};
                if (held->holder == scratch->shown[i].holder) {
                    *out_shared = true;
                    if (only_new)
                        open_shared_ends(&spans, &scratch->shown[i]);
                }
            }
            span_set_intersect(&common, &spans);
        }
    }
    return common;
}

static int find_interval(const struct visit *visit, const struct record_rows *rows, uint32_t record,
                         struct tq_error *err)
{
    struct judge_scratch *scratch = visit->scratch;
    struct dated_row *dated = &visit->dated[record];
    struct span_set common;
    bool shared = false;

    (void)err;
    *dated = (struct dated_row){0, 0};
    if (rows->subject == SUBJECT_NONE)
        return TQ_OK;
    common = find_common(visit, rows, false, &shared);
    if (common.count > 0 && shared)
        common = find_common(visit, rows, true, &shared);
    memcpy(scratch->shown, scratch->showing, scratch->column_count * sizeof(*scratch->shown));
    /* Of several spans the whole from first to last: it says less, and nothing wrong. */
    if (common.count > 0)
        *dated = (struct dated_row){common.spans[0].from, common.spans[common.count - 1].to};
    return TQ_OK;
}

/*
 * Where several records share a subject (a row a month), its records tell the same changes over and
 * over. Neighbours about one subject count once, with the time in which all of them held; if there
 * is none, they show its history, and each stands for itself.
 */
static void merge_neighbours(const struct judge_scratch *scratch, struct dated_row *rows)
{
    for (uint32_t first = 0, end; first < scratch->record_count; first = end) {
        struct dated_row common = rows[first];

        for (end = first + 1; end < scratch->record_count
                              && scratch->record_subjects[end] == scratch->record_subjects[first];
             end++) {
            common.from = rows[end].from > common.from ? rows[end].from : common.from;
            common.to = rows[end].to < common.to ? rows[end].to : common.to;
        }
        if (end == first + 1 || common.from >= common.to)
            continue;
        rows[first] = common;
        for (uint32_t i = first + 1; i < end; i++)
            rows[i] = (struct dated_row){0, 0};
    }
}

int judge_intervals(const struct judge *judge, struct judge_scratch *scratch,
                    const struct linked_batch *linked, struct dated_row *rows, struct tq_error *err)
{
    struct visit visit = {.judge = judge, .scratch = scratch, .linked = linked, .dated = rows};
    int r;

    for (unsigned i = 0; i < judge->column_count; i++)
        scratch->shown[i] = scratch->showing[i] = (struct shown_span){.holder = SUBJECT_NONE};
    r = visit_batch(&visit, find_interval, err);
    if (r == TQ_OK && judge->reading->repeated_subject)
        merge_neighbours(scratch, rows);
    return r;
}

/* ---- learning ---- */

static bool is_dated(const struct judge_scratch *scratch, const struct claim *claim)
{
    for (unsigned i = 0; i < claim->held_count; i++) {
        int32_t from, to;

        if (!held_span(&scratch->block.held[claim->held_first + i], &from, &to)
            || from != MOMENT_MIN || to != MOMENT_MAX)
            return true;
    }
    return false;
}

static bool is_any_throughout(const struct held *held, size_t count, const struct record_time *time)
{
    for (size_t i = 0; i < count; i++) {
        int32_t from, to;

        if (held_span(&held[i], &from, &to) && from <= time->from
            && (to > time->to || to == MOMENT_MAX))
            return true;
    }
    return false;
}

/* Whether the subject held some value throughout the support: mostly the one that is claimed. */
static int is_held_throughout(const struct visit *visit, const struct judge_column *column,
                              const struct claim *claim, uint32_t subject,
                              const struct record_time *time, bool *out_held, struct tq_error *err)
{
    struct judge_scratch *scratch = visit->scratch;
    int r;

    *out_held =
        claim->held_count > 0
        && is_any_throughout(&scratch->block.held[claim->held_first], claim->held_count, time);
    if (*out_held)
        return TQ_OK;
    r = claim_find_held(visit->judge, column, subject, claim->period, &scratch->list, err);
    *out_held = r == TQ_OK && is_any_throughout(scratch->list.items, scratch->list.count, time);
    return r;
}

static int learn_empty(const struct visit *visit, const struct record_rows *rows,
                       const struct record_time *time, const struct judge_column *column,
                       const struct claim *claim, struct column_counts *counts,
                       struct tq_error *err)
{
    enum absence absence;
    int r = absence_find(visit->judge, visit->scratch, rows, time, column, claim, &absence, err);

    if (r < 0)
        return r;
    counts->held += absence != ABSENCE_NOTHING;
    counts->missing += absence == ABSENCE_MISSING;
    counts->not_yet += absence == ABSENCE_NOT_YET;
    return TQ_OK;
}

static int learn_claim(const struct visit *visit, unsigned number, const struct claim *claim,
                       const struct record_rows *rows, const struct record_time *time,
                       struct tq_error *err)
{
    const struct judge_column *column = &visit->judge->columns[number];
    struct column_counts *counts = &visit->counts[number];
    bool held = false;
    int r;

    if (claim->state == CLAIM_EMPTY)
        return learn_empty(visit, rows, time, column, claim, counts, err);
    if (claim->state != CLAIM_AGREES && claim->state != CLAIM_DIFFERS)
        return TQ_OK;
    if (claim->state == CLAIM_AGREES && !column->timeless && is_dated(visit->scratch, claim)) {
        counts->dated++;
        counts->earlier += claim->when == HELD_EARLIER;
    }
    r = is_held_throughout(visit, column, claim, rows->subject, time, &held, err);
    counts->held += held;
    counts->filled += held;
    return r;
}

static int learn_record(const struct visit *visit, const struct record_rows *rows, uint32_t record,
                        struct tq_error *err)
{
    struct record_time time;
    int r;

    (void)record;
    if (rows->subject == SUBJECT_NONE)
        return TQ_OK;
    r = record_time_find(visit->judge, visit->scratch, rows, visit->dating, &time, err);
    for (uint32_t row = rows->first; row < rows->last; row++) {
        for (unsigned i = 0; i < visit->judge->column_count && r == TQ_OK; i++)
            r = learn_claim(visit, i, claim_at(visit->scratch, row, i), rows, &time, err);
    }
    return r;
}

int judge_learn(struct judge *judge, struct judge_scratch *scratch,
                const struct linked_batch *linked, const struct dating *dating,
                struct tq_error *err)
{
    CLEANUP(free_cleanup)
    struct column_counts *counts = alloc_zeroed((size_t)judge->column_count + 1, sizeof(*counts));
    struct visit visit = {
        .judge = judge, .scratch = scratch, .linked = linked, .dating = dating, .counts = counts};
    int r;

    if (!counts)
        return tq_no_memory(err);
    r = visit_batch(&visit, learn_record, err);
    if (r < 0)
        return r;
    (void)pthread_mutex_lock(&judge->lock);
    for (unsigned i = 0; i < judge->column_count; i++) {
        judge->columns[i].counts.held += counts[i].held;
        judge->columns[i].counts.filled += counts[i].filled;
        judge->columns[i].counts.missing += counts[i].missing;
        judge->columns[i].counts.not_yet += counts[i].not_yet;
        judge->columns[i].counts.dated += counts[i].dated;
        judge->columns[i].counts.earlier += counts[i].earlier;
    }
    (void)pthread_mutex_unlock(&judge->lock);
    return TQ_OK;
}

void judge_set_roles(struct judge *judge, bool *out_changed)
{
    bool changed = false;

    for (unsigned i = 0; i < judge->column_count; i++) {
        struct judge_column *column = &judge->columns[i];

        column->empty_is_early = absence_is_early(judge, column);
        if (column->previous || column->field->periodic || column->counts.dated < PREVIOUS_ROWS
            || 2 * column->counts.earlier <= column->counts.dated)
            continue;
        column->previous = true;
        changed = true;
    }
    *out_changed = changed;
}

bool judge_is_previous(const struct judge *judge, uint32_t column)
{
    for (unsigned i = 0; i < judge->column_count; i++) {
        if (judge->columns[i].number == column)
            return judge->columns[i].previous;
    }
    return false;
}
