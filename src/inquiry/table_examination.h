/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_TABLE_EXAMINATION_H
#define INQUIRY_TABLE_EXAMINATION_H

#include <pthread.h>

#include "base/pool.h"
#include "inquiry/context.h"
#include "inquiry/rows.h"
#include "match/match.h"
#include "verdict/dating.h"
#include "verdict/judge.h"
#include "verdict/shown_rows.h"

/*
 * One table from rows to verdicts, in two steps: all tables are linked and dated before any of them
 * is judged, because the snapshots they are judged at are those of all tables together. Between the
 * steps a table keeps its reading, its links (20 bytes a record), its dating, and such keys and
 * claims of its cells as there is room for.
 */

/* What is known of the records of one batch after linking. */
struct batch_result {
    struct link *links; /* owned */
    struct dated_row *dated;
    uint64_t *anchor;                 /* owned; NULL unless records share subjects */
    struct contender_list contenders; /* until contests are settled */
    struct batch_keys keys;           /* of the first batches, as far as the memory for them goes */
    struct batch_claims claims;       /* the same */
    uint32_t record_count;
    bool is_relinked; /* links are others than those its intervals were found by */
};

/* Memory of one thread. */
struct worker {
    void *rows;
    struct batch batch;         /* the batch loaded last, with */
    struct joined_cells joined; /* the dates that it holds in parts */
    struct match_scratch *match;
    struct judge_scratch *judge;
    struct batch_keys keys; /* of one batch in one pass, where they are not kept */
    struct finding_batch findings;
    struct buf text;
};

#define SAMPLE_BATCHES 4u /* of a table are tested for fabrication: 16,384 rows */

/* What is tested for fabrication (fabrication.h). */
struct shown_sample {
    struct shown_column *columns; /* owned */
    uint16_t column_count;
    uint32_t stride;                           /* every so many batches one is kept, */
    struct shown_rows batches[SAMPLE_BATCHES]; /* in order */
};

struct examination {
    struct inquiry *inquiry;
    const struct stored_table *stored;
    const struct rows_part *parts; /* the stored tables whose rows these are */
    size_t part_count;
    struct rows *rows; /* open during a step */
    const struct batch_source *source;
    struct reading reading;
    struct match_model *model;
    struct judge *judge;
    struct dating dating;
    struct dating_evidence evidence;
    struct batch_result *results; /* by batch */
    uint32_t batch_count;
    uint32_t kept_keys_batches, kept_claims_batches; /* so many of the first batches keep theirs */
    size_t claims_bytes;                             /* of a full batch */
    struct worker *workers;
    struct column_meaning *meanings;
    struct shown_sample shown;
    uint64_t done; /* batches of the pass; guarded by lock */
    pthread_mutex_t lock;
    const char *stage;
};

/* Read, link and date the rows of a table; `stored` and `parts` are borrowed for the life of the
 * examination. *out_examination is owned; examination_free(). */
int examination_link(struct inquiry *inquiry, const struct stored_table *stored,
                     const struct rows_part *parts, size_t part_count,
                     struct examination **out_examination, struct tq_error *err) MUST_CHECK;

/* table_linking.c: who each record is about, in view of the table's other records; and, of linked
 * records, when what they show was held. The second also once roles of columns have changed. */
int examination_link_rows(struct examination *examination, struct tq_error *err) MUST_CHECK;
int examination_date_rows(struct examination *examination, struct tq_error *err) MUST_CHECK;

/* table_judging.c: judge the records at the snapshots of the dating, and keep all that was found.
 * Once. */
int examination_judge(struct examination *examination, struct tq_error *err) MUST_CHECK;

struct examination *examination_free(struct examination *examination);

/* ---- for both steps ---- */

/* Open the rows; make the memory of the threads, once model and judge are made. The end of the step
 * releases all of these. */
int examination_open_rows(struct examination *examination, struct tq_error *err) MUST_CHECK;
int examination_make_workers(struct examination *examination, struct tq_error *err) MUST_CHECK;
void examination_end_step(struct examination *examination);

int examination_run(struct examination *examination, const char *stage, pool_work *work,
                    struct tq_error *err) MUST_CHECK;
void examination_report_batch(struct examination *examination);
/* A batch with its links, once it has some, and what is kept of it; borrowed until the next. */
int examination_load(struct examination *examination, size_t number, unsigned thread,
                     struct linked_batch *out_linked, struct tq_error *err) MUST_CHECK;

/* Of the batches linked so far. */
uint64_t examination_record_count(const struct examination *examination);

/* The table's largest snapshot; of one without any, what the register holds last. */
int32_t examination_moment(const struct examination *examination);

/* Column roles and fill rates from a fixed stride of batches; see judge_set_roles(). */
int examination_learn(struct examination *examination, bool *out_changed,
                      struct tq_error *err) MUST_CHECK;

/* kept_reading.c: the readings of the columns and the dating, into the store. */
int examination_keep_reading(struct examination *examination, struct tq_error *err) MUST_CHECK;

#endif
