/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/sealed.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "register/array_round.h"

DEFINE_CLEANUP(struct reg *, reg_free)
DEFINE_CLEANUP(struct sealed *, sealed_free)

struct sealed *sealed_free(struct sealed *sealed)
{
    if (!sealed)
        return NULL;
    sealed_check_clear(&sealed->check);
    if (sealed->fd >= 0)
        (void)close(sealed->fd);
    seal_key_clear(&sealed->key);
    seal_shapes_clear(&sealed->shapes);
    seal_layout_clear(&sealed->layout);
    for (unsigned i = 0; sealed->scratch && i < sealed->threads; i++)
        free(sealed->scratch[i]);
    free(sealed->scratch);
    free(sealed->chunks);
    free(sealed->in_memory);
    free(sealed->asked_for);
    free(sealed->holds);
    free(sealed->parts);
    free(sealed->path);
    (void)pthread_mutex_destroy(&sealed->lock);
    free(sealed);
    return NULL;
}

/* NULL when memory runs out. */
static struct sealed *sealed_new(void)
{
    struct sealed *sealed = alloc_zeroed(1, sizeof(*sealed));

    if (!sealed)
        return NULL;
    sealed->fd = -1;
    (void)pthread_mutex_init(&sealed->lock, NULL);
    if (!sealed_check_init(&sealed->check))
        return sealed_free(sealed);
    sealed->threads = pool_processors();
    sealed->scratch = alloc_zeroed(sealed->threads, sizeof(*sealed->scratch));
    for (unsigned i = 0; sealed->scratch && i < sealed->threads; i++) {
        sealed->scratch[i] = alloc_resize(NULL, SEALED_SCRATCH_BYTES, 1);
        if (!sealed->scratch[i])
            return sealed_free(sealed);
    }
    return sealed->scratch ? sealed : sealed_free(sealed);
}

void sealed_lock(struct sealed *sealed)
{
    sealed_begin(sealed);
    (void)pthread_mutex_lock(&sealed->lock);
}

void sealed_unlock(struct sealed *sealed)
{
    (void)pthread_mutex_unlock(&sealed->lock);
    sealed_end(sealed);
}

/* ---- piece by piece ---- */

bool sealed_has(const struct sealed *sealed, uint16_t field, unsigned which)
{
    return which >= STORED_COUNT || sealed->shapes.fields[field].has[which];
}

uint64_t sealed_items(const struct sealed *sealed, uint16_t field, unsigned which)
{
    return sealed->shapes.fields[field].items[which];
}

bool sealed_has_subject_values(const struct sealed *sealed, uint16_t field)
{
    return sealed->shapes.fields[field].subject_values;
}

bool sealed_has_values_as_keys(const struct sealed *sealed, uint16_t field)
{
    const struct field_shape *shape = &sealed->shapes.fields[field];

    return !shape->has[STORED_KEY_TEXT] && !shape->has[STORED_VALUE_KEY];
}

int sealed_hold(struct sealed *sealed, const struct reg *reg, uint16_t field, unsigned which,
                struct tq_error *err)
{
    size_t number = seal_layout_find(&sealed->layout, sealed->shapes.fields, field, which);
    struct array_round round = {0};
    int r;

    if (number == NO_ARRAY)
        return TQ_OK;
    sealed_lock(sealed);
    r = array_round_init(&round, sealed, reg, err);
    if (r == TQ_OK)
        r = array_round_hold_needed(&round, &sealed->layout.arrays[number], err);
    if (r == TQ_OK)
        r = array_round_read(&round, err);
    for (unsigned i = 0; i < STORED_NEEDED && r == TQ_OK; i++) {
        size_t needed = sealed->layout.arrays[number].needed[i];

        if (needed != NO_ARRAY)
            sealed->holds[needed]++;
    }
    array_round_clear(&round);
    sealed_unlock(sealed);
    return r;
}

void sealed_let_go(struct sealed *sealed, const struct reg *reg, uint16_t field, unsigned which)
{
    size_t number = seal_layout_find(&sealed->layout, sealed->shapes.fields, field, which);

    if (number == NO_ARRAY)
        return;
    sealed_lock(sealed);
    for (unsigned i = 0; i < STORED_NEEDED; i++) {
        size_t needed = sealed->layout.arrays[number].needed[i];

        if (needed == NO_ARRAY)
            continue;
        sealed->holds[needed]--;
        sealed_drop(sealed, reg, needed);
    }
    sealed_unlock(sealed);
}

