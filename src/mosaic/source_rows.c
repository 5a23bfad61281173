/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "mosaic/source_rows.h"

#include "mosaic/held_at.h"

/* What of a need is asked for: a full name stands for the names that it is made of. */
static struct target target_of(const struct mosaic_sources *sources, const struct reading *reading,
                               const struct mosaic_need *need)
{
    const struct target *shown = &reading->columns[need->column].target;
    const struct field *field = &sources->reg->fields[need->field];
    uint16_t through = field->kind == sources->kind ? FIELD_NONE : shown->through;

    if (sources->reg->fields[shown->field].derived && shown->field != need->field
        && need->field != shown->through)
        return held_at_target(shown->field, shown->through);
    return held_at_target(need->field, through);
}

static int load(const struct mosaic_sources *sources, const struct reading *reading,
                struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i < sources->need_count && r == TQ_OK; i++) {
        struct target target = target_of(sources, reading, &sources->needs[i]);

        r = reg_load_field(sources->reg, target.field, FIELD_HELD | FIELD_TIMES, err);
        if (r == TQ_OK && target.through != FIELD_NONE)
            r = reg_load_field(sources->reg, target.through, FIELD_HELD | FIELD_TIMES, err);
    }
    return r;
}

static int is_in_source(const struct mosaic_sources *sources, const struct reading *reading,
                        unsigned number, uint32_t subject, int32_t at, struct held_list *list,
                        bool *out_is, struct tq_error *err)
{
    const struct reg_table *table = &sources->reg->tables[sources->tables[number]];

    *out_is = false;
    for (size_t i = 0; i < sources->need_count && !*out_is; i++) {
        struct target target = target_of(sources, reading, &sources->needs[i]);
        int r;

        if (!mosaic_table_holds(table, sources->reg, sources->needs[i].field))
            continue;
        r = held_at(sources->reg, &target, subject, at, list, err);
        if (r < 0)
            return r;
        *out_is = list->count > 0;
    }
    return TQ_OK;
}

static int look_at(const struct mosaic_sources *sources, const struct reading *reading,
                   uint32_t subject, int32_t at, struct held_list *list, struct source_rows *rows,
                   struct tq_error *err)
{
    bool in_all = sources->count > 0;

    rows->subjects++;
    for (unsigned i = 0; i < sources->count; i++) {
        bool is_in;
        int r = is_in_source(sources, reading, i, subject, at, list, &is_in, err);

        if (r < 0)
            return r;
        rows->in_source[i] += is_in;
        in_all &= is_in;
    }
    rows->in_all += in_all;
    return TQ_OK;
}

int mosaic_source_rows(const struct mosaic_sources *sources, const struct reading *reading,
                       const struct subject_sample *sample, int32_t at,
                       struct source_rows *out_rows, struct tq_error *err)
{
    struct source_rows rows = {0};
    struct held_list list = {0};
    int r = load(sources, reading, err);

    for (size_t i = 0; i < sample->count && r == TQ_OK; i++)
        r = look_at(sources, reading, sample->subjects[i], at, &list, &rows, err);
    held_list_clear(&list);
    if (r == TQ_OK)
        *out_rows = rows;
    return r;
}
