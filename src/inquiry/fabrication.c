/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Signs of fabrication: rows of up to four batches of a table are kept while it is judged, tested
 * beside a sample of the register once it is, and what came of all tables is corrected together.
 */
#include "inquiry/fabrication.h"

#include <stdlib.h>

#include "base/alloc.h"

#define SAMPLE_SUBJECTS 4096u /* of the register: shares to a percent */

int fabrication_sample_open(struct examination *examination, struct tq_error *err)
{
    struct shown_sample *sample = &examination->shown;
    int r = shown_columns_find(examination->inquiry->request->reg, &examination->reading,
                               &sample->columns, &sample->column_count, err);

    if (r < 0)
        return r;
    sample->stride = (examination->batch_count + SAMPLE_BATCHES - 1) / SAMPLE_BATCHES;
    return TQ_OK;
}

void fabrication_sample_close(struct shown_sample *sample)
{
    for (size_t i = 0; i < SAMPLE_BATCHES; i++)
        shown_rows_clear(&sample->batches[i]);
    free(sample->columns);
    *sample = (struct shown_sample){0};
}

int fabrication_sample_add(struct examination *examination, size_t number,
                           const struct batch *batch, const struct finding_batch *findings,
                           struct tq_error *err)
{
    struct shown_sample *sample = &examination->shown;
    struct shown_rows *rows;

    if (number % sample->stride != 0 || sample->column_count == 0)
        return TQ_OK;
    rows = &sample->batches[number / sample->stride];
    rows->columns = sample->columns;
    rows->column_count = sample->column_count;
    return shown_rows_of_batch(examination->inquiry->request->reg, &examination->reading, batch,
                               findings, rows, err);
}

/* ---- once the table is judged ---- */

static size_t count_doubtful(const struct shown_sample *sample)
{
    size_t count = 0;

    for (size_t i = 0; i < SAMPLE_BATCHES; i++) {
        for (size_t k = 0; k < sample->batches[i].row_count; k++)
            count += sample->batches[i].groups[k] == SHOWN_BY_DOUBTFUL;
    }
    return count;
}

static int test_sample(struct examination *examination, struct shown_rows *rows,
                       struct tq_error *err)
{
    struct inquiry *inquiry = examination->inquiry;
    int32_t at = examination_moment(examination);
    int r = shown_rows_of_register(inquiry->request->reg, &examination->reading, at,
                                   SAMPLE_SUBJECTS, rows, err);

    for (size_t i = 0; i < SAMPLE_BATCHES && r == TQ_OK; i++)
        r = shown_rows_append(rows, &examination->shown.batches[i], err);
    if (r == TQ_OK)
        r = fabrication_test(rows, examination->stored->number, at, &inquiry->signs, err);
    return r;
}

int fabrication_sample_test(struct examination *examination, struct tq_error *err)
{
    struct shown_rows rows = {.columns = examination->shown.columns,
                              .column_count = examination->shown.column_count};
    int r;

    if (count_doubtful(&examination->shown) < FABRICATION_LEAST)
        return TQ_OK;
    r = test_sample(examination, &rows, err);
    shown_rows_clear(&rows);
    return r;
}

int inquiry_keep_signs(struct inquiry *inquiry, struct tq_error *err)
{
    int r = fabrication_settle(&inquiry->signs, err);

    for (size_t i = 0; i < inquiry->signs.count && r == TQ_OK; i++)
        r = case_add_sign(inquiry->request->store, &inquiry->signs.items[i], err);
    return r;
}
