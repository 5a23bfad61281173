/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_FABRICATION_H
#define INQUIRY_FABRICATION_H

#include "inquiry/table_examination.h"

/* The rows of a table that are tested for fabrication, gathered while it is judged: batches at a
 * fixed stride, each in its place, so that threads change nothing. The borrowed columns outlive
 * the rows. */

int fabrication_sample_open(struct examination *examination, struct tq_error *err) MUST_CHECK;
void fabrication_sample_close(struct shown_sample *sample);

/* From any thread, once per batch. */
int fabrication_sample_add(struct examination *examination, size_t number,
                           const struct batch *batch, const struct finding_batch *findings,
                           struct tq_error *err) MUST_CHECK;

/* Once all batches are judged: into the signs of the inquiry, if enough rows are doubtful. */
int fabrication_sample_test(struct examination *examination, struct tq_error *err) MUST_CHECK;

#endif
