/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_CUT_STREAM_H
#define EXTRACT_CUT_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "extract/inflate.h"

/*
 * A compressed file that is cut or damaged, unpacked as far as it goes. libarchive unpacks more
 * than it was asked for before it gives any, and loses all of that when damage comes.
 */

/* Whether files of that filter of libarchive are unpacked here: gzip and zstd. */
bool cut_stream_knows(int filter);

/* What comes out of `fd` from its start goes to `take`, but for the first `skipped_bytes`. */
int cut_stream_read(int fd, int filter, uint64_t skipped_bytes, inflate_take *take, void *state,
                    struct tq_error *err) MUST_CHECK;

#endif
