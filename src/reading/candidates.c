/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Deciding what a column holds. Rules and constants: algorithms.md 1.3. */
#include "reading/candidates.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/text.h"

#define KAPPA_FULL     .5
#define KAPPA_CODEBOOK .8
#define KAPPA_WEAK     .15
#define KAPPA_ROW      .02 /* the row's own month wins unless it is worse by this */
#define SHORTER_PATH   .97
#define DIRECT_KEY     .8
#define NO_PERIOD      .8
#define FIXED_PERIOD   .6
#define NANO           1e6

int candidate_readings_add(struct candidate_readings *list, const struct target *target,
                           enum interpretation as, const struct redaction *redaction,
                           const struct measure *measure, double handicap, struct tq_error *err)
{
    struct candidate_reading item = {
        .target = *target, .as = as, .measure = *measure, .gain = measure_gain(measure)};
    int r;

    if (item.gain <= 0)
        return TQ_OK;
    if (redaction)
        item.redaction = *redaction;
    item.kappa = measure_kappa(measure);
    item.rank = llround(item.gain * handicap * NANO);
    r = alloc_reserve(&list->items, &list->capacity, list->count + 1, sizeof(item), err);
    if (r < 0)
        return r;
    list->items[list->count++] = item;
    if (item.rank > list->best_rank)
        list->best_rank = item.rank;
    return TQ_OK;
}

struct candidate_readings *candidate_readings_free(struct candidate_readings *lists, uint32_t count)
{
    for (uint32_t c = 0; lists && c < count; c++)
        free(lists[c].items);
    free(lists);
    return NULL;
}

enum reading_status candidate_status(const struct candidate_reading *candidate)
{
    double full = candidate->as == AS_CODEBOOK ? KAPPA_CODEBOOK : KAPPA_FULL;

    if (!candidate_explains(candidate) || candidate->kappa < KAPPA_WEAK)
        return READING_NONE;
    return candidate->kappa >= full ? READING_FULL : READING_WEAK;
}

void candidate_fill(const struct candidate_reading *found, bool has_month,
                    struct column_reading *column)
{
    column->status = candidate_status(found);
    column->target = found->target;
    column->interpretation = found->as;
    column->redaction = found->redaction;
    column->value_piece = found->piece;
    column->age_day = found->age_day;
    column->compared = found->measure.compared;
    column->agreed = found->measure.agreed;
    column->chance = found->measure.chance;
    column->gain_nats = found->gain;
    column->kappa = found->kappa;
    column->month_inferred =
        !has_month
        && (found->target.period_mode == PERIOD_FIXED || found->target.period_mode == PERIOD_ANY);
}

/* Words of the header that also stand in the target's name. */
static unsigned header_overlap(const struct reg *reg, const struct target *target,
                               struct slice header)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    CLEANUP(buf_clear_cleanup) struct buf folded_name = {0};
    CLEANUP(buf_clear_cleanup) struct buf folded_header = {0};
    struct slice words, word, others, other;
    unsigned shared = 0;

    target_format(reg, target, &name);
    text_fold(buf_slice(&name), &folded_name);
    text_fold(header, &folded_header);
    words = buf_slice(&folded_header);
    while (text_next_word(&words, &word)) {
        others = buf_slice(&folded_name);
        while (text_next_word(&others, &other))
            shared += slice_equal(word, other);
    }
    return shared;
}

struct decision {
    const struct reg *reg;
    const struct candidate_readings *list;
    struct slice header;
};

/* Most nats of a reading of the same target by its own keys. */
static int64_t direct_rank(const struct decision *decision, const struct candidate_reading *like)
{
    int64_t best = 0;

    for (size_t i = 0; i < decision->list->count; i++) {
        const struct candidate_reading *item = &decision->list->items[i];

        if (item->as != AS_CODEBOOK && item->target.field == like->target.field
            && item->target.through == like->target.through && item->rank > best)
            best = item->rank;
    }
    return best;
}

static uint32_t shown(const struct candidate_reading *candidate)
{
    return candidate->redaction.head + candidate->redaction.tail;
}

/* Whether `a` goes before `b`: more nats; of codebooks that map onto several fields equally well
 * (a town and its postal code), the one of the field whose own words stand there; else the header
 * says so; else the earlier one stays. Of masks, the one that shows more. */
static bool goes_before(const struct decision *decision, const struct candidate_reading *a,
                        const struct candidate_reading *b)
{
    if (a->rank != b->rank)
        return a->rank > b->rank;
    if (a->as == AS_CODEBOOK && b->as == AS_CODEBOOK) {
        int64_t own_a = direct_rank(decision, a), own_b = direct_rank(decision, b);

        if (own_a != own_b)
            return own_a > own_b;
    }
    if (a->as == AS_MASKED && b->as == AS_MASKED && shown(a) != shown(b))
        return shown(a) > shown(b);
    return header_overlap(decision->reg, &a->target, decision->header)
           > header_overlap(decision->reg, &b->target, decision->header);
}

