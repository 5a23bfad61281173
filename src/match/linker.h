/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_LINKER_H
#define MATCH_LINKER_H

#include "match/candidates.h"
#include "match/match.h"
#include "match/profile.h"
#include "match/weights.h"

/* What a candidate left out may be worth against the best, as a weight: e^-13.9 is below the
 * millionths in which posteriors are kept. */
#define MARGIN_PRUNE ((int64_t)(13.9 * WEIGHT_ONE))

/* By how much the best must lead the best that an unseen subject could be for the dearer blocking
 * keys not to be asked: ten thousand to one. */
#define MARGIN_RESOLVE ((int64_t)(9.2 * WEIGHT_ONE))

/* Or so small a share of the likelihood must be left for all unseen subjects together. */
#define UNSEEN_RESOLVE 1e-6

struct match_model {
    const struct table *table;
    const struct reading *reading;
    struct match_columns columns;
    struct weights weights;
    struct composites composites;
    struct profile profile;
    struct match_summary summary;
    bool thorough; /* always ask all blocking keys: for the fit's small tables and for tests */
};

struct scored {
    uint32_t subject;
    int64_t weight;
};

/* Compares the records of one batch with their candidates. Memory of one thread. */
struct linker {
    struct evidence evidence;
    struct nearness nearness;
    struct candidates candidates;
    struct tally tally;

    /* The record at hand. */
    const struct item *items;
    size_t count;
    uint16_t *order;     /* of the items; all arrays of item_capacity */
    int64_t *hope;       /* the most that agreements from here on can add */
    int64_t near_chance; /* the most that near cells can add */
    bool *open;          /* an unseen subject may agree on the item */
    uint8_t *level;      /* scratch: of one candidate */
    size_t order_capacity, hope_capacity, open_capacity, level_capacity;

    /* Its candidates that matter, in the order found, and their levels, `count` for each. */
    struct scored *scored;
    uint8_t *levels;
    size_t scored_capacity, levels_capacity;
    uint32_t scored_count;
    uint32_t looked_at; /* candidates compared so far, those left out included */
    int64_t margin;     /* candidates further than this behind the best are left out */
    int64_t slack;      /* what spellings could add to a candidate */
    int64_t top;        /* the best weight so far; of nobody, to begin with */
    uint32_t best;      /* number among scored; UINT32_MAX: none */
    double unseen;      /* likelihood ratio of all subjects that were not shown */
    unsigned stage; /* blocking keys asked: 0 sparse values, 1 rare pairs, 2 all values and pairs,
                       3 everything */
};

int linker_init(struct linker *linker, const struct match_model *model,
                struct tq_error *err) MUST_CHECK;
void linker_clear(struct linker *linker);

/* Read the batch, whose keys `kept` holds or will hold (NULL: nobody keeps them); *out_count
 * records. */
int linker_read(struct linker *linker, const struct match_model *model, const struct batch *batch,
                struct batch_keys *kept, uint32_t *out_count, struct tq_error *err) MUST_CHECK;

/* Begin with record number `record` of the batch read last: no candidates yet. */
int linker_begin(struct linker *linker, const struct match_model *model, const struct batch *batch,
                 uint32_t record, struct tq_error *err) MUST_CHECK;

/* linker_begin(), then find and weigh the candidates of record number `record` of the batch read
 * last. */
int linker_examine(struct linker *linker, const struct match_model *model,
                   const struct batch *batch, uint32_t record, struct tq_error *err) MUST_CHECK;

/* Ask memory for what the records after `record` will need. Changes speed only. */
void linker_prefetch(const struct linker *linker, const struct match_model *model, uint32_t record);

static inline const uint8_t *linker_levels(const struct linker *linker, uint32_t scored)
{
    return linker->levels + (size_t)scored * linker->count;
}

/* Compare every item of the record at hand with `subject`, without leaving anything out. */
int linker_compare(struct linker *linker, const struct match_model *model, uint32_t subject,
                   uint8_t *out_levels, struct tq_error *err) MUST_CHECK;

#endif
