/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "register/fact_stream.h"
#include "register/stored_texts.h"

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* The places of both registers' texts among all texts: equal texts have the same place. */
struct ranks {
    uint32_t *older, *newer; /* owned */
};

/* The facts of one side, the next of them at hand. */
struct side {
    struct fact_stream *stream; /* NULL: the register has no such field */
    const uint32_t *subject_rank, *value_rank;
    struct fact fact; /* subject and value are places among both */
    bool any;
};

/* A field in both registers; FIELD_NONE: not there. */
struct field_pair {
    uint16_t older, newer;
    size_t kind; /* number in change->kinds */
};

struct comparing {
    const struct reg *older, *newer;
    struct field_pair *pairs; /* owned; of change->fields */
    struct ranks *subjects;   /* owned, by kind of change->kinds */
    struct register_change change;
};

static void ranks_clear_cleanup(struct ranks *ranks)
{
    free(ranks->older);
    free(ranks->newer);
}

static void side_clear_cleanup(struct side *side)
{
    (void)fact_stream_free(side->stream);
}

static void comparing_clear_cleanup(struct comparing *comparing)
{
    for (size_t i = 0; comparing->subjects && i < comparing->change.kind_count; i++)
        ranks_clear_cleanup(&comparing->subjects[i]);
    free(comparing->subjects);
    free(comparing->pairs);
    register_change_clear(&comparing->change);
}

void register_change_clear(struct register_change *change)
{
    free(change->kinds);
    free(change->fields);
    *change = (struct register_change){0};
}

/* ---- merging texts ---- */

/* One side's texts, in order, the next of them at hand. */
struct text_side {
    struct stored_texts texts;
    uint32_t next; /* number of `text`; the count at the end */
    struct slice text;
};

static void text_side_clear_cleanup(struct text_side *side)
{
    stored_texts_clear(&side->texts);
}

static int text_side_read(struct text_side *side, struct tq_error *err)
{
    if (side->next == side->texts.count)
        return TQ_OK;
    return stored_texts_get(&side->texts, side->next, &side->text, err);
}

static int text_side_go_on(struct text_side *side, struct tq_error *err)
{
    side->next++;
    return text_side_read(side, err);
}

/* Negative: the text of the older comes first, or is all that is left. */
static int compare_next(const struct text_side *older, const struct text_side *newer)
{
    if (older->next == older->texts.count || newer->next == newer->texts.count)
        return older->next == older->texts.count ? 1 : -1;
    return slice_compare(older->text, newer->text);
}

/* Of texts that were opened: one pass over both. */
static int merge_texts(struct text_side *older, struct text_side *newer, struct ranks *out_ranks,
                       struct set_change *out_change, struct tq_error *err)
{
    int r;

    out_ranks->older = alloc_resize(NULL, (size_t)older->texts.count + 1, sizeof(uint32_t));
    out_ranks->newer = alloc_resize(NULL, (size_t)newer->texts.count + 1, sizeof(uint32_t));
    if (!out_ranks->older || !out_ranks->newer)
        return tq_no_memory(err);
    *out_change = (struct set_change){0};
    r = text_side_read(older, err);
    if (r == TQ_OK)
        r = text_side_read(newer, err);
    for (uint32_t place = 0; r == TQ_OK; place++) {
        int order;

        if (older->next == older->texts.count && newer->next == newer->texts.count)
            break;
        order = compare_next(older, newer);
        out_change->removed += order < 0;
        out_change->added += order > 0;
        out_change->kept += order == 0;
        if (order <= 0) {
            out_ranks->older[older->next] = place;
            r = text_side_go_on(older, err);
        }
        if (order >= 0 && r == TQ_OK) {
            out_ranks->newer[newer->next] = place;
            r = text_side_go_on(newer, err);
        }
    }
    return r;
}

static int merge_subjects(const struct comparing *comparing, const char *kind,
                          struct ranks *out_ranks, struct set_change *out_change,
                          struct tq_error *err)
{
    CLEANUP(text_side_clear_cleanup) struct text_side older = {0};
    CLEANUP(text_side_clear_cleanup) struct text_side newer = {0};
    uint8_t older_kind = reg_find_kind(comparing->older, slice_of(kind));
    uint8_t newer_kind = reg_find_kind(comparing->newer, slice_of(kind));
    int r = stored_texts_open_subjects(&older.texts, comparing->older, older_kind, err);

    if (r == TQ_OK)
        r = stored_texts_open_subjects(&newer.texts, comparing->newer, newer_kind, err);
    return r < 0 ? r : merge_texts(&older, &newer, out_ranks, out_change, err);
}

