/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"

struct pool {
    pool_work *work;
    void *state;
    size_t count;
    atomic_size_t next;
    atomic_bool failed;
    pthread_mutex_t lock; /* guards the two below */
    size_t failed_index;
    struct tq_error err;
};

struct worker {
    struct pool *pool;
    pthread_t thread;
    unsigned number;
};

static void remember_failure(struct pool *pool, size_t index, const struct tq_error *err)
{
    (void)pthread_mutex_lock(&pool->lock);
    if (!atomic_load(&pool->failed) || index < pool->failed_index) {
        pool->failed_index = index;
        pool->err = *err;
    }
    atomic_store(&pool->failed, true);
    (void)pthread_mutex_unlock(&pool->lock);
}

static void *work_until_done(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;

    while (!atomic_load(&pool->failed)) {
        size_t index = atomic_fetch_add(&pool->next, 1);
        struct tq_error err;

        if (index >= pool->count)
            break;
        if (pool->work(pool->state, index, worker->number, &err) < 0)
            remember_failure(pool, index, &err);
    }
    return NULL;
}

int pool_run(unsigned threads, size_t count, pool_work *work, void *state, struct tq_error *err)
{
    struct pool pool = {
        .work = work, .state = state, .count = count, .lock = PTHREAD_MUTEX_INITIALIZER};
    CLEANUP(free_cleanup) struct worker *workers = NULL;
    unsigned started = 0;

    if (threads > count)
        threads = (unsigned)count;
    if (threads < 1)
        threads = 1;
    workers = alloc_zeroed(threads, sizeof(*workers));
    if (!workers)
        return tq_no_memory(err);

    for (unsigned i = 0; i < threads; i++)
        workers[i] = (struct worker){.pool = &pool, .number = i};
    for (unsigned i = 1; i < threads; i++) {
        if (pthread_create(&workers[i].thread, NULL, work_until_done, &workers[i]) != 0)
            break; /* fewer threads do the same work */
        started = i;
    }
    (void)work_until_done(&workers[0]);
    for (unsigned i = 1; i <= started; i++)
        (void)pthread_join(workers[i].thread, NULL);
    (void)pthread_mutex_destroy(&pool.lock);

    if (!atomic_load(&pool.failed))
        return TQ_OK;
    *err = pool.err;
    return (int)pool.err.status;
}

unsigned pool_processors(void)
{
    cpu_set_t set;
    int count;

    if (sched_getaffinity(0, sizeof(set), &set) < 0)
        return 1;
    count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}
