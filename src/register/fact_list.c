/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/fact_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "register/fact_rows.h"

#define CHUNK_FIRST     1024u  /* a toy field stays small */
#define CHUNK_FACTS     65536u /* a large one has few chunks */
#define SETTLED_FACTS   8u     /* more are compared by sorting */
#define INSERTION_FACTS 64u    /* up to here insertion sort wins; histories come almost sorted */

/* Some rows and a column of them. */
struct fact_chunk {
    struct fact_rows *rows; /* held */
    uint32_t *value;        /* owned; rows->capacity of them */
    bool shared;            /* with other fields: takes no more rows */
};

/* The arrays of the field while they are written. */
struct columns {
    uint32_t *start;
    uint32_t *value;
    int32_t *known_from, *known_to, *valid_from, *valid_to;
    uint16_t *period;
};

static void chunk_clear(struct fact_chunk *chunk)
{
    (void)fact_rows_let_go(chunk->rows);
    free(chunk->value);
    *chunk = (struct fact_chunk){0};
}

void fact_list_clear(struct fact_list *list)
{
    for (size_t i = 0; i < list->chunk_count; i++)
        chunk_clear(&list->chunks[i]);
    free(list->chunks);
    *list = (struct fact_list){0};
}

/* `rows` are let go on failure too. */
static int add_chunk(struct fact_list *list, struct fact_rows *rows, bool shared,
                     struct tq_error *err)
{
    struct fact_chunk chunk = {.rows = rows, .shared = shared};
    int r = alloc_reserve(&list->chunks, &list->chunk_capacity, list->chunk_count + 1,
                          sizeof(*list->chunks), err);

    if (r == TQ_OK && rows)
        chunk.value = alloc_resize(NULL, rows->capacity, sizeof(*chunk.value));
    if (r == TQ_OK && !chunk.value)
        r = tq_no_memory(err);
    if (r < 0) {
        chunk_clear(&chunk);
        return r;
    }
    list->chunks[list->chunk_count++] = chunk;
    return TQ_OK;
}

