/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MOSAIC_SOURCE_ROWS_H
#define MOSAIC_SOURCE_ROWS_H

#include "mosaic/sources.h"
#include "mosaic/subject_sample.h"

/* How many of some subjects have, at a moment, something in a source that the table shows of it. */
struct source_rows {
    uint64_t subjects;                      /* looked at */
    uint64_t in_source[MOSAIC_SOURCES_MAX]; /* by number of the source */
    uint64_t in_all;
};

/* The fields that the reading shows are loaded where they are not yet. */
int mosaic_source_rows(const struct mosaic_sources *sources, const struct reading *reading,
                       const struct subject_sample *sample, int32_t at,
                       struct source_rows *out_rows, struct tq_error *err) MUST_CHECK;

#endif
