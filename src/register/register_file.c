/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/register_file.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Small arrays share memory: a mapping each would cost more than filling them. */
#define SLAB_BYTES   ((size_t)8 << 20)
#define SHARED_MAX   ((size_t)2 << 20)
#define SHARED_ALIGN ((size_t)64) /* a cache line */

struct block {
    void *memory;
    size_t size;
    bool shared;
    size_t users; /* shared: arrays in it that were not given back */
};

struct register_file {
    pthread_mutex_t lock; /* guards the list; the blocks belong to whoever asked */
    struct block *blocks;
    size_t count, capacity;
    char *slab; /* one of the blocks, or NULL; guarded too */
    size_t slab_used;
};

struct register_file *register_file_new(void)
{
    struct register_file *file = alloc_zeroed(1, sizeof(*file));

    if (!file)
        return NULL;
    (void)pthread_mutex_init(&file->lock, NULL); /* never fails with default attributes */
    return file;
}

struct register_file *register_file_free(struct register_file *file)
{
    if (!file)
        return NULL;
    for (size_t i = 0; i < file->count; i++)
        (void)alloc_huge_free(file->blocks[i].memory, file->blocks[i].size);
    free(file->blocks);
    (void)pthread_mutex_destroy(&file->lock);
    free(file);
    return NULL;
}

/* With the lock held. */
static bool keep(struct register_file *file, struct block block)
{
    struct tq_error err;

    if (alloc_reserve(&file->blocks, &file->capacity, file->count + 1, sizeof(*file->blocks), &err)
        < 0)
        return false;
    file->blocks[file->count++] = block;
    return true;
}

static void *add_block(struct register_file *file, size_t size, bool shared)
{
    struct block block = {alloc_huge(size), size, shared, 0};

    if (!block.memory || keep(file, block))
        return block.memory;
    return alloc_huge_free(block.memory, block.size);
}

/* The block that an array lies in, or NULL. With the lock held. */
static struct block *find_block(const struct register_file *file, const void *array)
{
    for (size_t i = 0; i < file->count; i++) {
        const char *memory = file->blocks[i].memory;

        if ((const char *)array >= memory && (const char *)array < memory + file->blocks[i].size)
            return &file->blocks[i];
    }
    return NULL;
}

/* A part of a slab, which is zero as it came. */
static void *share_slab(struct register_file *file, size_t size)
{
    struct block *block;
    void *memory;

    if (!file->slab || SLAB_BYTES - file->slab_used < size) {
        void *slab = add_block(file, SLAB_BYTES, true);

        if (!slab)
            return NULL;
        file->slab = slab;
        file->slab_used = 0;
    }
    memory = file->slab + file->slab_used;
    block = find_block(file, memory);
    assert(block);
    block->users++;
    file->slab_used += (size + SHARED_ALIGN - 1) & ~(SHARED_ALIGN - 1);
    return memory;
}

void *register_file_array(struct register_file *file, size_t count, size_t size)
{
    size_t bytes;
    void *memory;

    if (size && count > (SIZE_MAX >> 1) / size)
        return NULL;
    bytes = count * size;
    if (bytes == 0)
        bytes = 1; /* no array is NULL, so none needs a test */
    (void)pthread_mutex_lock(&file->lock);
    memory = bytes < SHARED_MAX ? share_slab(file, bytes) : add_block(file, bytes, false);
    (void)pthread_mutex_unlock(&file->lock);
    return memory;
}

/* A slab goes with the last array in it, unless it takes more. */
void register_file_release(struct register_file *file, const void *array)
{
    struct block gone = {0};
    struct block *block;

    (void)pthread_mutex_lock(&file->lock);
    block = array ? find_block(file, array) : NULL;
    assert(!block || !block->shared || block->users > 0); /* nothing is given back twice */
    if (block && block->shared)
        block->users--;
    if (block && block->users == 0 && block->memory != file->slab) {
        gone = *block;
        *block = file->blocks[--file->count];
    }
    (void)pthread_mutex_unlock(&file->lock);
    (void)alloc_huge_free(gone.memory, gone.size);
}

char *register_file_text(struct register_file *file, struct slice text)
{
    char *copy = register_file_array(file, text.length + 1, 1);

    if (copy && text.length)
        memcpy(copy, text.data, text.length);
    return copy;
}
