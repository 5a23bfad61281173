/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/alloc.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE_BYTES ((size_t)2 << 20)
#define PAGE_BYTES      4096u
#define FIRST_CAPACITY  16

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; older kernels refuse it */
#endif

/*
 * Huge pages pay from here on. Where a hypervisor takes free memory back, the first touch of a huge
 * page costs 4 times as much as that of the small pages in its place (measured: 0.45 against 2
 * GB/s; without a hypervisor it is 11 against 2.5), and random access to less than this finds most
 * of its page tables in the cache.
 */
#define HUGE_FROM_BYTES ((size_t)32 << 20)

static atomic_uint fail_countdown; /* the one piece of global state: a test hook, 0 in production */

void alloc_fail_nth(unsigned nth)
{
    atomic_store(&fail_countdown, nth);
}

static bool must_fail(void)
{
    unsigned left = atomic_load_explicit(&fail_countdown, memory_order_relaxed);

    if (left == 0)
        return false;
    return atomic_fetch_sub(&fail_countdown, 1) == 1;
}

void *alloc_zeroed(size_t count, size_t size)
{
    return must_fail() ? NULL : calloc(count, size);
}

void *alloc_resize(void *old, size_t count, size_t size)
{
    return must_fail() ? NULL : reallocarray(old, count, size);
}

static size_t huge_size(size_t size_bytes)
{
    return (size_bytes + HUGE_PAGE_BYTES - 1) & ~(HUGE_PAGE_BYTES - 1);
}

/* Fresh pages, which are zero: the first thread that writes to one pays for it, not this one. */
static void *map_aligned(size_t size)
{
    char *memory = mmap(NULL, size + HUGE_PAGE_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t before;

    if (memory == MAP_FAILED)
        return NULL;
    before = (HUGE_PAGE_BYTES - (uintptr_t)memory % HUGE_PAGE_BYTES) % HUGE_PAGE_BYTES;
    if (before > 0)
        (void)munmap(memory, before);
    if (before < HUGE_PAGE_BYTES)
        (void)munmap(memory + before + size, HUGE_PAGE_BYTES - before);
    return memory + before;
}

void *alloc_huge(size_t size_bytes)
{
    void *memory;
    size_t size;

    if (must_fail() || size_bytes > SIZE_MAX - HUGE_PAGE_BYTES)
        return NULL;
    if (size_bytes < HUGE_PAGE_BYTES)
        return calloc(1, size_bytes ? size_bytes : 1);

    size = huge_size(size_bytes);
    memory = map_aligned(size);
    if (!memory)
        return NULL;
    if (size >= HUGE_FROM_BYTES)
        (void)madvise(memory, size, MADV_HUGEPAGE); /* an optimisation: refusal changes nothing */
    return memory;
}

void *alloc_huge_free(void *memory, size_t size_bytes)
{
    if (memory && size_bytes >= HUGE_PAGE_BYTES)
        (void)munmap(memory, huge_size(size_bytes));
    else
        free(memory);
    return NULL;
}

void alloc_fetch(void *memory, size_t size_bytes)
{
    uintptr_t first = ((uintptr_t)memory + PAGE_BYTES - 1) & ~(uintptr_t)(PAGE_BYTES - 1);
    uintptr_t end = ((uintptr_t)memory + size_bytes) & ~(uintptr_t)(PAGE_BYTES - 1);

    if (end > first)
        (void)madvise((void *)first, end - first, MADV_POPULATE_WRITE); /* an optimisation only */
}

int alloc_reserve(void *items, size_t *capacity, size_t wanted, size_t size, struct tq_error *err)
{
    void *old, *new;
    size_t grown;

    if (wanted <= *capacity)
        return TQ_OK;

    grown = *capacity ? *capacity + *capacity / 2 : FIRST_CAPACITY;
    if (grown < wanted)
        grown = wanted;

    memcpy(&old, items, sizeof(old)); /* `items` points to a pointer of the caller's own type */
    new = alloc_resize(old, grown, size);
    if (!new)
        return tq_fail(err, TQ_E_NOMEM, "out of memory at %zu items of %zu bytes", wanted, size);
    memcpy(items, &new, sizeof(new));
    *capacity = grown;
    return TQ_OK;
}

void alloc_give_back(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}