/* Count a fact and what it needs. */
static int note(struct fact_list *list, const struct fact *fact, struct tq_error *err)
{
    if (list->count == REGISTER_ITEMS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u facts of one field", REGISTER_ITEMS_MAX);
    list->count++;
    list->has_known |= fact_is_known_in_time(fact);
    list->has_valid |= fact_is_valid_in_time(fact);
    list->has_period |= fact->period != MONTH_NONE;
    return TQ_OK;
}

int fact_list_add(struct fact_list *list, const struct fact *fact, struct tq_error *err)
{
    struct fact_chunk *chunk = list->chunk_count ? &list->chunks[list->chunk_count - 1] : NULL;
    int r;

    if (!chunk || chunk->shared || chunk->rows->count == chunk->rows->capacity) {
        r = add_chunk(list, fact_rows_new(list->chunk_count ? CHUNK_FACTS : CHUNK_FIRST), false,
                      err);
        if (r < 0)
            return r;
        chunk = &list->chunks[list->chunk_count - 1];
    }
    chunk->value[chunk->rows->count] = fact->value;
    r = fact_rows_add(chunk->rows, fact, err);
    return r < 0 ? r : note(list, fact, err);
}

int fact_list_begin_own(struct fact_list *list, size_t *out_chunk, struct tq_error *err)
{
    *out_chunk = list->chunk_count;
    return add_chunk(list, fact_rows_new(CHUNK_FACTS), false, err);
}

struct fact fact_list_own(const struct fact_list *list, size_t chunk, uint32_t number)
{
    const struct fact_chunk *own = &list->chunks[chunk + number / CHUNK_FACTS];
    struct fact fact = fact_rows_get(own->rows, number % CHUNK_FACTS);

    fact.value = own->value[number % CHUNK_FACTS];
    return fact;
}

bool fact_list_go_on(struct fact_list *list, size_t chunk, uint32_t number, int32_t from,
                     int32_t to)
{
    struct fact_rows *rows = list->chunks[chunk + number / CHUNK_FACTS].rows;
    uint32_t row = number % CHUNK_FACTS;

    if (!rows->known_to)
        return true; /* always known */
    if (rows->known_to[row] == from)
        rows->known_to[row] = to;
    return rows->known_to[row] >= from;
}

/* Whether a row that has a value has an end in the interval; NULL: no row has one. */
static bool any_end(const int32_t *from, const int32_t *to, const uint32_t *values, uint32_t count)
{
    for (uint32_t i = 0; from && i < count; i++) {
        if (values[i] != FACT_VALUE_NONE && (from[i] != MOMENT_MIN || to[i] != MOMENT_MAX))
            return true;
    }
    return false;
}

static bool any_period(const uint16_t *period, const uint32_t *values, uint32_t count)
{
    for (uint32_t i = 0; period && i < count; i++) {
        if (values[i] != FACT_VALUE_NONE && period[i] != MONTH_NONE)
            return true;
    }
    return false;
}

/* Count the facts of a column and what they need, as note() does for one. */
static int note_column(struct fact_list *list, const struct fact_rows *rows, const uint32_t *values,
                       uint32_t count, struct tq_error *err)
{
    if (count > REGISTER_ITEMS_MAX - list->count)
        return tq_fail(err, TQ_E_LIMIT, "more than %u facts of one field", REGISTER_ITEMS_MAX);
    list->count += count;
    list->has_known |= any_end(rows->known_from, rows->known_to, values, rows->count);
    list->has_valid |= any_end(rows->valid_from, rows->valid_to, values, rows->count);
    list->has_period |= any_period(rows->period, values, rows->count);
    return TQ_OK;
}

int fact_list_add_column(struct fact_list *list, struct fact_rows *rows, const uint32_t *values,
                         struct tq_error *err)
{
    uint32_t count = 0;
    int r;

    for (uint32_t i = 0; i < rows->count; i++)
        count += values[i] != FACT_VALUE_NONE;
    if (count == 0)
        return TQ_OK;
    r = add_chunk(list, fact_rows_hold(rows), true, err);
    if (r < 0)
        return r;
    memcpy(list->chunks[list->chunk_count - 1].value, values, rows->count * sizeof(*values));
    return note_column(list, rows, values, count, err);
}

static int columns_make(const struct fact_list *list, uint32_t subject_count,
                        struct register_file *file, struct columns *out, struct tq_error *err)
{
    size_t count = (size_t)list->count;
    struct columns columns = {0};
    bool made;

    columns.start = register_file_array(file, (size_t)subject_count + 1, sizeof(*columns.start));
    columns.value = register_file_room(file, count, sizeof(*columns.value));
    made = columns.start && columns.value;
    if (list->has_known) {
        columns.known_from = register_file_room(file, count, sizeof(*columns.known_from));
        columns.known_to = register_file_room(file, count, sizeof(*columns.known_to));
        made = made && columns.known_from && columns.known_to;
    }
    if (list->has_valid) {
        columns.valid_from = register_file_room(file, count, sizeof(*columns.valid_from));
        columns.valid_to = register_file_room(file, count, sizeof(*columns.valid_to));
        made = made && columns.valid_from && columns.valid_to;
    }
    if (list->has_period) {
        columns.period = register_file_room(file, count, sizeof(*columns.period));
        made = made && columns.period;
    }
    if (!made)
        return tq_no_memory(err);
    *out = columns;
    return TQ_OK;
}

static struct fact columns_get(const struct columns *columns, uint64_t i)
{
    struct fact fact = {.value = columns->value[i],
                        .period = MONTH_NONE,
                        .known_from = MOMENT_MIN,
                        .known_to = MOMENT_MAX,
                        .valid_from = MOMENT_MIN,
                        .valid_to = MOMENT_MAX};

    if (columns->known_from) {
        fact.known_from = columns->known_from[i];
        fact.known_to = columns->known_to[i];
    }
    if (columns->valid_from) {
        fact.valid_from = columns->valid_from[i];
        fact.valid_to = columns->valid_to[i];
    }
    if (columns->period)
        fact.period = columns->period[i];
    return fact;
}

static void columns_put(const struct columns *columns, uint64_t i, const struct fact *fact)
{
    columns->value[i] = fact->value;
    if (columns->known_from) {
        columns->known_from[i] = fact->known_from;
        columns->known_to[i] = fact->known_to;
    }
    if (columns->valid_from) {
        columns->valid_from[i] = fact->valid_from;
        columns->valid_to[i] = fact->valid_to;
    }
    if (columns->period)
        columns->period[i] = fact->period;
}

static uint32_t rank_of(const uint32_t *rank, uint32_t number)
{
    return rank ? rank[number] : number;
}

static void count_facts(const struct fact_chunk *chunk, const uint32_t *subject_rank,
                        uint32_t *start)
{
    const uint32_t *subject = chunk->rows->subject;

    for (uint32_t i = 0; i < chunk->rows->count; i++) {
        if (chunk->value[i] != FACT_VALUE_NONE)
            start[rank_of(subject_rank, subject[i])]++;
    }
}

/* An interval of row `i`, which the rows may all have without an end. */
static inline void put_interval(int32_t *from, int32_t *to, uint32_t at, const int32_t *row_from,
                                const int32_t *row_to, uint32_t i)
{
    if (!from)
        return;
    from[at] = row_from ? row_from[i] : MOMENT_MIN;
    to[at] = row_to ? row_to[i] : MOMENT_MAX;
}

static void scatter_chunk(const struct fact_chunk *chunk, const uint32_t *subject_rank,
                          const uint32_t *value_rank, const struct columns *columns)
{
    const struct fact_rows *rows = chunk->rows;

    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t at;

        if (chunk->value[i] == FACT_VALUE_NONE)
            continue;
        at = columns->start[rank_of(subject_rank, rows->subject[i])]++;
        columns->value[at] = rank_of(value_rank, chunk->value[i]);
        put_interval(columns->known_from, columns->known_to, at, rows->known_from, rows->known_to,
                     i);
        put_interval(columns->valid_from, columns->valid_to, at, rows->valid_from, rows->valid_to,
                     i);
        if (columns->period)
            columns->period[at] = rows->period ? rows->period[i] : MONTH_NONE;
    }
}

