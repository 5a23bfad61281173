/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <stddef.h>

#include "base/error.h"

/* One piece of work. `thread` counts from 0 and lets the work use per-thread scratch memory. */
typedef int pool_work(void *state, size_t index, unsigned thread, struct tq_error *err);

/*
 * Call work(state, i, ...) for every i < count on `threads` threads (at least 1) and wait. Threads
 * take indices in rising order; what index a thread gets varies from run to run, so results must
 * be stored by index. On failure the rest is skipped and the error of the smallest failing index
 * is returned.
 */
int pool_run(unsigned threads, size_t count, pool_work *work, void *state,
             struct tq_error *err) MUST_CHECK;

/* The processors this process may use, at least 1. */
unsigned pool_processors(void);

#endif
