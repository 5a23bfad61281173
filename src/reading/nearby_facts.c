/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A subject's values in running text: agreements only. Method: algorithms.md 2.1 step 11. */
#include "reading/nearby_facts.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/normalise.h"
#include "reading/scratch.h"

#define TEXT_WORDS_MAX    8u /* of an address */
#define NAME_WORDS_MAX    3u
#define IDENTIFIER_LENGTH 5u /* characters of a reference: shorter ones stand in any text */
#define TEXT_LENGTH       3u
#define RARE_BITS         7. /* numbers and codes: chance in a window of some 100 runs */

/* One value that is looked for. */
struct sought {
    uint64_t print;
    uint16_t field, period;
    uint32_t key;
};

struct sought_list {
    struct sought *items;
    size_t count, capacity;
    bool forms[FORM_COUNT]; /* that occur */
};

static void sought_list_clear(struct sought_list *list)
{
    free(list->items);
}

static int compare_sought(const void *a, const void *b)
{
    const struct sought *x = a, *y = b;

    if (x->print != y->print)
        return x->print < y->print ? -1 : 1;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    return (x->period > y->period) - (x->period < y->period);
}

static double fact_bits(const struct reg *reg, const struct field *field, uint32_t key)
{
    uint32_t frequency = field_key_frequency(field, key);

    return log2((double)reg->kinds[field->kind].subject_count / (frequency ? frequency : 1));
}

/* Whether finding the value in a text means anything. */
static bool is_telling(const struct reg *reg, const struct field *field, uint32_t key)
{
    size_t length = field_key_text(field, key).length;

    if (field->fingerprints_only)
        return fact_bits(reg, field, key) >= RARE_BITS;
    switch (field->type) {
    case TYPE_AMOUNT:
    case TYPE_NUMBER:
    case TYPE_CODE:
    case TYPE_MONTH:
        return fact_bits(reg, field, key) >= RARE_BITS;
    case TYPE_ID:
    case TYPE_REF:
    case TYPE_ACCOUNT:
    case TYPE_PHONE:
        return length >= IDENTIFIER_LENGTH;
    case TYPE_TEXT:
    case TYPE_ADDRESS:
    case TYPE_EMAIL:
        return length >= TEXT_LENGTH;
    default:
        return length > 1;
    }
}

static int seek_field(struct sought_list *list, const struct reg *reg, uint16_t number,
                      uint32_t subject, struct tq_error *err)
{
    const struct field *field = reg_field(reg, number);

    for (uint64_t i = field->fact_start[subject]; i < field->fact_start[subject + 1]; i++) {
        uint32_t key = field->fact_key[i];
        int r;

        if (!is_telling(reg, field, key))
            continue;
        r = alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(*list->items),
                          err);
        if (r < 0)
            return r;
        list->items[list->count++] =
            (struct sought){.print = field->key_fingerprint[key],
                            .field = number,
                            .period = field->periodic ? field->fact_period[i] : MONTH_NONE,
                            .key = key};
        list->forms[field->form] = true;
    }
    return TQ_OK;
}

/* Family and given names say what a derived full name would say again. */
static bool is_sought(const struct reg *reg, uint8_t kind, const struct field *field)
{
    if (!field->derived)
        return true;
    for (uint16_t i = 0; i < reg->kinds[kind].field_count; i++) {
        if (reg->fields[reg->kinds[kind].field_first + i].type == TYPE_FAMILY_NAME)
            return false;
    }
    return true;
}

static int seek_subject(struct sought_list *list, const struct reg *reg, uint8_t kind,
                        uint32_t subject, struct tq_error *err)
{
    for (uint16_t i = 0; i < reg->kinds[kind].field_count; i++) {
        uint16_t number = (uint16_t)(reg->kinds[kind].field_first + i);
        int r;

        if (!is_sought(reg, kind, reg_field(reg, number)))
            continue;
        r = reg_load_field(reg, number, FIELD_HOLDERS, err);
        if (r < 0)
            return r;
        r = seek_field(list, reg, number, subject, err);
        if (r < 0)
            return r;
    }
    if (list->count > 1)
        qsort(list->items, list->count, sizeof(*list->items), compare_sought);
    return TQ_OK;
}