static int merge_values(const struct comparing *comparing, const struct field_pair *pair,
                        struct ranks *out_ranks, struct set_change *out_change,
                        struct tq_error *err)
{
    CLEANUP(text_side_clear_cleanup) struct text_side older = {0};
    CLEANUP(text_side_clear_cleanup) struct text_side newer = {0};
    int r = stored_texts_open_values(&older.texts, comparing->older, pair->older, err);

    if (r == TQ_OK)
        r = stored_texts_open_values(&newer.texts, comparing->newer, pair->newer, err);
    return r < 0 ? r : merge_texts(&older, &newer, out_ranks, out_change, err);
}

/* ---- merging facts ---- */

static int side_open(struct side *side, const struct reg *reg, uint16_t field, struct tq_error *err)
{
    return field == FIELD_NONE ? TQ_OK : fact_stream_open(reg, field, &side->stream, err);
}

static int side_next(struct side *side, struct tq_error *err)
{
    int r;

    side->any = false;
    if (!side->stream)
        return TQ_OK;
    r = fact_stream_next(side->stream, &side->fact, &side->any, err);
    if (r < 0 || !side->any)
        return r;
    side->fact.subject = side->subject_rank[side->fact.subject];
    side->fact.value = side->value_rank[side->fact.value];
    return TQ_OK;
}

/* In the order in which facts are kept; what may end is not compared. */
static int compare_beginnings(const struct fact *a, const struct fact *b)
{
    int order = ORDER(a->subject, b->subject);

    order = order ? order : ORDER(a->period, b->period);
    order = order ? order : ORDER(a->known_from, b->known_from);
    order = order ? order : ORDER(a->value, b->value);
    return order ? order : ORDER(a->valid_from, b->valid_from);
}

static bool ended(int32_t before, int32_t now)
{
    return before == MOMENT_MAX && now != MOMENT_MAX;
}

static void count_pair(const struct fact *older, const struct fact *newer,
                       struct field_change *change)
{
    bool same_known = older->known_to == newer->known_to;
    bool same_valid = older->valid_to == newer->valid_to;

    if (same_known && same_valid)
        change->facts.kept++;
    else if ((same_known || ended(older->known_to, newer->known_to))
             && (same_valid || ended(older->valid_to, newer->valid_to)))
        change->closed++;
    else
        change->changed++;
}

static int merge_facts(struct side *older, struct side *newer, struct field_change *change,
                       struct tq_error *err)
{
    int r = side_next(older, err);

    if (r == TQ_OK)
        r = side_next(newer, err);
    while (r == TQ_OK && (older->any || newer->any)) {
        int order = older->any && newer->any ? compare_beginnings(&older->fact, &newer->fact)
                    : older->any             ? -1
                                             : 1;

        change->facts.removed += order < 0;
        change->facts.added += order > 0;
        if (order == 0)
            count_pair(&older->fact, &newer->fact, change);
        if (order <= 0)
            r = side_next(older, err);
        if (order >= 0 && r == TQ_OK)
            r = side_next(newer, err);
    }
    return r;
}

/* ---- kinds and fields ---- */

static int compare_field(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct comparing *comparing = state;
    struct field_change *change = &comparing->change.fields[index];
    const struct field_pair *pair = &comparing->pairs[index];
    const struct ranks *subjects = &comparing->subjects[pair->kind];
    CLEANUP(ranks_clear_cleanup) struct ranks values = {0};
    CLEANUP(side_clear_cleanup) struct side older = {0};
    CLEANUP(side_clear_cleanup) struct side newer = {0};
    int r = merge_values(comparing, pair, &values, &change->values, err);

    (void)thread;
    if (r == TQ_OK)
        r = side_open(&older, comparing->older, pair->older, err);
    if (r == TQ_OK)
        r = side_open(&newer, comparing->newer, pair->newer, err);
    if (r < 0)
        return r;
    older.subject_rank = subjects->older;
    older.value_rank = values.older;
    newer.subject_rank = subjects->newer;
    newer.value_rank = values.newer;
    return merge_facts(&older, &newer, change, err);
}

static int add_kind(struct comparing *comparing, const char *name, struct tq_error *err)
{
    struct ranks *ranks = &comparing->subjects[comparing->change.kind_count];
    struct kind_change *change = &comparing->change.kinds[comparing->change.kind_count++];
    uint8_t older = reg_find_kind(comparing->older, slice_of(name));
    uint8_t newer = reg_find_kind(comparing->newer, slice_of(name));

    *change = (struct kind_change){
        .name = name, .in_old = older != KIND_NONE, .in_new = newer != KIND_NONE};
    return merge_subjects(comparing, name, ranks, &change->subjects, err);
}

