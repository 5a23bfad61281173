/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/look_up.h"

#include <endian.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "register/sealed.h"
#include "register/stored_texts.h"

#define FACTS_PER_PIECE (SEAL_PIECE_BYTES / sizeof(uint32_t))

/* A search for one value among all facts of a field. */
struct search {
    const struct reg *reg;
    uint16_t number;
    uint32_t value;
    struct stored_items *facts; /* owned, by thread */
    unsigned char **scratch;    /* owned, by thread */
    unsigned threads;

    pthread_mutex_t lock; /* guards what follows */
    uint32_t *found;      /* owned: facts with the value */
    size_t count, capacity;
};

void holders_clear(struct holders *holders)
{
    free(holders->subjects);
    *holders = (struct holders){0};
}

/* Once each; the subjects come in rising order. */
static int holders_add(struct holders *holders, uint32_t subject, struct tq_error *err)
{
    int r;

    if (holders->count > 0 && holders->subjects[holders->count - 1] == subject)
        return TQ_OK;
    r = alloc_reserve(&holders->subjects, &holders->capacity, holders->count + 1,
                      sizeof(*holders->subjects), err);
    if (r == TQ_OK)
        holders->subjects[holders->count++] = subject;
    return r;
}

/* ---- in memory ---- */

static int find_loaded(const struct reg *reg, uint16_t number, uint64_t print,
                       struct holders *holders, struct tq_error *err)
{
    const struct field *field = reg_field(reg, number);
    int r = reg_load_field(reg, number, FIELD_HOLDERS, err);
    uint32_t key = r == TQ_OK ? field_find_key(field, print) : KEY_NONE;

    for (uint32_t i = 0; key != KEY_NONE && i < field_key_frequency(field, key) && r == TQ_OK; i++)
        r = holders_add(holders, field->posting[field->posting_start[key] + i], err);
    return r;
}

/* ---- in the file ---- */

static void search_clear_cleanup(struct search *search)
{
    for (unsigned i = 0; i < search->threads; i++) {
        if (search->facts)
            stored_items_clear(&search->facts[i]);
        if (search->scratch)
            free(search->scratch[i]);
    }
    free(search->facts);
    free(search->scratch);
    free(search->found);
    (void)pthread_mutex_destroy(&search->lock);
}

static int search_init(struct search *search, const struct reg *reg, uint16_t number,
                       struct tq_error *err)
{
    int r = TQ_OK;

    search->reg = reg;
    search->number = number;
    (void)pthread_mutex_init(&search->lock, NULL);
    search->threads = pool_processors();
    search->facts = alloc_zeroed(search->threads, sizeof(*search->facts));
    search->scratch = alloc_zeroed(search->threads, sizeof(*search->scratch));
    if (!search->facts || !search->scratch)
        return tq_no_memory(err);
    for (unsigned i = 0; i < search->threads && r == TQ_OK; i++) {
        search->scratch[i] = alloc_resize(NULL, SEALED_SCRATCH_BYTES, 1);
        if (!search->scratch[i])
            return tq_no_memory(err);
        r = stored_items_open(&search->facts[i], reg, number, STORED_FACT_VALUE, search->scratch[i],
                              err);
    }
    return r;
}

static int add_fact(struct search *search, uint64_t fact, struct tq_error *err)
{
    int r;

    (void)pthread_mutex_lock(&search->lock);
    r = alloc_reserve(&search->found, &search->capacity, search->count + 1, sizeof(*search->found),
                      err);
    if (r == TQ_OK)
        search->found[search->count++] = (uint32_t)fact;
    (void)pthread_mutex_unlock(&search->lock);
    return r;
}

/* Go through one piece of the facts. */
static int search_piece(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct search *search = state;
    struct stored_items *facts = &search->facts[thread];
    const uint32_t *values;
    int r = stored_items_reach(facts, index * FACTS_PER_PIECE, err);

    values = (const uint32_t *)(const void *)facts->items;
    for (uint64_t i = 0; r == TQ_OK && i < facts->end - facts->first; i++) {
        if (values[i] == search->value)
            r = add_fact(search, facts->first + i, err);
    }
    return r;
}

