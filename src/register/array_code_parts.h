/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_ARRAY_CODE_PARTS_H
#define REGISTER_ARRAY_CODE_PARTS_H

#include "register/array_code.h"

/* The inside of array_code.c: the codings that go by groups. As array_encode(), array_decode(). */

/* The group that item `item` is in. */
uint32_t array_group_of(const struct array_code *code, size_t item);

size_t picked_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out);
bool picked_decode(const struct array_code *code, size_t first, size_t count,
                   const unsigned char *coded, size_t length);

size_t repeated_encode(const struct array_code *code, size_t first, size_t count,
                       unsigned char *out);
bool repeated_decode(const struct array_code *code, size_t count, const unsigned char *coded,
                     size_t length);

size_t front_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out);
bool front_decode(const struct array_code *code, size_t first, size_t count,
                  const unsigned char *coded, size_t length);

size_t edited_encode(const struct array_code *code, size_t first, size_t count, unsigned char *out);
bool edited_decode(const struct array_code *code, size_t first, size_t count,
                   const unsigned char *coded, size_t length);

/* `first` and `count` are whole numbers of NUMBER_BYTES. */
size_t numbers_encode(const struct array_code *code, size_t first, size_t count,
                      unsigned char *out);
bool numbers_decode(const struct array_code *code, size_t first, size_t count,
                    const unsigned char *coded, size_t length);

#endif
