/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/fact_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"

#define CHUNK_FIRST     1024u  /* a toy field stays small */
#define CHUNK_FACTS     65536u /* a large one has few chunks */
#define INSERTION_FACTS 64u    /* up to here insertion sort wins; histories come almost sorted */

/* Columns that no fact of the chunk needs are NULL. */
struct fact_chunk {
    uint32_t count, capacity;
    uint32_t *subject, *value;
    int32_t *known_from, *known_to, *valid_from, *valid_to;
    uint16_t *period;
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
    free(chunk->subject);
    free(chunk->value);
    free(chunk->known_from);
    free(chunk->known_to);
    free(chunk->valid_from);
    free(chunk->valid_to);
    free(chunk->period);
    *chunk = (struct fact_chunk){0};
}

void fact_list_clear(struct fact_list *list)
{
    for (size_t i = 0; i < list->chunk_count; i++)
        chunk_clear(&list->chunks[i]);
    free(list->chunks);
    *list = (struct fact_list){0};
}

static int add_chunk(struct fact_list *list, struct tq_error *err)
{
    struct fact_chunk chunk = {.capacity = list->chunk_count ? CHUNK_FACTS : CHUNK_FIRST};
    int r = alloc_reserve(&list->chunks, &list->chunk_capacity, list->chunk_count + 1,
                          sizeof(*list->chunks), err);

    if (r < 0)
        return r;
    chunk.subject = alloc_resize(NULL, chunk.capacity, sizeof(*chunk.subject));
    chunk.value = alloc_resize(NULL, chunk.capacity, sizeof(*chunk.value));
    if (!chunk.subject || !chunk.value) {
        chunk_clear(&chunk);
        return tq_no_memory(err);
    }
    list->chunks[list->chunk_count++] = chunk;
    return TQ_OK;
}

/* Columns of an open interval for the facts that came before the first one with an end. */
static int open_interval(struct fact_chunk *chunk, int32_t **from, int32_t **to,
                         struct tq_error *err)
{
    if (*from)
        return TQ_OK;
    *to = alloc_resize(NULL, chunk->capacity, sizeof(**to));
    if (!*to)
        return tq_no_memory(err);
    *from = alloc_resize(NULL, chunk->capacity, sizeof(**from));
    if (!*from) {
        free(TAKE(*to));
        return tq_no_memory(err);
    }
    for (uint32_t i = 0; i < chunk->count; i++) {
        (*from)[i] = MOMENT_MIN;
        (*to)[i] = MOMENT_MAX;
    }
    return TQ_OK;
}

static int open_columns(struct fact_list *list, struct fact_chunk *chunk, const struct fact *fact,
                        struct tq_error *err)
{
    int r;

    if (fact->known_from != MOMENT_MIN || fact->known_to != MOMENT_MAX) {
        list->has_known = true;
        r = open_interval(chunk, &chunk->known_from, &chunk->known_to, err);
        if (r < 0)
            return r;
    }
    if (fact->valid_from != MOMENT_MIN || fact->valid_to != MOMENT_MAX) {
        list->has_valid = true;
        r = open_interval(chunk, &chunk->valid_from, &chunk->valid_to, err);
        if (r < 0)
            return r;
    }
    if (fact->period != MONTH_NONE && !chunk->period) {
        list->has_period = true;
        chunk->period = alloc_zeroed(chunk->capacity, sizeof(*chunk->period));
        if (!chunk->period)
            return tq_no_memory(err);
    }
    return TQ_OK;
}

int fact_list_add(struct fact_list *list, const struct fact *fact, struct tq_error *err)
{
    struct fact_chunk *chunk = list->chunk_count ? &list->chunks[list->chunk_count - 1] : NULL;
    uint32_t i;
    int r;

    if (list->count == REGISTER_ITEMS_MAX)
        return tq_fail(err, TQ_E_LIMIT, "more than %u facts of one field", REGISTER_ITEMS_MAX);
    if (!chunk || chunk->count == chunk->capacity) {
        r = add_chunk(list, err);
        if (r < 0)
            return r;
        chunk = &list->chunks[list->chunk_count - 1];
    }
    r = open_columns(list, chunk, fact, err);
    if (r < 0)
        return r;

    i = chunk->count++;
    chunk->subject[i] = fact->subject;
    chunk->value[i] = fact->value;
    if (chunk->known_from) {
        chunk->known_from[i] = fact->known_from;
        chunk->known_to[i] = fact->known_to;
    }
    if (chunk->valid_from) {
        chunk->valid_from[i] = fact->valid_from;
        chunk->valid_to[i] = fact->valid_to;
    }
    if (chunk->period)
        chunk->period[i] = fact->period;
    list->count++;
    return TQ_OK;
}

