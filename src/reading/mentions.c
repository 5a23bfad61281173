/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Identifiers in running text. Method: algorithms.md 2.1 step 11. */
#include "reading/mentions.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/normalise.h"
#include "reading/scratch.h"

#define SPARSE_DENSITY    .02
#define HOLDERS_MAX       3u
#define IDENTIFIER_LENGTH 5u /* characters: shorter ones stand in any text */
#define PREFIX_LENGTH_MAX 3u /* a word without digits before a number: "AB 123456" */

bool field_can_mention(const struct field *field)
{
    return !field->periodic && !field->derived && field->density < SPARSE_DENSITY
           && (field->type == TYPE_ID || field->type == TYPE_ACCOUNT || field->type == TYPE_PHONE
               || field->type == TYPE_EMAIL);
}

void mentions_clear(struct mentions *mentions)
{
    free(mentions->items);
    *mentions = (struct mentions){0};
}

static int compare_mentions(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    if (x->word != y->word)
        return x->word < y->word ? -1 : 1;
    return (x->field > y->field) - (x->field < y->field);
}

/* Whether words [first, first + length) may be one identifier in several pieces. */
static bool may_be_identifier(const struct text_words *words, size_t first, size_t length)
{
    const struct text_word *start = &words->items[first];

    for (size_t i = 1; i < length; i++) {
        if (!words->items[first + i].has_digit)
            return false;
    }
    return start->has_digit || (length > 1 && start->text.length <= PREFIX_LENGTH_MAX);
}

static bool may_be(const struct text_words *words, size_t first, size_t length,
                   enum interpretation as)
{
    if (as == AS_TEXT)
        return length == 1 && words->items[first].has_at;
    return may_be_identifier(words, first, length);
}

static int add_holders(struct mentions *mentions, const struct mention *like,
                       const struct field *field, uint32_t key, struct tq_error *err)
{
    uint32_t holders = field_key_frequency(field, key);

    if (holders > HOLDERS_MAX)
        return TQ_OK;
    for (uint32_t i = 0; i < holders; i++) {
        struct mention mention = *like;
        int r;

        mention.holders = holders;
        mention.subject = field->posting[field->posting_start[key] + i];
        r = alloc_reserve(&mentions->items, &mentions->capacity, mentions->count + 1,
                          sizeof(mention), err);
        if (r < 0)
            return r;
        mentions->items[mentions->count++] = mention;
    }
    return TQ_OK;
}

/* Look the run up in every field that its canonical form serves. */
static int look_up(const struct reg *reg, struct mentions *mentions, enum interpretation as,
                   uint64_t print, struct mention like, struct tq_error *err)
{
    for (uint16_t f = 0; f < reg->field_count; f++) {
        const struct field *field = reg_field(reg, f);
        uint32_t key;
        int r;

        if (!field_can_mention(field) || !interpretation_serves(as, field->type))
            continue;
        key = field_find_key(field, print);
        if (key == KEY_NONE)
            continue;
        like.kind = field->kind;
        like.field = f;
        r = reg_load_field(reg, f, FIELD_HOLDERS, err);
        if (r == TQ_OK)
            r = add_holders(mentions, &like, field, key, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int try_word(const struct reg *reg, const struct text_words *words, size_t first,
                    struct mentions *mentions, struct buf *joined, struct buf *scratch,
                    struct tq_error *err)
{
    static const enum interpretation as[] = {AS_ID, AS_PHONE, AS_TEXT};

    for (size_t length = 1; length <= RUN_WORDS_MAX && first + length <= words->count; length++) {
        for (size_t i = 0; i < sizeof(as) / sizeof(*as); i++) {
            uint64_t print;
            int r;

            if (!may_be(words, first, length, as[i]))
                continue;
            print = normalise_fingerprint(&reg->normaliser, as[i],
                                          text_words_run(words, first, length, joined), scratch);
            if (print == FINGERPRINT_NONE || scratch->length < IDENTIFIER_LENGTH)
                continue;
            r = look_up(reg, mentions, as[i], print,
                        (struct mention){.word = first, .length = length}, err);
            if (r < 0)
                return r;
        }
    }
    return TQ_OK;
}

static int load_dictionaries(const struct reg *reg, struct tq_error *err)
{
    struct field_set wanted = {0};

    for (uint16_t f = 0; f < reg->field_count; f++) {
        if (field_can_mention(reg_field(reg, f)))
            field_set_add(&wanted, f);
    }
    return reg_load(reg, &wanted, FIELD_DICTIONARY, err);
}

int mentions_find(const struct reg *reg, const struct text_words *words,
                  struct mentions *out_mentions, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf joined = {0};
    CLEANUP(buf_clear_cleanup) struct buf scratch = {0};
    struct mentions mentions = {0};
    int r = load_dictionaries(reg, err);

    if (r == TQ_OK)
        r = scratch_reserve(&joined, err);
    if (r == TQ_OK)
        r = scratch_reserve(&scratch, err);
    for (size_t i = 0; i < words->count && r == TQ_OK; i++)
        r = try_word(reg, words, i, &mentions, &joined, &scratch, err);
    if (r == TQ_OK)
        r = buf_check(&joined, err);
    if (r == TQ_OK)
        r = buf_check(&scratch, err);
    if (r < 0) {
        mentions_clear(&mentions);
        return r;
    }
    if (mentions.count > 1)
        qsort(mentions.items, mentions.count, sizeof(*mentions.items), compare_mentions);
    *out_mentions = mentions;
    return TQ_OK;
}
