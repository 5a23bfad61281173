/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/name_words.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/country.h"
#include "normalise/name.h"
#include "normalise/text.h"
#include "reading/scratch.h"

#define CELLS_MIN      10u
#define DIFFERENT_MIN  20u /* words: more than this many */
#define WORDS_PERCENT  80u
#define CELLS_TRIED    200u
#define FULL_NAMES_MAX 20000u /* looked into, where a kind keeps names only joined */

/* The name words of a kind: its name fields, or a set of words taken from joined names. */
struct word_set {
    const struct field *fields[REGISTER_FIELDS_MAX];
    size_t field_count;
    uint64_t *words; /* sorted fingerprints */
    size_t word_count, word_capacity;
};

static void word_set_clear(struct word_set *set)
{
    free(set->words);
}

static int compare_prints(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static size_t make_distinct(uint64_t *prints, size_t count)
{
    size_t kept = 0;

    if (count > 1)
        qsort(prints, count, sizeof(*prints), compare_prints);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || prints[i] != prints[kept - 1])
            prints[kept++] = prints[i];
    }
    return kept;
}

static int add_joined(struct word_set *set, const struct reg *reg, const struct field *field,
                      struct tq_error *err)
{
    uint32_t stride = field->key_count / FULL_NAMES_MAX + 1;

    for (uint32_t key = 0; key < field->key_count; key += stride) {
        struct slice rest = field_key_text(field, key), word;

        while (text_next_word(&rest, &word)) {
            int r = alloc_reserve(&set->words, &set->word_capacity, set->word_count + 1,
                                  sizeof(*set->words), err);

            if (r < 0)
                return r;
            set->words[set->word_count++] = fingerprint(&reg->normaliser, FORM_NAME, word);
        }
    }
    set->word_count = make_distinct(set->words, set->word_count);
    return TQ_OK;
}

static int word_set_init(struct word_set *set, const struct reg *reg, uint8_t number,
                         struct tq_error *err)
{
    const struct kind *kind = &reg->kinds[number];
    uint16_t end = (uint16_t)(kind->field_first + kind->field_count);
    int r = TQ_OK;

    for (uint16_t f = kind->field_first; f < end && r == TQ_OK; f++) {
        const struct field *field = reg_field(reg, f);

        if (field->type != TYPE_FAMILY_NAME && field->type != TYPE_GIVEN_NAME)
            continue;
        r = reg_load_field(reg, f, FIELD_DICTIONARY, err);
        set->fields[set->field_count++] = field;
    }
    if (r < 0 || set->field_count > 0)
        return r;
    for (uint16_t f = kind->field_first; f < end; f++) {
        if (reg_field(reg, f)->type != TYPE_FULL_NAME)
            continue;
        r = reg_load_field(reg, f, FIELD_DICTIONARY, err);
        return r < 0 ? r : add_joined(set, reg, reg_field(reg, f), err);
    }
    return TQ_OK;
}

static bool word_set_has(const struct word_set *set, uint64_t print)
{
    for (size_t i = 0; i < set->field_count; i++) {
        if (field_find_key(set->fields[i], print) != KEY_NONE)
            return true;
    }
    return set->word_count > 0
           && bsearch(&print, set->words, set->word_count, sizeof(*set->words), compare_prints);
}

struct word_count {
    uint32_t cells, words, known;
    uint64_t *seen; /* fingerprints of the words */
    size_t seen_count, seen_capacity;
};

static void word_count_clear(struct word_count *count)
{
    free(count->seen);
}

/* Count one cell: known as a whole (a compound name), or word by word. */
static int count_cell(struct word_count *count, const struct word_set *set, const struct reg *reg,
                      struct slice cell, struct buf *scratch, struct tq_error *err)
{
    struct slice rest, word;
    bool whole = word_set_has(set, normalise_fingerprint(&reg->normaliser, AS_NAME, cell, scratch));

    buf_empty(scratch);
    name_key_tokens(cell, reg->normaliser.country->names_fathers, scratch);
    if (scratch->failed)
        return buf_check(scratch, err);
    count->cells++;
    rest = buf_slice(scratch);
    while (text_next_word(&rest, &word)) {
        uint64_t print;
        int r;

        if (word.data[0] >= '0' && word.data[0] <= '9')
            continue;
        r = alloc_reserve(&count->seen, &count->seen_capacity, count->seen_count + 1,
                          sizeof(*count->seen), err);
        if (r < 0)
            return r;
        print = fingerprint(&reg->normaliser, FORM_NAME, word);
        count->seen[count->seen_count++] = print;
        count->words++;
        count->known += whole || word_set_has(set, print);
    }
    return TQ_OK;
}

static int is_name_column(const struct sample *sample, const struct word_set *set, uint32_t column,
                          struct buf *scratch, bool *out_is, struct tq_error *err)
{
    CLEANUP(word_count_clear) struct word_count count = {0};

    *out_is = false;
    for (uint32_t row = 0; row < sample->row_count && count.cells < CELLS_TRIED; row++) {
        struct slice cell = row_sample_cell(sample, row, column);
        int r;

        if (cell.length == 0)
            continue;
        r = count_cell(&count, set, sample->reg, cell, scratch, err);
        if (r < 0)
            return r;
    }
    if (count.cells < CELLS_MIN || count.words * 100 < count.cells * WORDS_PERCENT
        || count.known * 100 < count.words * WORDS_PERCENT)
        return TQ_OK;
    *out_is = make_distinct(count.seen, count.seen_count) > DIFFERENT_MIN;
    return TQ_OK;
}

int name_words_columns(const struct sample *sample, uint8_t kind, uint32_t *out_count,
                       struct tq_error *err)
{
    CLEANUP(word_set_clear) struct word_set set = {0};
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    uint32_t count = 0;
    int r;

    r = scratch_reserve(&scratch, err);
    if (r < 0)
        return r;
    r = word_set_init(&set, sample->reg, kind, err);
    if (r < 0)
        return r;
    for (uint32_t c = 0; c < sample->column_count; c++) {
        bool is_name;

        if (!sample->columns[c].prints[AS_TOKENS])
            continue;
        r = is_name_column(sample, &set, c, &scratch, &is_name, err);
        if (r < 0)
            return r;
        count += is_name;
    }
    *out_count = count;
    return TQ_OK;
}
