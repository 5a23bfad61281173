/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_NEARNESS_H
#define MATCH_NEARNESS_H

#include "match/evidence.h"
#include "match/profile.h"
#include "register/held.h"

/*
 * Tells near values from different ones. The canonical bytes of the cells of one record are made
 * once and kept. Memory of one thread; start with {0}.
 */
struct nearness {
    const struct batch *batch;
    const struct item *items; /* of the record at hand */
    struct buf text;          /* canonical bytes of its cells, one after another */
    struct canonical *canonical;
    size_t canonical_capacity;
    struct buf one, other; /* scratch */
    struct held_list held;
};

/* Begin a record of `count` items; `batch` and `items` are borrowed until the next. */
int nearness_begin(struct nearness *nearness, const struct batch *batch, const struct item *items,
                   size_t count, struct tq_error *err) MUST_CHECK;
void nearness_clear(struct nearness *nearness);

/* Canonical bytes of item number `item`; empty if its cell cannot be read. Borrowed until the next
 * call. */
struct slice nearness_canonical(struct nearness *nearness, const struct match_columns *columns,
                                size_t item);

/* The cell of item number `item`. */
struct slice nearness_cell(const struct nearness *nearness, const struct match_columns *columns,
                           size_t item);

/* How item number `item`, which does not agree, compares with what `subject` holds: LEVEL_NEAR,
 * LEVEL_EXCHANGED, LEVEL_PARTLY or LEVEL_DIFFERS. */
int nearness_test(struct nearness *nearness, const struct match_columns *columns,
                  const struct profile *profile, size_t item, uint32_t subject,
                  enum level *out_level, struct tq_error *err) MUST_CHECK;

#endif
