/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef VERDICT_SIGN_SEARCH_H
#define VERDICT_SIGN_SEARCH_H

#include "model/document_detail.h"
#include "register/local_time.h"
#include "verdict/document_habits.h"

/* The search for signs in one document: what those share who look for one kind of them. */
struct sign_search {
    struct local_time *zone;
    struct document_signs *signs;
    const struct document_facts *document;
    const struct document_habits *habits;
    int status; /* TQ_OK, or the first failure */
    struct tq_error *err;
};

#define SAYING_NUMBER_BYTES 24u

/* What is said of a sign, while it is put together. Start with {.form = ...}. */
struct saying {
    enum detail_form form;
    struct slice parts[DETAIL_PARTS_MAX]; /* borrowed */
    char numbers[DETAIL_PARTS_MAX][SAYING_NUMBER_BYTES];
    unsigned count;
};

/* The part that comes next; a text is cut at 100 bytes. */
void saying_add_text(struct saying *saying, struct slice text);
void saying_add_number(struct saying *saying, uint64_t number);
void saying_add_points(struct saying *saying, double points, int decimals);

/* Add a sign of the document: of one of its texts, or of it as a whole. */
void sign_search_add_edit(struct sign_search *search, enum document_sign sign,
                          enum document_weight weight, const struct document_edit *edit,
                          const struct saying *saying);
void sign_search_add(struct sign_search *search, enum document_sign sign,
                     enum document_weight weight, const struct saying *saying);

/* document_departures.c: values that stand or are written otherwise than in the others. */
void document_departures_find(struct sign_search *search);

/* document_metadata.c: what it says of itself twice, and otherwise each time. */
void document_metadata_find(struct sign_search *search);
bool document_metadata_disagrees(const struct document_facts *document);

#endif
