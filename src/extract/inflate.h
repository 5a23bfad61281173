/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_INFLATE_H
#define EXTRACT_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * Undo deflate (RFC 1951, without a head): pieces of up to `size` bytes, made in `buffer`, go to
 * `take` until it sets *out_enough. *out_whole: the end came, undamaged.
 */
typedef int inflate_take(void *state, struct slice piece, bool *out_enough, struct tq_error *err);
int inflate_bytes(struct slice packed, char *buffer, size_t size, inflate_take *take, void *state,
                  bool *out_whole, struct tq_error *err) MUST_CHECK;

#endif
