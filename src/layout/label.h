/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_LABEL_H
#define LAYOUT_LABEL_H

#include "layout/document.h"

/* The features that make a word a label in one cluster: sorted, without their repeat bit. Owned. */
struct labels {
    uint64_t *places, *pairs;
    size_t place_count, pair_count;
};

/*
 * Words that 80 % of the members share at one place are labels, and so are words that follow one
 * another in 80 % of them (sentences around values), unless they stand more than once on a page in
 * more than 20 % of the documents that have them. Source: algorithms.md 2.1, step 5; pairs are our
 * own addition.
 */
int labels_learn(const struct features *documents, const uint32_t *members, uint32_t member_count,
                 struct labels *out_labels, struct tq_error *err) MUST_CHECK;
void labels_clear(struct labels *labels);

/* Set is_label of all words. */
void labels_mark(const struct labels *labels, struct document *document);

#endif
