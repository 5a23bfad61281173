/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_PREFETCH_H
#define BASE_PREFETCH_H

/*
 * For functions that only prefetch. They have no effect that the compiler knows of, and GCC drops
 * calls of such functions; what is part of the caller from the start it leaves alone.
 */
#define PREFETCHING static inline __attribute__((always_inline))

#endif
