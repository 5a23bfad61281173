/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/register_file.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

/* Small arrays share memory: a mapping each would cost more than filling them. */
#define SLAB_BYTES   ((size_t)8 << 20)
#define SHARED_MAX   ((size_t)2 << 20)
#define SHARED_ALIGN ((size_t)64) /* a cache line */
#define WASTED_PART  8u           /* an array takes a block that is an eighth larger at most */

struct block {
    void *memory;
    size_t size;
    bool shared;
    bool spare;   /* given back, and kept for another array */
    size_t users; /* shared: arrays in it that were not given back */
};

struct register_file {
    pthread_mutex_t lock; /* guards the list; the blocks belong to whoever asked */
    struct block *blocks;
    size_t count, capacity;
    char *slab; /* one of the blocks, or NULL; guarded too */
    size_t slab_used;
    bool keeps_released;
    size_t used, spare; /* bytes of blocks: in use, and kept */
    size_t used_max;    /* at once, ever */
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
    struct block block = {.memory = alloc_huge(size), .size = size, .shared = shared};

    if (!block.memory || keep(file, block))
        return block.memory;
    return alloc_huge_free(block.memory, block.size);
}

/* The smallest block kept that suits, or NULL. With the lock held. */
static struct block *find_spare(const struct register_file *file, size_t size)
{
    struct block *best = NULL;

    for (size_t i = 0; i < file->count; i++) {
        struct block *block = &file->blocks[i];

        if (block->spare && block->size >= size && block->size - size <= size / WASTED_PART
            && (!best || block->size < best->size))
            best = block;
    }
    return best;
}

/* Let kept blocks go, the oldest first, until no more than `size_max` bytes are left. With the lock
 * held. */
static void free_spares(struct register_file *file, size_t size_max)
{
    size_t left = 0;

    for (size_t i = 0; i < file->count; i++) {
        struct block block = file->blocks[i];

        if (block.spare && file->spare > size_max) {
            file->spare -= block.size;
            (void)alloc_huge_free(block.memory, block.size);
        } else {
            file->blocks[left++] = block;
        }
    }
    file->count = left;
}

/* A new block, and as much memory as was in use at once. With the lock held. */
static void *fresh_array(struct register_file *file, size_t size)
{
    file->used += size;
    if (file->used > file->used_max)
        file->used_max = file->used;
    free_spares(file, file->used_max - file->used);
    return add_block(file, size, false);
}

/* A block of its own, kept or new. With the lock held. */
static void *large_array(struct register_file *file, size_t size, bool *out_used)
{
    struct block *spare = find_spare(file, size);

    *out_used = spare != NULL;
    if (!spare)
        return fresh_array(file, size);
    spare->spare = false;
    file->spare -= spare->size;
    file->used += spare->size;
    return spare->memory;
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

/* *out_used: it may hold what stood there before; else zeros. */
static void *new_array(struct register_file *file, size_t bytes, bool *out_used)
{
    void *memory;

    *out_used = false;
    (void)pthread_mutex_lock(&file->lock);
    memory = bytes < SHARED_MAX ? share_slab(file, bytes) : large_array(file, bytes, out_used);
    (void)pthread_mutex_unlock(&file->lock);
    return memory;
}

/* False: more than there can be. No array is NULL, so none needs a test. */
static bool bytes_of(size_t count, size_t size, size_t *out_bytes)
{
    if (size && count > (SIZE_MAX >> 1) / size)
        return false;
    *out_bytes = count && size ? count * size : 1;
    return true;
}

void *register_file_room(struct register_file *file, size_t count, size_t size)
{
    size_t bytes;
    bool used;
    void *memory;

    if (!bytes_of(count, size, &bytes))
        return NULL;
    memory = new_array(file, bytes, &used);
    if (memory && !used)
        alloc_fetch(memory, bytes);
    return memory;
}

void *register_file_array(struct register_file *file, size_t count, size_t size)
{
    size_t bytes;
    bool used;
    void *memory;

    if (!bytes_of(count, size, &bytes))
        return NULL;
    memory = new_array(file, bytes, &used);
    return used ? memset(memory, 0, bytes) : memory;
}

void register_file_keep_released(struct register_file *file, bool keep)
{
    (void)pthread_mutex_lock(&file->lock);
    file->keeps_released = keep;
    if (!keep)
        free_spares(file, 0);
    (void)pthread_mutex_unlock(&file->lock);
}

/* A slab goes with the last array in it, unless it takes more. */
void register_file_release(struct register_file *file, const void *array)
{
    struct block gone = {0};
    struct block *block;

    (void)pthread_mutex_lock(&file->lock);
    block = array ? find_block(file, array) : NULL;
    assert(!block || !block->shared || block->users > 0); /* nothing is given back twice */
    assert(!block || !block->spare);
    if (block && block->shared)
        block->users--;
    if (block && !block->shared && file->keeps_released) {
        block->spare = true;
        file->spare += block->size;
        file->used -= block->size;
    } else if (block && block->users == 0 && block->memory != file->slab) {
        gone = *block;
        file->used -= gone.shared ? 0 : gone.size;
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
