/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_WEIGHTS_H
#define MATCH_WEIGHTS_H

#include "match/evidence.h"

/*
 * The frozen parameters of a table as weights: for column c and level l the natural logarithm of
 * m_c(l) / u_c(l). u of an agreement is the larger of its value's share times rho_c, and its chance
 * given the rarer agreements already counted (algorithms.md 3.2).
 *
 * Differences are no more independent than agreements: who moves changes street, town and
 * telephone at once. So a difference weighs by its probability given the likeliest difference
 * already counted. This holds of attributes that change; names, birth dates and identifiers stay,
 * and if several of them differ it is somebody else.
 */
struct weights {
    uint32_t column_count;
    double *m;        /* column_count x LEVEL_COUNT; owned, as all below */
    double *u;        /* column_count x LEVEL_COUNT; not of LEVEL_AGREES */
    double *rho;      /* column_count */
    double share;     /* pi */
    double subjects;  /* N */
    int32_t *agree;   /* log m of LEVEL_AGREES and LEVEL_RESPELT together */
    int32_t *same;    /* log of the share of LEVEL_AGREES among these, */
    int32_t *respelt; /* and of LEVEL_RESPELT */
    int32_t *other;   /* column_count x LEVEL_COUNT: log m/u; not of LEVEL_AGREES */
    int32_t *log_rho;
    int32_t *given;      /* [c' * column_count + c]: log P(agree on c | agree on c'); WEIGHT_NONE */
    int32_t *near_given; /* as `given`: log P(near on c | agree on c') */
    int32_t *part_given; /* as `given`: log P(partly alike on c | agree on c') */
    bool *gives;         /* whether row c' of `given` holds anything */
    bool *exchanges;     /* column_count: a name that may stand in the column of another */
    bool *whole, *part;  /* column_count: a whole name; a family or given name */
    bool *changes;       /* column_count: an attribute that may change, no identity */
    double *moves;       /* [c' * column_count + c]: P(differs on c | differs on c', same subject);
                            0: not of two attributes that change */
    int32_t *excuse;     /* its weight; WEIGHT_NONE */
    bool *excuses;       /* whether row c' of `excuse` holds anything */
    int64_t nobody;      /* log N (1 - pi) / pi */
    int64_t established; /* what establishes a subject by itself: log2 N + 5 bits */
};

/* What is supposed of two attributes that change: EM that starts from independence ends where all
 * who moved are nobody. */
#define START_MOVES .5

/* Start values: m (.86, .05, .035, .005, .01, .04), rho .3 unless the column's is fixed, pi .8; no
 * `given`. */
int weights_init(struct weights *weights, const struct match_columns *columns,
                 struct tq_error *err) MUST_CHECK;
void weights_clear(struct weights *weights);

/* Recompute the logarithms from m, u, rho and pi. */
void weights_update(struct weights *weights);

/* Weight of the base u of an item: the larger it is below zero, the rarer the value. */
static inline int32_t weights_item(const struct weights *weights, const struct item *item)
{
    return item->log_share + weights->log_rho[item->column];
}

/* A negative weight is shared among the items of one column of a record: a column that is wrong
 * throughout is wrong once. */
static inline int32_t weights_shared(int32_t weight, const struct item *item)
{
    return item->peers > 1 ? weight / item->peers : weight;
}

/* Adds up the levels of one candidate, rarest values first. Memory of one thread. */
struct tally {
    int32_t *given;  /* column_count: the largest chance given what was counted; owned */
    int32_t *excuse; /* column_count: the best weight of a difference given those counted; owned */
    uint32_t column_count;
};

int tally_init(struct tally *tally, uint32_t column_count, struct tq_error *err) MUST_CHECK;
void tally_clear(struct tally *tally);
void tally_begin(struct tally *tally);

/* Weight that this agreement adds (never negative). */
int64_t tally_agreement(struct tally *tally, const struct weights *weights,
                        const struct item *item);

/* What the spelling of a name that agrees adds to that: before tally_agreement() of it. */
int64_t tally_spelling(const struct tally *tally, const struct weights *weights,
                       const struct item *item, enum level level);

/* The most that it can add. */
static inline int64_t weights_same(const struct weights *weights, const struct item *item)
{
    int64_t most = item->spelling ? (int64_t)weights->same[item->column] - item->log_same : 0;

    return most > 0 ? most : 0;
}

/* Weight that this difference adds; at least weights_differ(). */
int64_t tally_difference(struct tally *tally, const struct weights *weights,
                         const struct item *item);

/* Weight of a level other than LEVEL_AGREES by itself. */
static inline int32_t weights_level(const struct weights *weights, const struct item *item,
                                    enum level level)
{
    return weights_shared(weights->other[(size_t)item->column * LEVEL_COUNT + level], item);
}

/* Weight of a difference by itself. */
static inline int32_t weights_differ(const struct weights *weights, const struct item *item)
{
    return weights_level(weights, item, LEVEL_DIFFERS);
}

/* Weight of a name in the column of another where that other is exchanged too: names change places
 * in pairs, so this happens once. */
int32_t weights_exchanged(const struct weights *weights, const struct item *item);

/* The largest weight of a value that does not agree and does not just differ. */
int32_t weights_resembling(const struct weights *weights, const struct item *item);

/* The items of a record in the order in which they are counted: those that no candidate can agree
 * on, then the rarest first. */
void weights_order(const struct weights *weights, const struct item *items, size_t count,
                   uint16_t *out_order);

/* The most that an item can add to the weight of a candidate. */
int32_t weights_at_best(const struct weights *weights, const struct item *item, bool may_agree);

/* The weight of a candidate with these levels; `order` from weights_order(). */
int64_t weights_of_levels(const struct weights *weights, struct tally *tally,
                          const struct item *items, const uint16_t *order, size_t count,
                          const uint8_t *levels);

/* exp(), of a weight. */
double weights_ratio(int64_t weight);

/* What a whole name that does not agree adds to what its parts, in columns of their own, say for a
 * candidate and against him: they say the same, and the more of the two counts. */
int64_t weights_beside_parts(int64_t whole, int64_t parts_for, int64_t parts_against);

/* What an unseen subject could weigh at most, if it agrees on the items marked in `open`. */
int64_t weights_bound(const struct weights *weights, struct tally *tally, const struct item *items,
                      const uint16_t *order, size_t count, const bool *open);

/*
 * The likelihood ratio of all subjects together that blocking has not shown, if the items marked
 * in `open` are those on which such a subject may still agree: the expectation over a random
 * subject, times N. Columns that depend on one already counted are taken to say nothing.
 */
double weights_unseen(const struct weights *weights, struct tally *tally, const struct item *items,
                      const uint16_t *order, size_t count, const bool *open);

#endif