static int compare_facts(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* The subject that has a fact: the last one from `low` on whose facts begin before it or with it.
 */
static int subject_of(struct stored_items *start, uint32_t subject_count, uint32_t fact,
                      uint32_t *subject, struct tq_error *err)
{
    uint32_t low = *subject, high = subject_count;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        uint64_t first = 0;
        int r = stored_items_get(start, middle, &first, err);

        if (r < 0)
            return r;
        if (first <= fact)
            low = middle;
        else
            high = middle;
    }
    *subject = low;
    return TQ_OK;
}

static int name_holders(struct search *search, struct holders *holders, struct tq_error *err)
{
    const struct field *field = reg_field(search->reg, search->number);
    struct stored_items start;
    uint32_t subject = 0;
    int r = stored_items_open(&start, search->reg, search->number, STORED_START, search->scratch[0],
                              err);

    qsort(search->found, search->count, sizeof(*search->found), compare_facts);
    for (size_t i = 0; i < search->count && r == TQ_OK; i++) {
        r = subject_of(&start, search->reg->kinds[field->kind].subject_count, search->found[i],
                       &subject, err);
        if (r == TQ_OK)
            r = holders_add(holders, subject, err);
    }
    stored_items_clear(&start);
    return r;
}

static int find_facts(const struct reg *reg, uint16_t number, uint32_t value,
                      struct holders *holders, struct tq_error *err)
{
    CLEANUP(search_clear_cleanup) struct search search = {.value = value};
    uint64_t facts = reg_field(reg, number)->fact_count;
    int r = search_init(&search, reg, number, err);

    if (r == TQ_OK)
        r = pool_run(search.threads, (size_t)((facts - 1) / FACTS_PER_PIECE + 1), search_piece,
                     &search, err);
    if (r == TQ_OK && search.count > 0)
        r = name_holders(&search, holders, err);
    return r;
}

/* Find the number of a value by its text, or by its fingerprint where that is all there is. */
static int find_value(const struct reg *reg, uint16_t number, struct slice canonical,
                      uint64_t print, uint32_t *out_value, struct tq_error *err)
{
    uint64_t stored = htobe64(print);
    struct stored_texts texts = {0};
    int r = stored_texts_open_values(&texts, reg, number, err);

    if (r == TQ_OK && texts.prints.there)
        canonical = slice_make((const char *)&stored, sizeof(stored));
    if (r == TQ_OK)
        r = stored_texts_find(&texts, canonical, out_value, err);
    stored_texts_clear(&texts);
    return r;
}

static int find_stored(const struct reg *reg, uint16_t number, struct slice canonical,
                       uint64_t print, struct holders *holders, struct tq_error *err)
{
    const struct field *field = reg_field(reg, number);
    uint32_t value = field->value_count;
    int r;

    sealed_begin(reg->sealed);
    r = find_value(reg, number, canonical, print, &value, err);
    if (r == TQ_OK && value < field->value_count)
        r = find_facts(reg, number, value, holders, err);
    sealed_end(reg->sealed);
    return r;
}

int look_up(const struct reg *reg, uint16_t number, struct slice text, struct holders *holders,
            struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf canonical = {0};
    const struct field *field = reg_field(reg, number);
    uint64_t print = normalise_fingerprint(&reg->normaliser, normalise_register_as(field->type),
                                           text, &canonical);
    int r = buf_check(&canonical, err);

    holders->count = 0;
    if (r < 0 || print == FINGERPRINT_NONE || field->fact_count == 0)
        return r;
    if (reg->sealed && sealed_has_values_as_keys(reg->sealed, number))
        return find_stored(reg, number, buf_slice(&canonical), print, holders, err);
    return find_loaded(reg, number, print, holders, err);
}
