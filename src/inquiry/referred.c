/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "inquiry/referred.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "register/view.h"

/* One column that refers to others, while the batches pass. */
struct reference {
    struct examination *examination;
    struct view *view;
    uint32_t column;
    uint8_t kind;
};

static bool refers_to_another_kind(const struct reg *reg, const struct reading *reading,
                                   const struct column_reading *column)
{
    return column->status == READING_REFERS_TO && column->target.field != FIELD_NONE
           && reg->fields[column->target.field].kind != reading->kind;
}

/* Several may hold one key, as a telephone: any of them may be meant. */
static int add_holders(const struct reference *reference, const uint32_t *keys, uint32_t count,
                       struct tq_error *err)
{
    struct assessment *assessment = reference->examination->inquiry->assessment;
    int r = TQ_OK;

    for (uint32_t row = 0; row < count && r == TQ_OK; row++) {
        const uint32_t *holders;
        uint32_t holder_count;

        if (keys[row] == KEY_NONE)
            continue;
        holders = view_key_holders(reference->view, keys[row], &holder_count);
        r = assessment_add_referred(assessment, reference->kind, holders, holder_count, err);
    }
    return r;
}

static int add_batch(void *state, size_t number, unsigned thread, struct tq_error *err)
{
    const struct reference *reference = state;
    struct inquiry *inquiry = reference->examination->inquiry;
    CLEANUP(free_cleanup) uint32_t *keys = NULL;
    struct linked_batch linked;
    int r = examination_load(reference->examination, number, thread, &linked, err);

    if (r < 0)
        return r;
    keys = alloc_zeroed((size_t)linked.batch->row_count + 1, sizeof(*keys));
    if (!keys)
        return tq_no_memory(err);
    r = view_batch_keys(reference->view, linked.batch, reference->column, keys, err);
    if (r < 0)
        return r;
    (void)pthread_mutex_lock(&inquiry->lock);
    r = add_holders(reference, keys, linked.batch->row_count, err);
    (void)pthread_mutex_unlock(&inquiry->lock);
    return r;
}

static int add_column(struct examination *examination, uint32_t number, struct tq_error *err)
{
    const struct inquiry_request *request = examination->inquiry->request;
    const struct column_reading *column = &examination->reading.columns[number];
    struct reference reference = {.examination = examination,
                                  .column = number,
                                  .kind = request->reg->fields[column->target.field].kind};
    int r = view_new(request->reg, column, &reference.view, err);

    if (r == TQ_OK)
        r = pool_run(request->jobs, examination->batch_count, add_batch, &reference, err);
    reference.view = view_free(reference.view);
    return r;
}

int referred_add(struct examination *examination, struct tq_error *err)
{
    const struct reading *reading = &examination->reading;
    int r = TQ_OK;

    for (uint32_t i = 0; i < reading->column_count && r == TQ_OK; i++) {
        if (refers_to_another_kind(examination->inquiry->request->reg, reading,
                                   &reading->columns[i]))
            r = add_column(examination, i, err);
    }
    return r;
}
