/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_CONTEXT_H
#define INQUIRY_CONTEXT_H

#include <pthread.h>

#include "assess/assess.h"
#include "inquiry/inquiry.h"
#include "model/departure.h"
#include "model/sink.h"
#include "mosaic/coverage.h"
#include "verdict/fabrication.h"
#include "verdict/judge.h"

/* What all steps of one examination share. */
struct inquiry {
    const struct inquiry_request *request;
    struct exhibit_list exhibits; /* loaded once all reading is done */
    pthread_mutex_t lock;         /* guards the two below while batches are judged */
    struct assessment *assessment;
    struct inquiry_summary summary;
    uint32_t layout_count;               /* "layout:N" names given so far */
    size_t kept_keys_bytes;              /* of all tables, of KEPT_KEYS_BYTES_MAX */
    size_t kept_claims_bytes;            /* of KEPT_CLAIMS_BYTES_MAX */
    struct consistency_row *consistency; /* of the tables judged so far; owned */
    size_t consistency_count, consistency_capacity;
    struct sign_list signs; /* of the tables judged so far; owned */
    struct mosaic_list mosaic;
    struct coverage_table *covered; /* the same; owned */
    size_t covered_count, covered_capacity;
    uint32_t *layout_of; /* by exhibit number: the layout table it is listed in, or 0; owned */
    size_t layout_of_count;
    struct departure *departures; /* of documents laid out, in the order of their tables; owned */
    size_t departure_count, departure_capacity;
    struct arena departure_texts;
};

void inquiry_report(const struct inquiry *inquiry, const char *stage, uint64_t done, uint64_t total,
                    const char *unit);

/* extraction.c: read every exhibit that was not read yet, containers level by level; then pages
 * that are pictures, as far as the budget for them goes. */
int inquiry_extract(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

/* locked.c: let what no password opened be read again, if there is a list of passwords now. */
int inquiry_retry_locked(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

/* documents.c: cluster documents into layout tables; what stays alone is searched as free text. */
int inquiry_lay_out(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

/* tables.c: name all tables, pool the small ones of one shape, date them together, judge each. */
int inquiry_examine_tables(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

/* findings of one batch into the store and the counts. */
int inquiry_keep_findings(struct inquiry *inquiry, uint32_t table, uint32_t batch, uint8_t kind,
                          bool is_document, const struct column_meaning *meanings,
                          const struct finding_batch *findings, struct tq_error *err) MUST_CHECK;

/* consistency.c: what came of the rules in a table (NULL: nothing); and all of it beside the
 * register, once everything is judged. */
int inquiry_keep_tallies(struct inquiry *inquiry, uint32_t table, const struct rule_tally *tallies,
                         struct tq_error *err) MUST_CHECK;
int inquiry_keep_consistency(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

/* fabrication.c: signs of fabrication of all tables, once everything is judged. */
int inquiry_keep_signs(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

/* mosaic.c: whom the tables cover, and all that was found of the mosaic into the store, once
 * everything is judged: fields of the register are given back. */
int inquiry_keep_mosaic(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;
void inquiry_drop_mosaic(struct inquiry *inquiry);
/* document_signs.c: which layout table each document is in, while they are laid out; and signs that
 * documents were edited, once that is known. */
int inquiry_note_layout(struct inquiry *inquiry, uint32_t table, const struct batch *batch,
                        struct tq_error *err) MUST_CHECK;
int inquiry_note_departure(struct inquiry *inquiry, const struct departure *departure,
                           struct tq_error *err) MUST_CHECK;
void inquiry_drop_departures(struct inquiry *inquiry);
int inquiry_keep_document_signs(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

/* recapture.c: who holds which exhibits, before anything is counted; and what the overlap of
 * several finders says, once all is. */
int inquiry_note_finders(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;
int inquiry_keep_recapture(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

/* results.c: counts and subjects, once everything is judged. */
int inquiry_keep_results(struct inquiry *inquiry, struct tq_error *err) MUST_CHECK;

#endif
