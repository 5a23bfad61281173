/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "assess/doubt.h"

#include <stdlib.h>

#include "base/alloc.h"

void table_doubt_clear(struct table_doubt *doubt)
{
    free(doubt->columns);
    free(doubt->subjects);
    *doubt = (struct table_doubt){0};
}

int table_doubt_reserve(struct table_doubt *doubt, size_t column, struct tq_error *err)
{
    int r = alloc_reserve(&doubt->columns, &doubt->column_capacity, column + 1,
                          sizeof(*doubt->columns), err);

    if (r < 0)
        return r;
    while (doubt->column_count <= column)
        doubt->columns[doubt->column_count++] = (struct column_doubt){0};
    return TQ_OK;
}

int table_doubt_add_subject(struct table_doubt *doubt, const struct doubtful_subject *subject,
                            struct tq_error *err)
{
    int r = alloc_reserve(&doubt->subjects, &doubt->subject_capacity, doubt->subject_count + 1,
                          sizeof(*doubt->subjects), err);

    if (r < 0)
        return r;
    doubt->subjects[doubt->subject_count++] = *subject;
    return TQ_OK;
}

static int merge_columns(struct table_doubt *doubt, const struct table_doubt *other,
                         struct tq_error *err)
{
    int r = other->column_count ? table_doubt_reserve(doubt, other->column_count - 1, err) : TQ_OK;

    if (r < 0)
        return r;
    for (size_t i = 0; i < other->column_count; i++) {
        doubt->columns[i].is_compared |= other->columns[i].is_compared;
        doubt->columns[i].is_name |= other->columns[i].is_name;
        doubt->columns[i].altered += other->columns[i].altered;
    }
    return TQ_OK;
}

int table_doubt_merge(struct table_doubt *doubt, const struct table_doubt *other,
                      struct tq_error *err)
{
    int r = merge_columns(doubt, other, err);

    for (size_t i = 0; i < other->subject_count && r == TQ_OK; i++)
        r = table_doubt_add_subject(doubt, &other->subjects[i], err);
    if (r < 0)
        return r;
    doubt->name_only += other->name_only;
    doubt->name_variants += other->name_variants;
    return TQ_OK;
}

static int by_subject(const void *a, const void *b)
{
    const struct doubtful_subject *one = a, *other = b;

    return (one->subject > other->subject) - (one->subject < other->subject);
}

static void sort_subjects(struct table_doubt *doubt)
{
    size_t kept = 0;

    if (doubt->subject_count == 0)
        return;
    qsort(doubt->subjects, doubt->subject_count, sizeof(*doubt->subjects), by_subject);
    for (size_t i = 1; i < doubt->subject_count; i++) {
        if (doubt->subjects[i].subject == doubt->subjects[kept].subject)
            doubt->subjects[kept].categories |= doubt->subjects[i].categories;
        else
            doubt->subjects[++kept] = doubt->subjects[i];
    }
    doubt->subject_count = kept + 1;
}

static struct misjudged_table sum_columns(const struct table_doubt *doubt)
{
    struct misjudged_table sum = {.name_only = doubt->name_only,
                                  .name_variants = doubt->name_variants};

    for (size_t i = 0; i < doubt->column_count; i++) {
        const struct column_doubt *column = &doubt->columns[i];

        if (!column->is_compared)
            continue;
        if (column->is_name) {
            sum.name_columns++;
            continue;
        }
        sum.columns++;
        sum.altered += column->altered;
        sum.altered_squares += (uint64_t)column->altered * column->altered;
    }
    return sum;
}

void table_doubt_settle(struct table_doubt *doubt)
{
    struct misjudged_table sum = sum_columns(doubt);

    sort_subjects(doubt);
    doubt->misjudged = misjudged_as_altered(&sum);
    doubt->forged = misjudged_as_true(&sum);
}
