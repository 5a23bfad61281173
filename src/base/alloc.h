/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_ALLOC_H
#define BASE_ALLOC_H

#include <stddef.h>

#include "base/error.h"

/* The only doors to the heap. Both return NULL on overflow or when memory runs out; free() frees.
 */
void *alloc_zeroed(size_t count, size_t size);
void *alloc_resize(void *old, size_t count, size_t size);

/*
 * Large arrays that are read at random: zeroed, and the largest backed by huge pages where the
 * kernel grants them (worth 2 to 3 times on a cold look-up). Release with alloc_huge_free().
 */
void *alloc_huge(size_t size_bytes);
void *alloc_huge_free(void *memory, size_t size_bytes);

/*
 * Fetch the pages of fresh memory that is about to be filled, all at once: a fault for each of them
 * costs half as much again. The thread that will fill it should ask.
 */
void alloc_fetch(void *memory, size_t size_bytes);

/*
 * Make room for at least `wanted` items of `size` bytes in the array *items, growing it
 * geometrically. *items and *capacity are untouched on failure. `items` is the address of a
 * pointer to the array.
 */
int alloc_reserve(void *items, size_t *capacity, size_t wanted, size_t size,
                  struct tq_error *err) MUST_CHECK;

/* Tests only: make the nth allocation from now on fail (0: none). */
void alloc_fail_nth(unsigned nth);

/* Give the system back what was freed in small pieces, all over the heap: after much was. */
void alloc_give_back(void);

#endif
