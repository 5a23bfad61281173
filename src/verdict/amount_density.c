/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/amount_density.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/held.h"

#define SUBJECTS_MAX 65536u /* sampled by a fixed stride: 1 % of a density of .05 in 4 million */
#define AMOUNT_MAX   ((int64_t)1 << 53) /* hundredths: beyond, no double holds them exactly */
#define REACH        1.25 /* amounts in [v / 1.25, 1.25 v] are near v (algorithms.md 1.6) */

/* Units that an amount may be round to, in hundredths. */
static const int64_t grains[] = {1, 10, 100, 1000, 10000};
#define GRAINS (sizeof(grains) / sizeof(grains[0]))

struct amount_list {
    int64_t *values; /* rising */
    size_t count, capacity;
};

/* Amounts of one field in one period, once for each roundness: all, those round to .1, ... */
struct amounts {
    uint16_t field, period;
    double weight; /* each sampled amount stands for so many */
    struct amount_list lists[GRAINS];
    struct amounts *next; /* of the same cache slot */
};

#define SLOTS 256u

struct amount_cache {
    const struct reg *reg;
    pthread_mutex_t lock; /* to add */
    _Atomic(struct amounts *) slots[SLOTS];
};

DEFINE_CLEANUP(struct amount_cache *, amount_cache_free)

static struct amounts *amounts_free(struct amounts *amounts)
{
    for (unsigned i = 0; amounts && i < GRAINS; i++)
        free(amounts->lists[i].values);
    free(amounts);
    return NULL;
}

DEFINE_CLEANUP(struct amounts *, amounts_free)

int amount_cache_new(const struct reg *reg, struct amount_cache **out_cache, struct tq_error *err)
{
    CLEANUP(amount_cache_free_cleanup) struct amount_cache *cache = alloc_zeroed(1, sizeof(*cache));

    if (!cache)
        return tq_no_memory(err);
    cache->reg = reg;
    (void)pthread_mutex_init(&cache->lock, NULL);
    *out_cache = TAKE(cache);
    return TQ_OK;
}

struct amount_cache *amount_cache_free(struct amount_cache *cache)
{
    if (!cache)
        return NULL;
    for (unsigned i = 0; i < SLOTS; i++) {
        struct amounts *amounts = atomic_load(&cache->slots[i]);

        while (amounts) {
            struct amounts *next = amounts->next;

            (void)amounts_free(amounts);
            amounts = next;
        }
    }
    (void)pthread_mutex_destroy(&cache->lock);
    free(cache);
    return NULL;
}

static int by_amount(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static int list_add(struct amount_list *list, int64_t value, struct tq_error *err)
{
    int r = alloc_reserve(&list->values, &list->capacity, list->count + 1, sizeof(value), err);

    if (r < 0)
        return r;
    list->values[list->count++] = value;
    return TQ_OK;
}

static int add_amounts(const struct field *field, uint32_t subject, struct amounts *amounts,
                       struct tq_error *err)
{
    uint64_t first = field->fact_start[subject], end = field->fact_start[subject + 1];

    if (field->fact_period)
        first = held_first_of_period(field, first, end, amounts->period);
    for (uint64_t i = first; i < end; i++) {
        int r;

        if (field->fact_period && field->fact_period[i] != amounts->period)
            break;
        r = list_add(&amounts->lists[0],
                     canonical_number(field_key_text(field, field->fact_key[i])), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* Of the amounts round to one grain, which lie in order, those round to the next. */
static int add_rounder(const struct amount_list *list, int64_t grain, struct amount_list *out_list,
                       struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < list->count && r == TQ_OK; i++) {
        if (list->values[i] % grain == 0)
            r = list_add(out_list, list->values[i], err);
    }
    return r;
}

static int amounts_make(const struct reg *reg, uint16_t number, uint16_t period,
                        struct amounts **out_amounts, struct tq_error *err)
{
    CLEANUP(amounts_free_cleanup) struct amounts *amounts = alloc_zeroed(1, sizeof(*amounts));
    const struct field *field = &reg->fields[number];
    uint32_t subject_count = reg->kinds[field->kind].subject_count;
    uint32_t stride = subject_count / SUBJECTS_MAX + 1;

    if (!amounts)
        return tq_no_memory(err);
    amounts->field = number;
    amounts->period = period;
    amounts->weight = stride;
    for (uint64_t subject = 0; subject < subject_count; subject += stride) {
        int r = add_amounts(field, (uint32_t)subject, amounts, err);

        if (r < 0)
            return r;
    }
    if (amounts->lists[0].count > 0)
        qsort(amounts->lists[0].values, amounts->lists[0].count, sizeof(int64_t), by_amount);
    for (unsigned i = 1; i < GRAINS; i++) {
        int r = add_rounder(&amounts->lists[i - 1], grains[i], &amounts->lists[i], err);

        if (r < 0)
            return r;
    }
    *out_amounts = TAKE(amounts);
    return TQ_OK;
}

static struct amounts *find_in(struct amounts *amounts, uint16_t field, uint16_t period)
{
    while (amounts && (amounts->field != field || amounts->period != period))
        amounts = amounts->next;
    return amounts;
}

static int find_amounts(struct amount_cache *cache, uint16_t field, uint16_t period,
                        const struct amounts **out_amounts, struct tq_error *err)
{
    unsigned slot = (field * 61u + period) % SLOTS;
    struct amounts *amounts = find_in(atomic_load(&cache->slots[slot]), field, period);
    int r = TQ_OK;

    if (!amounts) {
        (void)pthread_mutex_lock(&cache->lock);
        amounts = find_in(atomic_load(&cache->slots[slot]), field, period);
        if (!amounts) {
            r = amounts_make(cache->reg, field, period, &amounts, err);
            if (r == TQ_OK) {
                amounts->next = atomic_load(&cache->slots[slot]);
                atomic_store(&cache->slots[slot], amounts);
            }
        }
        (void)pthread_mutex_unlock(&cache->lock);
    }
    if (r == TQ_OK)
        *out_amounts = amounts;
    return r;
}

static size_t count_below(const struct amount_list *list, int64_t value)
{
    size_t low = 0, high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (list->values[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int amount_density(struct amount_cache *cache, uint16_t field, uint16_t period, int64_t hundredths,
                   double *out_density, struct tq_error *err)
{
    const struct amounts *amounts = NULL;
    int64_t size = hundredths < -AMOUNT_MAX || hundredths > AMOUNT_MAX ? AMOUNT_MAX
                   : hundredths < 0                                    ? -hundredths
                                                                       : hundredths;
    int64_t low = (int64_t)((double)size / REACH), high = (int64_t)((double)size * REACH);
    unsigned grain = GRAINS - 1;
    size_t near;
    int r = find_amounts(cache, field, period, &amounts, err);

    if (r < 0)
        return r;
    while (hundredths % grains[grain] != 0)
        grain--;
    near = count_below(&amounts->lists[grain], high + 1) - count_below(&amounts->lists[grain], low);
    *out_density =
        ((double)near * amounts->weight + .5) / ((double)((high - low) / grains[grain]) + 1);
    return TQ_OK;
}