static int list_kinds(struct comparing *comparing, struct tq_error *err)
{
    const struct reg *older = comparing->older, *newer = comparing->newer;
    size_t most = (size_t)older->kind_count + newer->kind_count + 1;
    int r = TQ_OK;

    comparing->change.kinds = alloc_zeroed(most, sizeof(*comparing->change.kinds));
    comparing->subjects = alloc_zeroed(most, sizeof(*comparing->subjects));
    if (!comparing->change.kinds || !comparing->subjects)
        return tq_no_memory(err);
    for (uint8_t i = 0; i < older->kind_count && r == TQ_OK; i++)
        r = add_kind(comparing, older->kinds[i].name, err);
    for (uint8_t i = 0; i < newer->kind_count && r == TQ_OK; i++) {
        if (reg_find_kind(older, slice_of(newer->kinds[i].name)) == KIND_NONE)
            r = add_kind(comparing, newer->kinds[i].name, err);
    }
    return r;
}

/* The field of the same name, of the kind of the same name. */
static uint16_t find_same(const struct reg *reg, const char *kind, const char *name)
{
    uint8_t number = reg_find_kind(reg, slice_of(kind));

    return number == KIND_NONE ? FIELD_NONE : reg_find_field(reg, number, slice_of(name));
}

static void add_field(struct comparing *comparing, const struct reg *reg, uint16_t number)
{
    const char *name = reg->fields[number].name;
    const char *kind = reg->kinds[reg->fields[number].kind].name;
    size_t at = comparing->change.field_count++;
    struct field_pair *pair = &comparing->pairs[at];

    pair->older = find_same(comparing->older, kind, name);
    pair->newer = find_same(comparing->newer, kind, name);
    while (strcmp(comparing->change.kinds[pair->kind].name, kind) != 0)
        pair->kind++;
    comparing->change.fields[at] = (struct field_change){.kind = kind,
                                                         .name = name,
                                                         .in_old = pair->older != FIELD_NONE,
                                                         .in_new = pair->newer != FIELD_NONE};
}

/* What is derived follows from the rest, and would count twice. */
static int list_fields(struct comparing *comparing, struct tq_error *err)
{
    const struct reg *older = comparing->older, *newer = comparing->newer;
    size_t most = (size_t)older->field_count + newer->field_count + 1;

    comparing->change.fields = alloc_zeroed(most, sizeof(*comparing->change.fields));
    comparing->pairs = alloc_zeroed(most, sizeof(*comparing->pairs));
    if (!comparing->change.fields || !comparing->pairs)
        return tq_no_memory(err);
    for (uint16_t i = 0; i < older->field_count; i++) {
        if (!older->fields[i].derived)
            add_field(comparing, older, i);
    }
    for (uint16_t i = 0; i < newer->field_count; i++) {
        const struct field *field = &newer->fields[i];

        if (!field->derived
            && find_same(older, newer->kinds[field->kind].name, field->name) == FIELD_NONE)
            add_field(comparing, newer, i);
    }
    return TQ_OK;
}

static int want_comparable(const struct reg *older, const struct reg *newer, struct tq_error *err)
{
    if (older->fingerprints_only != newer->fingerprints_only)
        return tq_fail(err, TQ_E_USAGE,
                       "the %s register holds fingerprints only: it can be compared with another "
                       "such, not with values",
                       older->fingerprints_only ? "older" : "newer");
    if (older->fingerprints_only
        && memcmp(older->normaliser.key, newer->normaliser.key, SIPHASH_KEY_BYTES) != 0)
        return tq_fail(err, TQ_E_USAGE,
                       "the fingerprints of the two registers were made with different keys; build "
                       "both with one key to compare them");
    return TQ_OK;
}

int register_compare(const struct reg *older, const struct reg *newer,
                     struct register_change *out_change, struct tq_error *err)
{
    CLEANUP(comparing_clear_cleanup)
    struct comparing comparing = {.older = older, .newer = newer};
    uint8_t seal[SHA256_BYTES];
    int r = want_comparable(older, newer, err);

    if (r == TQ_OK)
        r = reg_seal(older, seal, err);
    if (r == TQ_OK)
        r = reg_seal(newer, seal, err);
    if (r == TQ_OK)
        r = list_kinds(&comparing, err);
    if (r == TQ_OK)
        r = list_fields(&comparing, err);
    if (r == TQ_OK)
        r = pool_run(pool_processors(), comparing.change.field_count, compare_field, &comparing,
                     err);
    if (r < 0)
        return r;
    *out_change = comparing.change;
    for (size_t i = 0; i < out_change->kind_count; i++)
        ranks_clear_cleanup(&comparing.subjects[i]);
    comparing.change = (struct register_change){0};
    return TQ_OK;
}
