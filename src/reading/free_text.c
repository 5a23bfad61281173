/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Documents that share no template: who they name. Method: algorithms.md 2.1 step 11. */
#include "reading/free_text.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "reading/mentions.h"
#include "reading/nearby_facts.h"

#define WINDOW_WORDS  60u  /* before the first and after the last mention */
#define FACTS_MIN     2u   /* independent facts that make a record authentic */
#define FACT_BITS     5.   /* that a fact must tell to count as one */
#define DENSITY_MIN   .001 /* what 400 altered values can tell from none */
#define CONTEXT_TRIES 200u /* subjects looked at to see which kind a text is about */

/* A subject that the text seems to name. */
struct named {
    uint8_t kind;
    bool weak; /* every value that names it has other holders too */
    bool dropped;
    uint32_t subject;
    size_t first_mention, mention_end; /* in the list of mentions */
    size_t word;                       /* first mention */
    struct nearby_facts facts;
    double bits;
    unsigned fact_count; /* independent facts */
};

struct search {
    const struct reg *reg;
    struct text_words words;
    struct mentions mentions;
    struct mention *by_word; /* the same, in reading order */
    struct named *named;
    size_t named_count, named_capacity;
};

static void search_clear(struct search *search)
{
    text_words_clear(&search->words);
    mentions_clear(&search->mentions);
    free(search->by_word);
    free(search->named);
}

static int group_mentions(struct search *search, struct tq_error *err)
{
    const struct mentions *mentions = &search->mentions;
    size_t end;

    for (size_t i = 0; i < mentions->count; i = end) {
        struct named named = {.kind = mentions->items[i].kind,
                              .subject = mentions->items[i].subject,
                              .weak = true,
                              .first_mention = i,
                              .word = mentions->items[i].word};
        int r;

        for (end = i; end < mentions->count && mentions->items[end].kind == named.kind
                      && mentions->items[end].subject == named.subject;
             end++)
            named.weak &= mentions->items[end].holders > 1;
        named.mention_end = end;
        r = alloc_reserve(&search->named, &search->named_capacity, search->named_count + 1,
                          sizeof(named), err);
        if (r < 0)
            return r;
        search->named[search->named_count++] = named;
    }
    return TQ_OK;
}

static int compare_words(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;

    return (x->word > y->word) - (x->word < y->word);
}

static int order_mentions(struct search *search, struct tq_error *err)
{
    size_t count = search->mentions.count;

    search->by_word = alloc_zeroed(count + 1, sizeof(*search->by_word));
    if (!search->by_word)
        return tq_no_memory(err);
    if (count > 0) {
        memcpy(search->by_word, search->mentions.items, count * sizeof(*search->by_word));
        qsort(search->by_word, count, sizeof(*search->by_word), compare_words);
    }
    return TQ_OK;
}

