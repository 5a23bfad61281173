/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/fact_rows.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

struct fact_rows *fact_rows_new(uint32_t capacity)
{
    struct fact_rows *rows = alloc_zeroed(1, sizeof(*rows));

    if (!rows)
        return NULL;
    atomic_init(&rows->users, 1);
    rows->capacity = capacity;
    rows->subject = alloc_resize(NULL, capacity, sizeof(*rows->subject));
    return rows->subject ? rows : fact_rows_let_go(rows);
}

struct fact_rows *fact_rows_hold(struct fact_rows *rows)
{
    (void)atomic_fetch_add_explicit(&rows->users, 1, memory_order_relaxed);
    return rows;
}

struct fact_rows *fact_rows_let_go(struct fact_rows *rows)
{
    if (!rows || atomic_fetch_sub_explicit(&rows->users, 1, memory_order_acq_rel) > 1)
        return NULL;
    free(rows->subject);
    free(rows->known_from);
    free(rows->known_to);
    free(rows->valid_from);
    free(rows->valid_to);
    free(rows->period);
    free(rows);
    return NULL;
}

/* Columns of an open interval for the rows that came before the first one with an end. */
static int open_interval(const struct fact_rows *rows, int32_t **from, int32_t **to,
                         struct tq_error *err)
{
    if (*from)
        return TQ_OK;
    *to = alloc_resize(NULL, rows->capacity, sizeof(**to));
    if (!*to)
        return tq_no_memory(err);
    *from = alloc_resize(NULL, rows->capacity, sizeof(**from));
    if (!*from) {
        free(TAKE(*to));
        return tq_no_memory(err);
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        (*from)[i] = MOMENT_MIN;
        (*to)[i] = MOMENT_MAX;
    }
    return TQ_OK;
}

static int open_columns(struct fact_rows *rows, const struct fact *fact, struct tq_error *err)
{
    int r = TQ_OK;

    if (fact_is_known_in_time(fact))
        r = open_interval(rows, &rows->known_from, &rows->known_to, err);
    if (r == TQ_OK && fact_is_valid_in_time(fact))
        r = open_interval(rows, &rows->valid_from, &rows->valid_to, err);
    if (r < 0 || fact->period == MONTH_NONE || rows->period)
        return r;
    rows->period = alloc_resize(NULL, rows->capacity, sizeof(*rows->period));
    if (!rows->period)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < rows->count; i++)
        rows->period[i] = MONTH_NONE;
    return TQ_OK;
}

int fact_rows_add(struct fact_rows *rows, const struct fact *fact, struct tq_error *err)
{
    int r = open_columns(rows, fact, err);
    uint32_t i;

    if (r < 0)
        return r;
    assert(rows->count < rows->capacity);
    i = rows->count++;
    rows->subject[i] = fact->subject;
    if (rows->known_from) {
        rows->known_from[i] = fact->known_from;
        rows->known_to[i] = fact->known_to;
    }
    if (rows->valid_from) {
        rows->valid_from[i] = fact->valid_from;
        rows->valid_to[i] = fact->valid_to;
    }
    if (rows->period)
        rows->period[i] = fact->period;
    return TQ_OK;
}

struct fact fact_rows_get(const struct fact_rows *rows, uint32_t i)
{
    struct fact fact = {.subject = rows->subject[i],
                        .period = rows->period ? rows->period[i] : MONTH_NONE,
                        .known_from = MOMENT_MIN,
                        .known_to = MOMENT_MAX,
                        .valid_from = MOMENT_MIN,
                        .valid_to = MOMENT_MAX};

    if (rows->known_from) {
        fact.known_from = rows->known_from[i];
        fact.known_to = rows->known_to[i];
    }
    if (rows->valid_from) {
        fact.valid_from = rows->valid_from[i];
        fact.valid_to = rows->valid_to[i];
    }
    return fact;
}
