/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "mosaic/subject_sample.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "model/reading.h"

#define BITS 64u

void subject_sample_clear(struct subject_sample *sample)
{
    free(sample->subjects);
    *sample = (struct subject_sample){0};
}

static int sample_init(uint64_t total, struct subject_sample *sample, uint64_t *out_stride,
                       struct tq_error *err)
{
    *out_stride = total / SUBJECT_SAMPLE_MOST + 1;
    *sample = (struct subject_sample){.total = total};
    sample->subjects = alloc_zeroed((size_t)(total / *out_stride) + 1, sizeof(uint32_t));
    return sample->subjects ? TQ_OK : tq_no_memory(err);
}

int subject_sample_all(uint32_t subject_count, struct subject_sample *out_sample,
                       struct tq_error *err)
{
    struct subject_sample sample;
    uint64_t stride;
    int r = sample_init(subject_count, &sample, &stride, err);

    if (r < 0)
        return r;
    for (uint64_t i = 0; i < subject_count; i += stride)
        sample.subjects[sample.count++] = (uint32_t)i;
    *out_sample = sample;
    return TQ_OK;
}

/* ---- of links ---- */

int subject_marks_init(struct subject_marks *marks, uint32_t subject_count, struct tq_error *err)
{
    *marks = (struct subject_marks){.subject_count = subject_count};
    marks->bits = alloc_zeroed(subject_count / BITS + 1, sizeof(*marks->bits));
    return marks->bits ? TQ_OK : tq_no_memory(err);
}

void subject_marks_clear(struct subject_marks *marks)
{
    free(marks->bits);
    *marks = (struct subject_marks){0};
}

void subject_marks_add(struct subject_marks *marks, const struct link *links, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t subject = links[i].subject;

        if (subject >= marks->subject_count)
            continue;
        marks->bits[subject / BITS] |= 1ull << subject % BITS;
        marks->links++;
    }
}

int subject_sample_marked(const struct subject_marks *marks, struct subject_sample *out_sample,
                          struct tq_error *err)
{
    struct subject_sample sample;
    uint64_t total = 0, stride, seen = 0;
    int r;

    for (uint32_t i = 0; i <= marks->subject_count / BITS; i++)
        total += (unsigned)__builtin_popcountll(marks->bits[i]);
    r = sample_init(total, &sample, &stride, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < marks->subject_count; i++) {
        if (marks->bits[i / BITS] >> i % BITS & 1u && seen++ % stride == 0)
            sample.subjects[sample.count++] = i;
    }
    *out_sample = sample;
    return TQ_OK;
}
