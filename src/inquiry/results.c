/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What outlives an examination: findings batch by batch, then the counts and the subjects. */
#include "base/alloc.h"
#include "base/cleanup.h"
#include "inquiry/context.h"

int inquiry_keep_findings(struct inquiry *inquiry, uint32_t table, uint32_t batch, uint8_t kind,
                          bool is_document, const struct column_meaning *meanings,
                          const struct finding_batch *findings, struct tq_error *err)
{
    CLEANUP(free_cleanup) uint32_t *holders = NULL;
    int r = case_add_findings(inquiry->request->store, table, batch, findings, err);

    if (r < 0)
        return r;
    holders = alloc_zeroed(findings->cell_count + 1, sizeof(*holders));
    if (!holders)
        return tq_no_memory(err);
    for (size_t i = 0; i < findings->cell_count; i++)
        holders[i] = findings->cells[i].other;

    (void)pthread_mutex_lock(&inquiry->lock);
    for (size_t i = 0; i < findings->record_count; i++)
        inquiry->summary.verdicts[findings->records[i].verdict]++;
    inquiry->summary.records += findings->record_count;
    r = assessment_add(inquiry->assessment, table, kind, is_document, meanings, findings, holders,
                       err);
    (void)pthread_mutex_unlock(&inquiry->lock);
    return r;
}

static int keep_counts(struct inquiry *inquiry, struct tq_error *err)
{
    const struct count_row *rows;
    size_t count;
    int r = assessment_counts(inquiry->assessment, &rows, &count, err);

    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = case_add_count(inquiry->request->store, &rows[i], err);
    return r;
}

static int keep_unseen(struct inquiry *inquiry, struct tq_error *err)
{
    int r = TQ_OK;

    for (uint8_t i = 0; i < inquiry->request->reg->kind_count && r == TQ_OK; i++) {
        struct unseen_row row;

        if (assessment_unseen(inquiry->assessment, i, &row))
            r = case_add_unseen(inquiry->request->store, &row, err);
    }
    return r;
}

int inquiry_keep_results(struct inquiry *inquiry, struct tq_error *err)
{
    const struct reg *reg = inquiry->request->reg;
    struct subject_row row;
    uint64_t cursor = 0;
    int r = keep_counts(inquiry, err);

    if (r == TQ_OK)
        r = keep_unseen(inquiry, err);
    if (r == TQ_OK)
        r = inquiry_keep_recapture(inquiry, err);
    if (r == TQ_OK)
        r = reg_load_subjects(reg, err);
    while (r == TQ_OK && assessment_next_subject(inquiry->assessment, &cursor, &row))
        r = case_add_subject(inquiry->request->store, &row,
                             reg_subject_key(reg, row.kind, row.subject), err);
    return r;
}
