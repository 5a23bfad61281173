/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MOSAIC_SUBJECT_SAMPLE_H
#define MOSAIC_SUBJECT_SAMPLE_H

#include <stddef.h>

#include "base/error.h"
#include "model/link.h"

/*
 * Subjects of one kind at a fixed stride: all of them while they are few. What is asked of a
 * sample costs the same however large the table or the register is.
 */
#define SUBJECT_SAMPLE_MOST 8192u /* shares to half a percent */

struct subject_sample {
    uint32_t *subjects; /* rising; owned */
    size_t count;
    uint64_t total; /* that they were taken from */
};

void subject_sample_clear(struct subject_sample *sample);

/* Of all subjects of a kind. *out_sample is owned. */
int subject_sample_all(uint32_t subject_count, struct subject_sample *out_sample,
                       struct tq_error *err) MUST_CHECK;

/* The distinct subjects of links, which come in any order; start with marks_init(). */
struct subject_marks {
    uint64_t *bits; /* owned */
    uint32_t subject_count;
    uint64_t links; /* that name somebody */
};

int subject_marks_init(struct subject_marks *marks, uint32_t subject_count,
                       struct tq_error *err) MUST_CHECK;
void subject_marks_clear(struct subject_marks *marks);
void subject_marks_add(struct subject_marks *marks, const struct link *links, size_t count);

int subject_sample_marked(const struct subject_marks *marks, struct subject_sample *out_sample,
                          struct tq_error *err) MUST_CHECK;

#endif
