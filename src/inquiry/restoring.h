/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INQUIRY_RESTORING_H
#define INQUIRY_RESTORING_H

#include "sandbox/reader.h"
#include "sandbox/restoration.h"

/*
 * Dumps that pg_restore reads: it makes SQL of them in its jail, and a reader reads that, from a
 * pipe between the two, in place of the exhibit. So the rows are records of the exhibit itself, and
 * nothing of the script is kept.
 */

/* Whether `fd` is such a dump, and there is a pg_restore. */
bool restoring_wants(const struct restoration_tools *tools, int fd);

/* As reader_read(). READER_CRASHED also if pg_restore was killed from outside. */
int restoring_read(const struct restoration_tools *tools, struct reader *reader,
                   const struct reader_job *job, const struct sink *sink, enum reader_end *out_end,
                   char *out_reason, enum restoration_end *out_restored,
                   struct tq_error *err) MUST_CHECK;

#endif