/* Counting sort by subject. Each chunk is freed as soon as it is read, so that the facts are never
 * held twice. */
static void scatter(struct fact_list *list, const uint32_t *subject_rank,
                    const uint32_t *value_rank, uint32_t subject_count,
                    const struct columns *columns)
{
    uint32_t *start = columns->start, sum = 0;

    for (size_t c = 0; c < list->chunk_count; c++)
        count_facts(&list->chunks[c], subject_rank, start);
    for (uint32_t subject = 0; subject < subject_count; subject++) {
        uint32_t own = start[subject];

        start[subject] = sum;
        sum += own;
    }
    for (size_t c = 0; c < list->chunk_count; c++) {
        scatter_chunk(&list->chunks[c], subject_rank, value_rank, columns);
        chunk_clear(&list->chunks[c]);
    }
    /* Each start has moved to its end, which is where the next one begins. */
    memmove(start + 1, start, subject_count * sizeof(*start));
    start[0] = 0;
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* The same value in the same period and validity together, for merging. */
static int compare_same(const void *a, const void *b)
{
    const struct fact *x = a, *y = b;
    int order = ORDER(x->period, y->period);

    order = order ? order : ORDER(x->value, y->value);
    order = order ? order : ORDER(x->valid_from, y->valid_from);
    order = order ? order : ORDER(x->valid_to, y->valid_to);
    order = order ? order : ORDER(x->known_from, y->known_from);
    return order ? order : ORDER(x->known_to, y->known_to);
}

/* The order of the contract. */
static int compare_facts(const void *a, const void *b)
{
    const struct fact *x = a, *y = b;
    int order = ORDER(x->period, y->period);

    order = order ? order : ORDER(x->known_from, y->known_from);
    order = order ? order : ORDER(x->value, y->value);
    order = order ? order : ORDER(x->valid_from, y->valid_from);
    order = order ? order : ORDER(x->valid_to, y->valid_to);
    return order ? order : ORDER(x->known_to, y->known_to);
}

static void sort_facts(struct fact *facts, size_t count, int (*compare)(const void *, const void *))
{
    if (count > INSERTION_FACTS) {
        qsort(facts, count, sizeof(*facts), compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct fact fact = facts[i];
        size_t at = i;

        for (; at > 0 && compare(&facts[at - 1], &fact) > 0; at--)
            facts[at] = facts[at - 1];
        facts[at] = fact;
    }
}

static bool abuts(const struct fact *a, const struct fact *b)
{
    return a->period == b->period && a->value == b->value && a->valid_from == b->valid_from
           && a->valid_to == b->valid_to && b->known_from <= a->known_to;
}

/* Number of facts left. */
static size_t merge(struct fact *facts, size_t count)
{
    size_t kept = 0;

    for (size_t i = 1; i < count; i++) {
        if (!abuts(&facts[kept], &facts[i]))
            facts[++kept] = facts[i];
        else if (facts[i].known_to > facts[kept].known_to)
            facts[kept].known_to = facts[i].known_to;
    }
    return count ? kept + 1 : 0;
}

/* Memory for the facts of one subject; grows. */
struct workspace {
    struct fact *facts; /* owned */
    size_t capacity;
};

/* Order and merge `count` facts from `from` on and put them at *at, which is not behind. */
static int order_run(const struct columns *columns, uint32_t from, uint32_t count,
                     struct workspace *workspace, uint32_t *at, struct tq_error *err)
{
    struct fact *facts;
    size_t kept;
    int r = alloc_reserve(&workspace->facts, &workspace->capacity, count, sizeof(*facts), err);

    if (r < 0)
        return r;
    facts = workspace->facts;
    for (uint32_t i = 0; i < count; i++)
        facts[i] = columns_get(columns, from + i);
    kept = count;
    if (count > 1) {
        sort_facts(facts, count, compare_same);
        kept = merge(facts, count);
        sort_facts(facts, kept, compare_facts);
    }
    for (size_t i = 0; i < kept; i++)
        columns_put(columns, (*at)++, &facts[i]);
    return TQ_OK;
}

/* Whether facts of one period stand in the order of the contract, and all have different values, so
 * that none can be merged. Most histories come like this. */
static bool is_settled(const struct columns *columns, uint32_t from, uint32_t count)
{
    const uint32_t *value = columns->value + from;
    const int32_t *known = columns->known_from ? columns->known_from + from : NULL;

    if (count > SETTLED_FACTS)
        return false;
    for (uint32_t i = 1; i < count; i++) {
        bool ascends =
            known && known[i - 1] != known[i] ? known[i - 1] < known[i] : value[i - 1] < value[i];

        for (uint32_t before = 0; before < i; before++)
            ascends &= value[before] != value[i];
        if (!ascends)
            return false;
    }
    return true;
}

/* Facts from `from` on to *at, which is not behind, as they are. */
static void move_run(const struct columns *columns, uint32_t from, uint32_t count, uint32_t *at)
{
    for (uint32_t i = from; i < from + count; i++, (*at)++) {
        struct fact fact;

        if (i == *at)
            continue;
        fact = columns_get(columns, i);
        columns_put(columns, *at, &fact);
    }
}

/* How many facts from `from` on are of one period, of `left`. Both orders begin with the period. */
static uint32_t run_length(const uint16_t *period, uint32_t from, uint32_t left)
{
    uint32_t count = 1;

    while (count < left && (!period || period[from + count] == period[from]))
        count++;
    return count;
}

/* Whether the periods come in order, as in most tables; of no periods, they do. */
static bool periods_ascend(const uint16_t *period, uint32_t from, uint32_t count)
{
    bool ascend = true;

    for (uint32_t i = 1; period && i < count; i++)
        ascend &= period[from + i - 1] <= period[from + i];
    return ascend;
}

static int order_subject(const struct columns *columns, uint32_t from, uint32_t end,
                         struct workspace *workspace, uint32_t *at, struct tq_error *err)
{
    bool by_period = periods_ascend(columns->period, from, end - from);

    while (from < end) {
        uint32_t count = by_period ? run_length(columns->period, from, end - from) : end - from;
        int r;

        if (by_period && is_settled(columns, from, count)) {
            move_run(columns, from, count, at);
        } else {
            r = order_run(columns, from, count, workspace, at, err);
            if (r < 0)
                return r;
        }
        from += count;
    }
    return TQ_OK;
}

/* Order and merge the facts of each subject, closing the gaps that merging leaves. */
static int order_subjects(const struct columns *columns, uint32_t subject_count,
                          struct tq_error *err)
{
    struct workspace workspace = {0};
    uint32_t written = 0, from = 0;
    int r = TQ_OK;

    for (uint32_t subject = 0; subject < subject_count && r == TQ_OK; subject++) {
        uint32_t end = columns->start[subject + 1];

        columns->start[subject] = written;
        r = order_subject(columns, from, end, &workspace, &written, err);
        from = end;
    }
    columns->start[subject_count] = written;
    free(workspace.facts);
    return r;
}

int fact_list_sort(struct fact_list *list, const uint32_t *subject_rank, const uint32_t *value_rank,
                   uint32_t subject_count, struct register_file *file, struct field *field,
                   struct tq_error *err)
{
    struct columns columns = {0};
    int r = columns_make(list, subject_count, file, &columns, err);

    if (r == TQ_OK) {
        scatter(list, subject_rank, value_rank, subject_count, &columns);
        r = order_subjects(&columns, subject_count, err);
    }
    fact_list_clear(list);
    if (r < 0)
        return r;

    field->fact_start = columns.start;
    field->fact_count = columns.start[subject_count];
    field->fact_value = columns.value;
    field->known_from = columns.known_from;
    field->known_to = columns.known_to;
    field->valid_from = columns.valid_from;
    field->valid_to = columns.valid_to;
    field->fact_period = columns.period;
    return TQ_OK;
}

bool fact_list_next(const struct fact_list *list, struct fact_cursor *cursor, struct fact *out)
{
    for (; cursor->chunk < list->chunk_count; cursor->chunk++, cursor->row = 0) {
        const struct fact_chunk *chunk = &list->chunks[cursor->chunk];

        while (cursor->row < chunk->rows->count) {
            uint32_t row = cursor->row++;

            if (chunk->value[row] == FACT_VALUE_NONE)
                continue;
            *out = fact_rows_get(chunk->rows, row);
            out->value = chunk->value[row];
            return true;
        }
    }
    return false;
}

size_t facts_settle(struct fact *facts, size_t count)
{
    sort_facts(facts, count, compare_same);
    return merge(facts, count);
}

void facts_order(struct fact *facts, size_t count)
{
    sort_facts(facts, count, compare_facts);
}
