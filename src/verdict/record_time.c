/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/record_time.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "verdict/span_set.h"

enum held_when held_when(const struct held *held, int32_t from, int32_t to)
{
    int32_t start, end;

    if (!held_span(held, &start, &end)) {
        /* Known only as something past, or only as something to come. */
        if (held->valid_to <= held->known_from)
            return held->known_from <= to ? HELD_EARLIER : HELD_LATER;
        return held->valid_from <= from ? HELD_EARLIER : HELD_LATER;
    }
    if (end <= from)
        return HELD_EARLIER;
    return start <= to ? HELD_NOW : HELD_LATER;
}

enum held_when claim_when(const struct judge_scratch *scratch, const struct claim *claim,
                          int32_t from, int32_t to)
{
    enum held_when best = HELD_LATER;
    const struct held *first = &scratch->block.held[claim->held_first];

    if (first->known_from <= from && first->known_to > to && first->valid_from <= from
        && first->valid_to > to)
        return HELD_NOW; /* most are, throughout the support */
    for (unsigned i = 0; i < claim->held_count && best != HELD_NOW; i++) {
        enum held_when when = held_when(&scratch->block.held[claim->held_first + i], from, to);

        best = when < best ? when : best;
    }
    return best;
}

/* Whether the claim's facts say when the record was true. */
static bool is_dating(const struct judge_column *column, const struct claim *claim)
{
    return claim->state == CLAIM_AGREES && !column->previous;
}

/* Set `when` of all claims that agree, and count those that say when and hold now. */
static unsigned count_at(const struct judge *judge, struct judge_scratch *scratch,
                         const struct record_rows *rows, int32_t from, int32_t to,
                         unsigned *out_all)
{
    unsigned all = 0, now = 0;

    for (uint32_t row = rows->first; row < rows->last; row++) {
        for (unsigned i = 0; i < judge->column_count; i++) {
            struct claim *claim = claim_at(scratch, row, i);

            if (claim->state != CLAIM_AGREES)
                continue;
            claim->when =
                (uint8_t)(judge->columns[i].timeless ? HELD_NOW
                                                     : claim_when(scratch, claim, from, to));
            all += !judge->columns[i].previous;
            now += !judge->columns[i].previous && claim->when == HELD_NOW;
        }
    }
    *out_all = all;
    return now;
}

static int add_end(struct judge_scratch *scratch, int32_t at, int32_t change, struct tq_error *err)
{
    int r = alloc_reserve(&scratch->ends, &scratch->end_capacity, scratch->end_count + 1,
                          sizeof(*scratch->ends), err);

    if (r < 0)
        return r;
    scratch->ends[scratch->end_count++] = (struct time_end){at, change};
    return TQ_OK;
}

/* Intervals are half-open: at one moment, ends come before beginnings. */
static int by_time(const void *a, const void *b)
{
    const struct time_end *left = a, *right = b;

    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return left->change - right->change;
}

/* The spans in which a claim's value was held, joined. */
static struct span_set claim_spans(const struct judge_scratch *scratch, const struct claim *claim)
{
    struct span_set spans = {0};

    for (unsigned i = 0; i < claim->held_count; i++) {
        int32_t from, to;

        if (held_span(&scratch->block.held[claim->held_first + i], &from, &to))
            span_set_add(&spans, from, to);
    }
    return spans;
}

static int add_claim(struct judge_scratch *scratch, const struct claim *claim, struct tq_error *err)
{
    struct span_set spans = claim_spans(scratch, claim);
    int r = TQ_OK;

    for (unsigned i = 0; i < spans.count && r == TQ_OK; i++) {
        r = add_end(scratch, spans.spans[i].from, 1, err);
        if (r == TQ_OK)
            r = add_end(scratch, spans.spans[i].to, -1, err);
    }
    return r;
}

/* The ends of all spans in which agreeing values were held; *out_claims is how many there are. */
static int collect_ends(const struct judge *judge, struct judge_scratch *scratch,
                        const struct record_rows *rows, unsigned *out_claims, struct tq_error *err)
{
    unsigned claims = 0;
    int r = TQ_OK;

    scratch->end_count = 0;
    for (uint32_t row = rows->first; row < rows->last; row++) {
        for (unsigned i = 0; i < judge->column_count && r == TQ_OK; i++) {
            const struct claim *claim = claim_at(scratch, row, i);

            if (!is_dating(&judge->columns[i], claim))
                continue;
            claims++;
            r = add_claim(scratch, claim, err);
        }
    }
    if (r == TQ_OK && scratch->end_count > 0)
        qsort(scratch->ends, scratch->end_count, sizeof(*scratch->ends), by_time);
    *out_claims = claims;
    return r;
}

/* Sum of all changes at the moment of ends[*i]; *i moves past them. */
static int32_t take_moment(const struct judge_scratch *scratch, size_t *i)
{
    int32_t at = scratch->ends[*i].at, change = 0;

    while (*i < scratch->end_count && scratch->ends[*i].at == at)
        change += scratch->ends[(*i)++].change;
    return change;
}

/* The latest interval in which more than `more_than` cells hold, if there is one. */
static void find_own_time(const struct judge_scratch *scratch, unsigned more_than,
                          struct record_time *time)
{
    int32_t held = 0, best = (int32_t)more_than + 1;

    for (size_t i = 0; i < scratch->end_count;) {
        int32_t at = scratch->ends[i].at;

        held += take_moment(scratch, &i);
        if (held < best || i == scratch->end_count)
            continue;
        best = held;
        time->has_own = true;
        time->own_from = at;
        time->own_to = scratch->ends[i].at;
    }
}

int record_time_find(const struct judge *judge, struct judge_scratch *scratch,
                     const struct record_rows *rows, const struct dating *dating,
                     struct record_time *out_time, struct tq_error *err)
{
    struct record_time time = {.from = MOMENT_MIN, .to = MOMENT_MAX};
    unsigned all = 0, most = 0, claims, tried = 0;
    int r;

    if (dating->count == 0)
        most = count_at(judge, scratch, rows, time.from, time.to, &all);
    for (; tried < dating->count && (tried == 0 || most < all); tried++) {
        const struct snapshot *snapshot = &dating->snapshots[tried];
        unsigned now = count_at(judge, scratch, rows, snapshot->from, snapshot->to, &all);

        if (tried > 0 && now <= most)
            continue;
        most = now;
        time.snapshot = tried;
        time.from = snapshot->from;
        time.to = snapshot->to;
    }
    if (most < all) {
        r = collect_ends(judge, scratch, rows, &claims, err);
        if (r < 0)
            return r;
        find_own_time(scratch, most, &time);
        if (tried > 1) /* the last one tried was not the best */
            (void)count_at(judge, scratch, rows, time.from, time.to, &all);
    }
    *out_time = time;
    return TQ_OK;
}

int record_common_start(const struct judge *judge, struct judge_scratch *scratch,
                        const struct record_rows *rows, int32_t *out_start, bool *out_any,
                        struct tq_error *err)
{
    unsigned claims;
    int32_t held = 0;
    int r = collect_ends(judge, scratch, rows, &claims, err);

    if (r < 0)
        return r;
    *out_any = false;
    for (size_t i = 0; i < scratch->end_count && claims > 0;) {
        int32_t at = scratch->ends[i].at;

        held += take_moment(scratch, &i);
        if (held < (int32_t)claims)
            continue;
        *out_start = at;
        *out_any = true;
        break;
    }
    return TQ_OK;
}