/* Keep the sharpest value of each field; ties: the earlier period. */
static void add_fact(struct nearby_facts *facts, struct nearby_fact fact)
{
    size_t at = 0;

    while (at < facts->count && facts->items[at].field < fact.field)
        at++;
    if (at < facts->count && facts->items[at].field == fact.field) {
        if (fact.bits > facts->items[at].bits)
            facts->items[at] = fact;
        return;
    }
    if (facts->count == NEARBY_FACTS_MAX)
        return;
    memmove(&facts->items[at + 1], &facts->items[at], (facts->count - at) * sizeof(fact));
    facts->items[at] = fact;
    facts->count++;
}

static void note_print(const struct reg *reg, const struct sought_list *list, uint64_t print,
                       enum interpretation as, struct nearby_facts *facts)
{
    size_t low = 0, high = list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (list->items[middle].print < print)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < list->count && list->items[low].print == print; low++) {
        const struct sought *found = &list->items[low];
        const struct field *field = reg_field(reg, found->field);

        if (interpretation_serves(as, field->type))
            add_fact(facts, (struct nearby_fact){.field = found->field,
                                                 .period = found->period,
                                                 .bits = fact_bits(reg, field, found->key)});
    }
}

/* The longest run of words that this interpretation may need. */
static size_t run_words_max(enum interpretation as)
{
    switch (as) {
    case AS_TEXT:
        return TEXT_WORDS_MAX;
    case AS_NAME:
    case AS_DMY:
    case AS_MDY:
    case AS_YMD:
        return NAME_WORDS_MAX;
    case AS_CODE:
        return 1;
    case AS_YEAR:
    case AS_AGE: /* too coarse, or too free with numbers, to mean anything in a text */
    case AS_SERIAL:
    case AS_CENTS:
        return 0;
    default:
        return RUN_WORDS_MAX;
    }
}

static bool needs_digit(enum interpretation as)
{
    return as != AS_TEXT && as != AS_NAME && as != AS_TOKENS && as != AS_CODE;
}

static bool run_has_digit(const struct text_words *words, size_t first, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (words->items[first + i].has_digit)
            return true;
    }
    return false;
}

static void try_word(const struct reg *reg, const struct sought_list *list,
                     const struct text_words *words, size_t first, size_t end, struct buf *joined,
                     struct buf *scratch, struct nearby_facts *facts)
{
    for (size_t length = 1; length <= TEXT_WORDS_MAX && first + length <= end; length++) {
        struct slice run = text_words_run(words, first, length, joined);
        bool has_digit = run_has_digit(words, first, length);

        for (unsigned i = 0; i < AS_PLAIN_COUNT; i++) {
            enum interpretation as = (enum interpretation)i;
            uint64_t print;

            if (length > run_words_max(as) || !list->forms[interpretation_form(as)]
                || (needs_digit(as) && !has_digit))
                continue;
            print = normalise_fingerprint(&reg->normaliser, as, run, scratch);
            if (print != FINGERPRINT_NONE)
                note_print(reg, list, print, as, facts);
        }
    }
}

int nearby_facts_find(const struct reg *reg, uint8_t kind, uint32_t subject,
                      const struct text_words *words, size_t first, size_t end,
                      struct nearby_facts *out_facts, struct tq_error *err)
{
    CLEANUP(sought_list_clear) struct sought_list list = {0};
    CLEANUP(buf_clear_cleanup) struct buf joined = {0};
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    int r;

    r = scratch_reserve(&joined, err);
    if (r < 0)
        return r;
    r = scratch_reserve(&scratch, err);
    if (r < 0)
        return r;
    r = seek_subject(&list, reg, kind, subject, err);
    if (r < 0)
        return r;
    out_facts->count = 0;
    for (size_t i = first; i < end; i++)
        try_word(reg, &list, words, i, end, &joined, &scratch, out_facts);
    r = buf_check(&joined, err);
    return r < 0 ? r : buf_check(&scratch, err);
}
