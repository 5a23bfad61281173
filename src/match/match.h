/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MATCH_MATCH_H
#define MATCH_MATCH_H

#include "model/link.h"
#include "model/reading.h"
#include "model/table.h"
#include "register/batch_keys.h"
#include "register/register.h"

/*
 * Record linkage of one table: Fellegi-Sunter with conditional u (algorithms.md section 3).
 * A model is fitted once on a fixed stride of at most 20,000 rows, then frozen, and links any
 * batch from any thread.
 */
struct match_model;

/* `reading` and `table` are borrowed for the life of the model. `threads` changes speed only. */
int match_model_fit(const struct reg *reg, const struct table *table, const struct reading *reading,
                    const struct batch_source *source, unsigned threads,
                    struct match_model **out_model, struct tq_error *err) MUST_CHECK;
struct match_model *match_model_free(struct match_model *model);

/* Memory of one thread. */
struct match_scratch;
struct match_scratch *match_scratch_new(const struct match_model *model); /* NULL: no memory */
struct match_scratch *match_scratch_free(struct match_scratch *scratch);

/* A subject that a record may be about, where its link is not certain. */
struct contender {
    uint32_t record; /* of its batch */
    uint32_t subject;
    uint32_t posterior;
};

/* By record, the likeliest first. Start with {0}. */
struct contender_list {
    struct contender *items; /* owned */
    size_t count, capacity;
};

void contender_list_clear(struct contender_list *list);

/* One link per record of the batch, in order; *out_count of them. `links` has room for
 * batch->row_count. `keys`: where the keys of the batch are kept, or NULL. `contenders`: appended
 * to, or NULL. */
int match_link_batch(const struct match_model *model, struct match_scratch *scratch,
                     const struct batch *batch, struct batch_keys *keys, struct link *links,
                     uint32_t *out_count, struct contender_list *contenders,
                     struct tq_error *err) MUST_CHECK;

/* For the report and the ledger. */
struct match_summary {
    double share_in_register; /* pi */
    unsigned rounds;          /* of EM */
    double mean_candidates;   /* per record of the fitting sample */
};
void match_model_summary(const struct match_model *model, struct match_summary *out);

/*
 * Where several records share a subject (reading->repeated_subject): link records that did not
 * link by themselves to the subject of their group, when at least two records of the group linked
 * and four fifths of those name that subject. `anchor` holds one fingerprint of the anchor cell
 * per record of the whole table (FINGERPRINT_NONE: none).
 */
int match_groups(const uint64_t *anchor, struct link *links, size_t count,
                 struct tq_error *err) MUST_CHECK;

/*
 * Where a table is a list of different subjects: a subject to whom a surer record is linked is a
 * less likely one of another record, by how many times fewer pairs of records share a subject than
 * if each had drawn one of `subject_count` at random; those without a record are likelier by as
 * much in all (docs/linkage.md). `contenders` of the whole table, whose records count from its
 * first; no record in `links` need have any. *out_changed: links were.
 */
int match_settle_contests(struct link *links, size_t count, const struct contender_list *contenders,
                          uint32_t subject_count, bool *out_changed,
                          struct tq_error *err) MUST_CHECK;

#endif