/* The first mention, in reading order, at this word or later. */
static size_t mention_at(const struct search *search, size_t word)
{
    size_t low = 0, high = search->mentions.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (search->by_word[middle].word < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_other(const struct mention *mention, const struct named *named)
{
    return mention->kind == named->kind && mention->subject != named->subject
           && mention->word != named->word;
}

/* The words that may speak of this subject: up to the mentions of others of its kind. */
static void find_window(const struct search *search, const struct named *named, size_t *out_first,
                        size_t *out_end)
{
    const struct mention *items = search->mentions.items, *by_word = search->by_word;
    size_t first = named->word > WINDOW_WORDS ? named->word - WINDOW_WORDS : 0;
    size_t next = search->words.count, last = named->word, end;

    for (size_t i = mention_at(search, first); by_word[i].word < named->word; i++) {
        if (is_other(&by_word[i], named))
            first = by_word[i].word + by_word[i].length;
    }
    for (size_t i = mention_at(search, named->word);
         i < search->mentions.count && next == search->words.count; i++) {
        if (is_other(&by_word[i], named))
            next = by_word[i].word;
    }
    for (size_t i = named->first_mention; i < named->mention_end; i++) {
        if (items[i].word < next)
            last = items[i].word + items[i].length - 1;
    }
    end = last + 1 + WINDOW_WORDS;
    *out_first = first < named->word ? first : named->word;
    *out_end = end < next ? end : next;
}

/* Add up what the facts tell; the names together are one fact. */
static void weigh_facts(const struct reg *reg, struct named *named, double density)
{
    double name_bits = 0;

    for (size_t i = 0; i < named->facts.count; i++) {
        const struct nearby_fact *fact = &named->facts.items[i];

        named->bits += fact->bits;
        if (type_is_name(reg_field(reg, fact->field)->type))
            name_bits += fact->bits;
        else
            named->fact_count += fact->bits >= FACT_BITS;
    }
    named->fact_count += name_bits >= FACT_BITS;
    /* A value of a sparse space is in the index at all only because somebody holds it. */
    named->bits -= log2(density > DENSITY_MIN ? density : DENSITY_MIN);
}

static int find_facts(struct search *search, struct named *named, struct tq_error *err)
{
    double density = 1;
    size_t first, end;
    int r;

    find_window(search, named, &first, &end);
    r = nearby_facts_find(search->reg, named->kind, named->subject, &search->words, first, end,
                          &named->facts, err);
    if (r < 0)
        return r;
    for (size_t i = named->first_mention; i < named->mention_end; i++) {
        const struct field *field = reg_field(search->reg, search->mentions.items[i].field);

        density = field->density < density ? field->density : density;
    }
    weigh_facts(search->reg, named, density);
    return TQ_OK;
}

static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    if (x->word != y->word)
        return x->word < y->word ? -1 : 1;
    return (x->subject > y->subject) - (x->subject < y->subject);
}

/* Of subjects that share a mention, the one with more facts is meant; of equals, none. The named
 * are in reading order. */
static void settle_shared(struct search *search)
{
    size_t end;

    for (size_t i = 0; i < search->named_count; i = end) {
        for (end = i;
             end < search->named_count && search->named[end].word == search->named[i].word;)
            end++;
        for (size_t j = i; j < end; j++) {
            struct named *named = &search->named[j];

            for (size_t k = i; k < end && named->weak; k++) {
                const struct named *other = &search->named[k];

                if (k != j && other->kind == named->kind
                    && (!other->weak || other->bits >= named->bits))
                    named->dropped = true;
            }
        }
    }
}

static bool may_refer(const struct field *field, const struct named *named, uint8_t other)
{
    return field->kind == named->kind && field->type == TYPE_REF && field->ref_kind == other;
}

/* Have the facts in memory by which named subjects may refer to those of another kind. */
static int load_references(const struct search *search, struct tq_error *err)
{
    size_t count = search->named_count < CONTEXT_TRIES ? search->named_count : CONTEXT_TRIES;

    for (uint16_t f = 0; f < search->reg->field_count; f++) {
        bool wanted = false;
        int r;

        for (size_t i = 0; i < count && !wanted; i++) {
            for (size_t j = 0; j < count && !wanted; j++)
                wanted =
                    may_refer(reg_field(search->reg, f), &search->named[i], search->named[j].kind);
        }
        if (!wanted)
            continue;
        r = reg_load_field(search->reg, f, FIELD_HELD, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* Whether `subject` refers to `other` of another kind. */
static bool refers_to(const struct reg *reg, const struct named *named, const struct named *other)
{
    const struct kind *kind = &reg->kinds[named->kind];

    for (uint16_t f = kind->field_first; f < kind->field_first + kind->field_count; f++) {
        const struct field *field = reg_field(reg, f);

        if (!may_refer(field, named, other->kind) || !field->key_subject)
            continue;
        for (uint64_t i = field->fact_start[named->subject];
             i < field->fact_start[named->subject + 1]; i++) {
            if (field->key_subject[field->fact_key[i]] == other->subject)
                return true;
        }
    }
    return false;
}

/* Some subject of kind `by` refers to one of this kind: the text is about the former. */
static bool is_context_of(const struct search *search, uint8_t kind, uint8_t by)
{
    size_t count = search->named_count < CONTEXT_TRIES ? search->named_count : CONTEXT_TRIES;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (search->named[i].kind == by && search->named[j].kind == kind
                && refers_to(search->reg, &search->named[i], &search->named[j]))
                return true;
        }
    }
    return false;
}

static double kind_bits(const struct search *search, uint8_t kind)
{
    double bits = 0;

    for (size_t i = 0; i < search->named_count; i++) {
        if (search->named[i].kind == kind && !search->named[i].dropped)
            bits += search->named[i].bits;
    }
    return bits;
}

/* The kind that the text is about: most bits, unless another kind's subjects refer to it. */
static uint8_t choose_kind(const struct search *search)
{
    uint8_t best = KIND_NONE;
    double most = 0;

    for (uint8_t k = 0; k < search->reg->kind_count; k++) {
        double bits = kind_bits(search, k);
        bool context = false;

        for (uint8_t by = 0; by < search->reg->kind_count && bits > 0; by++)
            context |= by != k && kind_bits(search, by) > 0 && is_context_of(search, k, by)
                       && !is_context_of(search, by, k);
        if (!context && bits > most) {
            most = bits;
            best = k;
        }
    }
    return best;
}

/* P that the subject is meant, against all others of its kind: algorithms.md 3.2 with pi = 1/2. */
static uint32_t posterior(const struct reg *reg, const struct named *named)
{
    double odds = exp2(named->bits) / reg->kinds[named->kind].subject_count;

    return (uint32_t)llround(odds / (1 + odds) * PROBABILITY_ONE);
}

static int add_record(const struct search *search, const struct named *named, uint32_t exhibit,
                      uint32_t number, struct finding_batch *findings, struct tq_error *err)
{
    struct record_finding record = {.exhibit = exhibit,
                                    .record = number,
                                    .place = search->words.items[named->word].place,
                                    .subject = named->subject,
                                    .posterior = posterior(search->reg, named),
                                    .verdict = RECORD_UNVERIFIABLE,
                                    .cell_first = (uint32_t)findings->cell_count};
    int r;

    record.likely = record.posterior < LINK_LIKELY;
    if (record.posterior < LINK_MIN) {
        record.subject = SUBJECT_NONE;
        record.posterior = 0; /* nothing says that nobody is meant */
        record.likely = 0;
        return finding_batch_add_record(findings, &record, err);
    }
    if (named->fact_count >= FACTS_MIN)
        record.verdict = RECORD_AUTHENTIC;
    record.cell_count = (uint32_t)named->facts.count;
    r = finding_batch_add_record(findings, &record, err);
    for (size_t i = 0; i < named->facts.count && r == TQ_OK; i++) {
        struct cell_finding cell = {.column = named->facts.items[i].field,
                                    .period = named->facts.items[i].period,
                                    .verdict = CELL_AGREES,
                                    .other = SUBJECT_NONE};

        r = finding_batch_add_cell(findings, &cell, err);
    }
    return r;
}

static int add_nobody(const struct search *search, uint32_t exhibit, struct finding_batch *findings,
                      struct tq_error *err)
{
    struct record_finding record = {.exhibit = exhibit,
                                    .record = 1,
                                    .place = search->words.count ? search->words.items[0].place : 0,
                                    .subject = SUBJECT_NONE,
                                    .verdict = RECORD_UNVERIFIABLE,
                                    .cell_first = (uint32_t)findings->cell_count};

    return finding_batch_add_record(findings, &record, err);
}

static int find_named(struct search *search, struct tq_error *err)
{
    int r;

    r = mentions_find(search->reg, &search->words, &search->mentions, err);
    if (r < 0)
        return r;
    r = order_mentions(search, err);
    if (r < 0)
        return r;
    r = group_mentions(search, err);
    if (r < 0)
        return r;
    if (search->named_count > 1)
        qsort(search->named, search->named_count, sizeof(*search->named), compare_named);
    for (size_t i = 0; i < search->named_count; i++) {
        r = find_facts(search, &search->named[i], err);
        if (r < 0)
            return r;
    }
    settle_shared(search);
    return TQ_OK;
}

int free_text_search(const struct reg *reg, const struct page *pages, size_t page_count,
                     uint32_t exhibit, uint8_t *out_kind, struct finding_batch *findings,
                     struct tq_error *err)
{
    CLEANUP(search_clear) struct search search = {.reg = reg};
    uint32_t number = 0;
    uint8_t kind;
    int r;

    r = text_words_make(pages, page_count, &search.words, err);
    if (r < 0)
        return r;
    r = find_named(&search, err);
    if (r < 0)
        return r;
    r = load_references(&search, err);
    if (r < 0)
        return r;
    kind = choose_kind(&search);
    for (size_t i = 0; i < search.named_count; i++) {
        if (search.named[i].kind != kind || search.named[i].dropped)
            continue;
        r = add_record(&search, &search.named[i], exhibit, ++number, findings, err);
        if (r < 0)
            return r;
    }
    if (number == 0) {
        r = add_nobody(&search, exhibit, findings, err);
        if (r < 0)
            return r;
        kind = KIND_NONE;
    }
    *out_kind = kind;
    return TQ_OK;
}