static int columns_make(const struct fact_list *list, uint32_t subject_count,
                        struct register_file *file, struct columns *out, struct tq_error *err)
{
    size_t count = (size_t)list->count;
    struct columns columns = {0};
    bool made;

    columns.start = register_file_array(file, (size_t)subject_count + 1, sizeof(*columns.start));
    columns.value = register_file_array(file, count, sizeof(*columns.value));
    made = columns.start && columns.value;
    if (list->has_known) {
        columns.known_from = register_file_array(file, count, sizeof(*columns.known_from));
        columns.known_to = register_file_array(file, count, sizeof(*columns.known_to));
        made = made && columns.known_from && columns.known_to;
    }
    if (list->has_valid) {
        columns.valid_from = register_file_array(file, count, sizeof(*columns.valid_from));
        columns.valid_to = register_file_array(file, count, sizeof(*columns.valid_to));
        made = made && columns.valid_from && columns.valid_to;
    }
    if (list->has_period) {
        columns.period = register_file_array(file, count, sizeof(*columns.period));
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

static struct fact chunk_get(const struct fact_chunk *chunk, uint32_t i)
{
    struct columns columns = {.value = chunk->value,
                              .known_from = chunk->known_from,
                              .known_to = chunk->known_to,
                              .valid_from = chunk->valid_from,
                              .valid_to = chunk->valid_to,
                              .period = chunk->period};

    return columns_get(&columns, i);
}

static uint32_t rank_of(const uint32_t *rank, uint32_t number)
{
    return rank ? rank[number] : number;
}

/* Counting sort by subject. Each chunk is freed as soon as it is read, so that the facts are never
 * held twice. */
static void scatter(struct fact_list *list, const uint32_t *subject_rank,
                    const uint32_t *value_rank, uint32_t subject_count,
                    const struct columns *columns)
{
    uint32_t *start = columns->start, sum = 0;

    for (size_t c = 0; c < list->chunk_count; c++) {
        for (uint32_t i = 0; i < list->chunks[c].count; i++)
            start[rank_of(subject_rank, list->chunks[c].subject[i])]++;
    }
    for (uint32_t subject = 0; subject < subject_count; subject++) {
        uint32_t own = start[subject];

        start[subject] = sum;
        sum += own;
    }
    for (size_t c = 0; c < list->chunk_count; c++) {
        struct fact_chunk *chunk = &list->chunks[c];

        for (uint32_t i = 0; i < chunk->count; i++) {
            struct fact fact = chunk_get(chunk, i);

            fact.value = rank_of(value_rank, fact.value);
            columns_put(columns, start[rank_of(subject_rank, chunk->subject[i])]++, &fact);
        }
        chunk_clear(chunk);
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

/* Order and merge the facts of each subject, closing the gaps that merging leaves. */
static int order_subjects(const struct columns *columns, uint32_t subject_count,
                          struct tq_error *err)
{
    CLEANUP(free_cleanup) struct fact *facts = NULL;
    size_t capacity = 0;
    uint32_t written = 0;

    for (uint32_t subject = 0; subject < subject_count; subject++) {
        uint32_t start = columns->start[subject];
        size_t count = columns->start[subject + 1] - start;
        int r = alloc_reserve(&facts, &capacity, count, sizeof(*facts), err);

        if (r < 0)
            return r;
        for (size_t i = 0; i < count; i++)
            facts[i] = columns_get(columns, start + i);
        if (count > 1) {
            sort_facts(facts, count, compare_same);
            count = merge(facts, count);
            sort_facts(facts, count, compare_facts);
        }
        columns->start[subject] = written;
        for (size_t i = 0; i < count; i++)
            columns_put(columns, written + i, &facts[i]);
        written += (uint32_t)count;
    }
    columns->start[subject_count] = written;
    return TQ_OK;
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
