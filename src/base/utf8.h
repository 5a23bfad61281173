/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define UTF8_BYTES_MAX   4
#define UTF8_REPLACEMENT 0xFFFDu
#define UTF8_INVALID     UINT32_MAX

/*
 * Take one code point off the front of *text (which must not be empty). A byte that starts no
 * valid sequence (overlong, surrogate, above U+10FFFF, cut short) is taken alone and gives
 * UTF8_INVALID, so a loop always ends and no byte is skipped twice.
 */
uint32_t utf8_next(struct slice *text);

/* Write `code_point` to `out` (UTF8_BYTES_MAX bytes of room); the number of bytes written. */
size_t utf8_put(char *out, uint32_t code_point);

bool utf8_is_valid(struct slice text);

#endif