static bool same_source(const struct candidate_reading *a, const struct candidate_reading *b)
{
    return a->target.field == b->target.field && a->target.through == b->target.through
           && a->as == b->as;
}

/* The best of those with this period mode and the same field, path and interpretation. */
static const struct candidate_reading *best_period(const struct decision *decision,
                                                   const struct candidate_reading *like,
                                                   enum target_period mode)
{
    const struct candidate_reading *best = NULL;

    for (size_t i = 0; i < decision->list->count; i++) {
        const struct candidate_reading *item = &decision->list->items[i];

        if (!same_source(item, like) || item->target.period_mode != mode)
            continue;
        if (!best || item->measure.agreed > best->measure.agreed
            || (item->measure.agreed == best->measure.agreed && goes_before(decision, item, best)))
            best = item;
    }
    return best;
}

static const struct candidate_reading *settle_period(const struct decision *decision,
                                                     const struct candidate_reading *top)
{
    const struct candidate_reading *fixed, *any, *row;

    if (top->target.period_mode == PERIOD_NONE)
        return top;
    fixed = best_period(decision, top, PERIOD_FIXED);
    any = best_period(decision, top, PERIOD_ANY);
    row = best_period(decision, top, PERIOD_ROW);
    if (top->target.period_mode != PERIOD_ROW && fixed && any)
        top = fixed->measure.agreed >= FIXED_PERIOD * any->measure.agreed ? fixed : any;
    if (row && row->kappa >= top->kappa - KAPPA_ROW)
        top = row;
    return top;
}

/*
 * Without a month column, a field that is not periodic explains the same more simply, if it agrees
 * as often: the employer, not who declared a salary in some month.
 */
static const struct candidate_reading *prefer_no_period(const struct decision *decision,
                                                        const struct candidate_reading *top)
{
    const struct candidate_reading *best = NULL;

    if (top->target.period_mode == PERIOD_NONE || top->target.period_mode == PERIOD_ROW)
        return top;
    for (size_t i = 0; i < decision->list->count; i++) {
        const struct candidate_reading *item = &decision->list->items[i];

        if (item->target.period_mode == PERIOD_NONE && item->as == top->as
            && (item->target.through == FIELD_NONE) >= (top->target.through == FIELD_NONE)
            && (!best || goes_before(decision, item, best)))
            best = item;
    }
    return best && best->kappa >= top->kappa && (double)best->rank >= NO_PERIOD * (double)top->rank
               ? best
               : top;
}

/* The best that is no codebook and hides nothing, if it comes near. */
static const struct candidate_reading *prefer_direct_key(const struct decision *decision,
                                                         const struct candidate_reading *top)
{
    const struct candidate_reading *best = NULL;

    if (top->as != AS_CODEBOOK)
        return top;
    for (size_t i = 0; i < decision->list->count; i++) {
        const struct candidate_reading *item = &decision->list->items[i];

        if (item->as != AS_CODEBOOK && item->as != AS_MASKED
            && (!best || goes_before(decision, item, best)))
            best = item;
    }
    return best && (double)best->rank >= DIRECT_KEY * (double)top->rank ? best : top;
}

static const struct candidate_reading *prefer_short_path(const struct decision *decision,
                                                         const struct candidate_reading *top)
{
    const struct candidate_reading *best = NULL;

    if (top->target.through == FIELD_NONE)
        return top;
    for (size_t i = 0; i < decision->list->count; i++) {
        const struct candidate_reading *item = &decision->list->items[i];

        if (item->target.through == FIELD_NONE
            && (item->as == AS_CODEBOOK) <= (top->as == AS_CODEBOOK)
            && (!best || goes_before(decision, item, best)))
            best = item;
    }
    return best && (double)best->rank >= SHORTER_PATH * (double)top->rank ? best : top;
}

const struct candidate_reading *candidate_readings_decide(const struct reg *reg,
                                                          const struct candidate_readings *list,
                                                          struct slice header)
{
    struct decision decision = {reg, list, header};
    const struct candidate_reading *top = NULL;

    for (size_t i = 0; i < list->count; i++) {
        if (!top || goes_before(&decision, &list->items[i], top))
            top = &list->items[i];
    }
    if (!top)
        return NULL;
    top = prefer_direct_key(&decision, top);
    top = prefer_short_path(&decision, top);
    top = settle_period(&decision, top);
    top = prefer_no_period(&decision, top);
    return candidate_status(top) == READING_NONE ? NULL : top;
}
