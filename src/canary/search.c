/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "canary/search.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/text.h"

#define WORDS_JOINED_MAX 6u /* an account in groups of four characters has as many */

DEFINE_CLEANUP(struct canary_search *, canary_search_free)

struct canary_search *canary_search_free(struct canary_search *search)
{
    if (!search)
        return NULL;
    for (size_t i = 0; i < search->plan->column_count && search->values; i++)
        dictionary_clear(&search->values[i]);
    dictionary_clear(&search->codes);
    free(search->values);
    free(search->sought);
    free(search->hits);
    buf_clear(&search->folded);
    buf_clear(&search->joined);
    free(search);
    return NULL;
}

/* ---- what is looked for ---- */

static int add_sought(struct canary_search *search, struct slice code, const struct sought *sought,
                      struct tq_error *err)
{
    uint32_t before = search->codes.count, number;
    int r = alloc_reserve(&search->sought, &search->sought_capacity, (size_t)before + 1,
                          sizeof(*search->sought), err);

    if (r == TQ_OK)
        r = dictionary_add(&search->codes, code, &number, err);
    if (r < 0)
        return r;
    if (number < before) {
        struct sought *first = &search->sought[number];

        first->shared = first->shared || first->recipient != sought->recipient;
        return TQ_OK;
    }
    search->sought[number] = *sought;
    if (before == 0 || code.length < search->length_min)
        search->length_min = code.length;
    if (code.length > search->length_max)
        search->length_max = code.length;
    return TQ_OK;
}

static int add_column(struct canary_search *search, uint32_t recipient, uint32_t column,
                      const uint8_t key[CANARY_KEY_BYTES], struct tq_error *err)
{
    const struct canary_plan *plan = search->plan;
    struct canary_identifiers identifiers = {0};
    int r;

    if (plan->columns[column].source != CANARY_ID)
        return TQ_OK;
    r = canary_identifiers_make(&plan->recipients[recipient], &plan->columns[column], key,
                                &identifiers, err);
    for (uint32_t i = 0; r == TQ_OK && i < identifiers.codes.count; i++) {
        struct sought sought = {.recipient = recipient, .canary = i + 1, .column = column};

        r = add_sought(search, dictionary_text(&identifiers.codes, i), &sought, err);
    }
    canary_identifiers_clear(&identifiers);
    return r;
}

int canary_search_new(const struct canary_plan *plan, const uint8_t key[CANARY_KEY_BYTES],
                      struct canary_search **out_search, struct tq_error *err)
{
    CLEANUP(canary_search_free_cleanup) struct canary_search *search = NULL;
    int r = TQ_OK;

    search = alloc_zeroed(1, sizeof(*search));
    if (!search)
        return tq_no_memory(err);
    search->plan = plan;
    search->values = alloc_zeroed(plan->column_count, sizeof(*search->values));
    if (!search->values)
        return tq_no_memory(err);
    for (uint32_t recipient = 0; recipient < plan->recipient_count; recipient++) {
        for (uint32_t column = 0; column < plan->column_count && r == TQ_OK; column++)
            r = add_column(search, recipient, column, key, err);
        if (r < 0)
            return r;
    }
    *out_search = TAKE(search);
    return TQ_OK;
}

/* ---- texts ---- */

static int compare_hits(const void *a, const void *b)
{
    const struct canary_hit *first = a, *second = b;
    const uint32_t left[] = {first->recipient, first->place.exhibit, first->place.record,
                             first->place.page, first->canary};
    const uint32_t right[] = {second->recipient, second->place.exhibit, second->place.record,
                              second->place.page, second->canary};

    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    }
    return 0;
}

/* A canary's identifier stands here. */
static int add_hit(struct canary_search *search, struct sought *sought,
                   const struct canary_place *place, struct tq_error *err)
{
    struct canary_hit hit = {sought->recipient, sought->canary, *place};
    int r;

    sought->seen = true;
    if (sought->shared)
        return TQ_OK;
    if (search->hit_count > 0 && compare_hits(&search->hits[search->hit_count - 1], &hit) == 0)
        return TQ_OK; /* another of its identifiers, mostly */
    r = alloc_reserve(&search->hits, &search->hit_capacity, search->hit_count + 1,
                      sizeof(*search->hits), err);
    if (r == TQ_OK)
        search->hits[search->hit_count++] = hit;
    return r;
}

/* Remember the values of the blocks, whoever has them: they say what a hit is worth. */
static int count_value(struct canary_search *search, struct slice code, struct tq_error *err)
{
    const struct canary_plan *plan = search->plan;
    uint32_t number;
    int r = TQ_OK;

    for (size_t i = 0; i < plan->column_count && r == TQ_OK; i++) {
        if (plan->columns[i].source == CANARY_ID && pattern_holds(&plan->columns[i].pattern, code))
            r = dictionary_add(&search->values[i], code, &number, err);
    }
    return r;
}

static int test_code(struct canary_search *search, struct slice code,
                     const struct canary_place *place, struct tq_error *err)
{
    uint32_t number;
    int r;

    while (code.length > 0 && code.data[0] == '0')
        code = slice_skip(code, 1);
    if (code.length < search->length_min || code.length > search->length_max)
        return TQ_OK;
    r = count_value(search, code, err);
    if (r < 0)
        return r;
    number = dictionary_find(&search->codes, code, dictionary_hash(code));
    return number == TEXT_NONE ? TQ_OK : add_hit(search, &search->sought[number], place, err);
}

/* All codes that begin with the first word of a folded text. */
static int test_from(struct canary_search *search, struct slice folded,
                     const struct canary_place *place, struct tq_error *err)
{
    struct slice word;
    int r = TQ_OK;

    buf_empty(&search->joined);
    for (unsigned i = 0; i < WORDS_JOINED_MAX && r == TQ_OK; i++) {
        if (!text_next_word(&folded, &word))
            break;
        buf_add_slice(&search->joined, word);
        r = buf_check(&search->joined, err);
        if (search->joined.length > PATTERN_BYTES_MAX)
            break;
        if (r == TQ_OK)
            r = test_code(search, buf_slice(&search->joined), place, err);
    }
    return r;
}

int canary_search_text(struct canary_search *search, struct slice text,
                       const struct canary_place *place, struct tq_error *err)
{
    struct slice rest, word;
    int r;

    if (text.length < search->length_min)
        return TQ_OK;
    buf_empty(&search->folded);
    text_fold(text, &search->folded);
    r = buf_check(&search->folded, err);
    rest = buf_slice(&search->folded);
    while (r == TQ_OK && rest.length > 0) {
        r = test_from(search, rest, place, err);
        if (!text_next_word(&rest, &word))
            break;
    }
    return r;
}

void canary_search_end(struct canary_search *search)
{
    size_t kept = 0;

    if (search->hit_count == 0)
        return;
    qsort(search->hits, search->hit_count, sizeof(*search->hits), compare_hits);
    for (size_t i = 1; i < search->hit_count; i++) {
        if (compare_hits(&search->hits[kept], &search->hits[i]) != 0)
            search->hits[++kept] = search->hits[i];
    }
    search->hit_count = kept + 1;
}
