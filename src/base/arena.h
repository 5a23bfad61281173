/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

/*
 * Memory for one unit of work, freed whole. Start with `struct arena a = {0};`, end with
 * arena_clear(), or arena_reset() to use the same memory for the next unit.
 */
struct arena {
    struct arena_block *first;
    struct arena_block *current;
};

/* Zeroed, aligned for any type; NULL when memory runs out. Borrowed from the arena. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/* A NUL-terminated copy; NULL when memory runs out. */
char *arena_text(struct arena *arena, struct slice text);

void arena_reset(struct arena *arena);
void arena_clear(struct arena *arena);

static inline void arena_clear_cleanup(struct arena *arena)
{
    arena_clear(arena);
}

#endif
