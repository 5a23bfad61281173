/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PPT_LOCK_H
#define EXTRACT_PPT_LOCK_H

#include "base/buf.h"
#include "extract/extract.h"

/*
 * Decipher the stream of an encrypted presentation where it lies ([MS-PPT] 2.3.7). `current`: its
 * stream "Current User". *out_open is false, with a note, if no password opens it.
 */
int ppt_unlock(struct buf *stream, struct slice current, const struct extract_input *input,
               const struct sink *sink, bool *out_open, struct tq_error *err) MUST_CHECK;

#endif
