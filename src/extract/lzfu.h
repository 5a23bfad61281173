/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_LZFU_H
#define EXTRACT_LZFU_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Compressed RTF of Outlook ([MS-OXRTFCP]): appended to `out`, at most `bytes_max` bytes of it.
 * *out_whole is false if it is damaged, larger, or nothing of the kind; what came is kept.
 */
int lzfu_decode(struct slice packed, size_t bytes_max, struct buf *out, bool *out_whole,
                struct tq_error *err) MUST_CHECK;

#endif
