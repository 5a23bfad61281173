/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/register_file.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

struct block {
    void *memory;
    size_t size;
};

struct register_file {
    pthread_mutex_t lock; /* guards the list; the blocks belong to whoever asked */
    struct block *blocks;
    size_t count, capacity;
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

static bool keep(struct register_file *file, struct block block)
{
    struct tq_error err;
    bool kept;

    (void)pthread_mutex_lock(&file->lock);
    kept =
        alloc_reserve(&file->blocks, &file->capacity, file->count + 1, sizeof(*file->blocks), &err)
        == TQ_OK;
    if (kept)
        file->blocks[file->count++] = block;
    (void)pthread_mutex_unlock(&file->lock);
    return kept;
}

void *register_file_array(struct register_file *file, size_t count, size_t size)
{
    struct block block = {0};

    if (size && count > (SIZE_MAX >> 1) / size)
        return NULL;
    block.size = count * size;
    if (block.size == 0)
        block.size = 1; /* no array is NULL, so none needs a test */
    block.memory = alloc_huge(block.size);
    if (!block.memory)
        return NULL;
    if (!keep(file, block)) {
        (void)alloc_huge_free(block.memory, block.size);
        return NULL;
    }
    return block.memory;
}

void register_file_release(struct register_file *file, const void *array)
{
    struct block block = {0};

    (void)pthread_mutex_lock(&file->lock);
    for (size_t i = 0; i < file->count && !block.memory; i++) {
        if (file->blocks[i].memory != array)
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
