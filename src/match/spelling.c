/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/spelling.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "normalise/text.h"

struct spelling_slot {
    uint32_t key, spelling, facts; /* facts == 0: free */
};

/* A chance is drawn to one half by so many facts. */
#define PRIOR_FACTS 1.0

/* Its folded words in any order: what is added up has none. */
static uint32_t spelling_of_words(struct slice words)
{
    uint64_t sum = 0, word = 0;

    for (size_t i = 0; i <= words.length; i++) {
        if (i < words.length && words.data[i] != ' ') {
            word = hash_mix(word ^ (unsigned char)words.data[i]);
            continue;
        }
        sum += hash_mix(word);
        word = 0;
    }
    return (uint32_t)(sum >> 32) | 1;
}

uint32_t spelling_of(struct slice name, struct buf *scratch)
{
    buf_empty(scratch);
    text_fold(name, scratch);
    return spelling_of_words(buf_slice(scratch));
}

static struct spelling_slot *find_slot(const struct spellings *spellings, uint32_t key,
                                       uint32_t spelling)
{
    size_t at = hash_mix((uint64_t)key << 32 | spelling) & (spellings->slot_count - 1);

    while (spellings->slots[at].facts > 0
           && (spellings->slots[at].key != key || spellings->slots[at].spelling != spelling))
        at = (at + 1) & (spellings->slot_count - 1);
    return &spellings->slots[at];
}

/* Not more slots are taken than the field has values. */
static int reserve(struct spellings *spellings, struct tq_error *err)
{
    const struct field *field = spellings->field;

    spellings->slot_count = 16;
    while (spellings->slot_count < 2 * (size_t)field->value_count)
        spellings->slot_count *= 2;
    spellings->of_value = alloc_zeroed(field->value_count + 1u, sizeof(*spellings->of_value));
    spellings->facts = alloc_zeroed(field->key_count + 1u, sizeof(*spellings->facts));
    spellings->slots = alloc_zeroed(spellings->slot_count, sizeof(*spellings->slots));
    return spellings->of_value && spellings->facts && spellings->slots ? 0 : tq_no_memory(err);
}

int spellings_init(struct spellings *spellings, const struct field *field, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    int r;

    *spellings = (struct spellings){.field = field};
    r = reserve(spellings, err);
    if (r < 0)
        return r;
    for (uint32_t value = 0; value < field->value_count; value++)
        spellings->of_value[value] = spelling_of(field_value_text(field, value), &scratch);
    r = buf_check(&scratch, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < field->fact_count; i++) {
        uint32_t key = field->fact_key[i], spelling = spellings->of_value[field->fact_value[i]];
        struct spelling_slot *slot;

        if (key >= field->key_count)
            continue;
        slot = find_slot(spellings, key, spelling);
        *slot = (struct spelling_slot){key, spelling, slot->facts + 1};
        spellings->facts[key]++;
    }
    return 0;
}

void spellings_clear(struct spellings *spellings)
{
    free(spellings->of_value);
    free(spellings->facts);
    free(spellings->slots);
    *spellings = (struct spellings){0};
}

double spellings_chance(const struct spellings *spellings, uint32_t key, uint32_t spelling)
{
    double facts = find_slot(spellings, key, spelling)->facts;

    return facts > 0 ? (facts + .5 * PRIOR_FACTS) / (spellings->facts[key] + PRIOR_FACTS) : 0;
}

bool spellings_held(const struct spellings *spellings, uint32_t subject, uint32_t key,
                    uint32_t spelling)
{
    const struct field *field = spellings->field;

    for (uint32_t i = field->fact_start[subject]; i < field->fact_start[subject + 1]; i++) {
        if (field->fact_key[i] == key && spellings->of_value[field->fact_value[i]] == spelling)
            return true;
    }
    return false;
}
