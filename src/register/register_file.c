/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/register_file.h"

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
    struct block block = {alloc_huge(size), size, shared};

    if (!block.memory || keep(file, block))
        return block.memory;
    return alloc_huge_free(block.memory, block.size);
}

/* A part of a slab, which is zero as it came. */
static void *share_slab(struct register_file *file, size_t size)
{
    void *memory;

    if (!file->slab || SLAB_BYTES - file->slab_used < size) {
        void *slab = add_block(file, SLAB_BYTES, true);

        if (!slab)
            return NULL;
        file->slab = slab;
        file->slab_used = 0;
    }
    memory = file->slab + file->slab_used;
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

/* Arrays that share a slab stay until the end. */
void register_file_release(struct register_file *file, const void *array)
{
    struct block block = {0};

    (void)pthread_mutex_lock(&file->lock);
    for (size_t i = 0; i < file->count && !block.memory; i++) {
        if (file->blocks[i].memory != array || file->blocks[i].shared)
            continue;
        block = file->blocks[i];
        file->blocks[i] = file->blocks[--file->count];
    }
    (void)pthread_mutex_unlock(&file->lock);
    (void)alloc_huge_free(block.memory, block.size);
}

char *register_file_text(struct register_file *file, struct slice text)
{
    char *copy = register_file_array(file, text.length + 1, 1);

    if (copy && text.length)
        memcpy(copy, text.data, text.length);
    return copy;
}
