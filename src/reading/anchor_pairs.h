/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_ANCHOR_PAIRS_H
#define READING_ANCHOR_PAIRS_H

#include "reading/anchor.h"

#define PAIR_RELIABILITY .9 /* of a pair before anything is known */

/* The pairs of the anchor's kind whose values are in their fields often enough, rising by column.
 */
int anchor_pairs_find(struct anchor *anchor, struct tq_error *err) MUST_CHECK;

/* Whether any column shows a part of values: has marks that hide the rest, or months. */
bool anchor_pairs_hides(const struct anchor *anchor);

/* Add the pairs of such columns. Each needs the values of its field keyed anew: only for tables
 * that the other columns do not link. */
int anchor_pairs_find_redacted(struct anchor *anchor, struct tq_error *err) MUST_CHECK;

static inline void pair_clear(struct pair *pair)
{
    pair->view = view_free(pair->view);
}

/* How many subjects hold the key. */
static inline uint32_t pair_frequency(const struct pair *pair, uint32_t key)
{
    return pair->view ? view_key_frequency(pair->view, key) : field_key_frequency(pair->of, key);
}

/* They themselves, rising. */
static inline const uint32_t *pair_holders(const struct pair *pair, uint32_t key)
{
    uint32_t count;

    return pair->view ? view_key_holders(pair->view, key, &count)
                      : pair->of->posting + pair->of->posting_start[key];
}

/* Whether the subject is one of them. */
static inline bool pair_names(const struct pair *pair, uint32_t subject, uint32_t key)
{
    return pair->view ? view_is_held(pair->view, subject, key) : field_has(pair->of, subject, key);
}

#endif
