/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "reading/age_day.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "normalise/age.h"

void age_spans_clear(struct age_spans *spans)
{
    free(spans->ends);
    *spans = (struct age_spans){0};
}

/* Sorted, the ends of a day come before its beginnings: spans are half-open. */
static int64_t end_of(int32_t day, bool begins)
{
    return (int64_t)day * 2 + begins;
}

static bool is_beginning(int64_t end)
{
    return end % 2 != 0;
}

static int32_t day_of(int64_t end)
{
    return (int32_t)((end - is_beginning(end)) / 2);
}

int age_spans_add(struct age_spans *spans, int32_t birth, int64_t age, struct tq_error *err)
{
    int r =
        alloc_reserve(&spans->ends, &spans->capacity, spans->count + 2, sizeof(*spans->ends), err);

    if (r < 0)
        return r;
    spans->ends[spans->count++] = end_of(age_begins(birth, age), true);
    spans->ends[spans->count++] = end_of(age_begins(birth, age + 1), false);
    return TQ_OK;
}

static int compare_ends(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

size_t age_spans_day(struct age_spans *spans, int32_t *out_day)
{
    size_t open = 0, most = 0;

    *out_day = 0;
    if (spans->count > 0)
        qsort(spans->ends, spans->count, sizeof(*spans->ends), compare_ends);
    for (size_t i = 0; i + 1 < spans->count; i++) {
        open = is_beginning(spans->ends[i]) ? open + 1 : open - 1;
        if (open <= most)
            continue;
        most = open;
        *out_day =
            day_of(spans->ends[i]) + (day_of(spans->ends[i + 1]) - day_of(spans->ends[i])) / 2;
    }
    return most;
}