int sealed_read_piece(const struct sealed *sealed, const struct reg *reg, uint16_t field,
                      unsigned which, uint64_t first, unsigned char *scratch, void *out,
                      uint64_t *out_first, uint64_t *out_count, struct tq_error *err)
{
    const struct stored_array *array =
        &sealed->layout
             .arrays[seal_layout_find(&sealed->layout, sealed->shapes.fields, field, which)];
    size_t per_chunk = stored_per_chunk(array), number = (size_t)(first / per_chunk);
    uint64_t left = array->items - number * per_chunk;
    struct array_step step = {.chunk = array->first_chunk + number,
                              .array = array,
                              .first = number * per_chunk,
                              .count = left < per_chunk ? (size_t)left : per_chunk};
    int r = array_step_open(sealed, reg, &step, out, scratch, err);

    if (r < 0)
        return r;
    *out_first = step.first;
    *out_count = step.count;
    return TQ_OK;
}

static uint64_t chunk_bytes(const struct chunk *chunk)
{
    return sizeof(uint32_t) + (uint64_t)chunk->length;
}

uint64_t sealed_array_bytes(const struct sealed *sealed, uint16_t number, unsigned which)
{
    const struct seal_layout *layout = &sealed->layout;
    uint64_t bytes = 0;

    for (size_t i = 0; i < layout->count; i++) {
        const struct stored_array *array = &layout->arrays[i];
        uint64_t end = i + 1 < layout->count ? array[1].first_chunk : layout->chunk_count;

        if (array->number != number || array->which != which)
            continue;
        for (uint64_t chunk = array->first_chunk; chunk < end; chunk++)
            bytes += chunk_bytes(&sealed->chunks[chunk]);
    }
    return bytes;
}

uint64_t sealed_file_bytes(const struct sealed *sealed)
{
    return sealed->size_bytes;
}

uint64_t sealed_head_bytes(const struct sealed *sealed)
{
    return SEAL_HEADER_BYTES + chunk_bytes(&sealed->chunks[0]);
}

/* ---- opening ---- */

static int open_head(struct sealed *sealed, struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(free_cleanup) unsigned char *head = alloc_zeroed(SEAL_HEAD_BYTES_MAX, 1);
    unsigned char *scratch = sealed->scratch[0];
    struct chunk chunk;
    size_t length = 0;
    int r;

    if (!head)
        return tq_no_memory(err);
    r = sealed_read_bytes(sealed, 0, sealed->header.bytes, SEAL_HEADER_BYTES, err);
    if (r < 0)
        return r;
    r = seal_header_check(&sealed->header, &sealed->key, err);
    if (r < 0)
        return r;
    r = sealed_find_chunk(sealed, 0, SEAL_HEADER_BYTES, &chunk, err);
    if (r < 0)
        return r;
    r = sealed_read_bytes(sealed, chunk.at, scratch, chunk.length, err);
    if (r < 0)
        return r;
    r = seal_chunk_open(&sealed->header, &sealed->key, 0, chunk.last,
                        slice_make((char *)scratch, chunk.length), head, SEAL_HEAD_BYTES_MAX,
                        &length, scratch, err);
    if (r < 0)
        return r;
    return seal_head_read(slice_make((char *)head, length), seal_header_flags(&sealed->header),
                          sealed->key.fingerprint, out_reg, &sealed->shapes, err);
}

static int open_all(struct sealed *sealed, const char *path, struct reg **out_reg,
                    struct tq_error *err)
{
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    int r = sealed_open_file(sealed, path, err);

    if (r < 0)
        return r;
    r = open_head(sealed, &reg, err);
    if (r < 0)
        return r;
    r = seal_layout_make(reg, sealed->shapes.kinds, sealed->shapes.fields, &sealed->layout, err);
    if (r < 0)
        return r;
    sealed->in_memory = alloc_zeroed(sealed->layout.count + 1, sizeof(*sealed->in_memory));
    sealed->asked_for = alloc_zeroed(sealed->layout.count + 1, sizeof(*sealed->asked_for));
    sealed->holds = alloc_zeroed(sealed->layout.count + 1, sizeof(*sealed->holds));
    sealed->parts = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*sealed->parts));
    if (!sealed->in_memory || !sealed->asked_for || !sealed->holds || !sealed->parts)
        return tq_no_memory(err);
    r = sealed_find_chunks(sealed, err);
    if (r < 0)
        return r;
    r = sealed_check_start(sealed, err);
    if (r < 0)
        return r;
    *out_reg = TAKE(reg);
    return TQ_OK;
}

int reg_open(const char *path, const char *key_path, struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(sealed_free_cleanup) struct sealed *sealed = sealed_new();
    struct tq_error cause;
    int r;

    if (!sealed)
        return tq_no_memory(err);
    r = seal_key_load(key_path, &sealed->key, err);
    if (r < 0)
        return r;
    sealed->path = strdup(path);
    if (!sealed->path)
        return tq_no_memory(err);
    r = open_all(sealed, path, out_reg, &cause);
    if (r < 0)
        return tq_fail(err, cause.status, "register '%s': %s", path, cause.message);
    (*out_reg)->sealed = TAKE(sealed);
    return TQ_OK;
}
