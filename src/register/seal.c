/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/pool.h"
#include "register/seal_chunk.h"
#include "register/seal_head.h"

#define IN_FLIGHT 32u /* chunks in memory: enough for any number of threads */

/* What one chunk holds. */
struct piece {
    const struct stored_array *array;
    size_t first, count;
};

/* The file: a head that tells the shapes, and all that follows it, in order. */
struct plan {
    const struct reg *reg;
    struct seal_shapes shapes;
    struct seal_layout layout;
    struct piece *pieces; /* owned */
    size_t count;
};

/* Memory of the chunks in flight, and one scratch per thread. One load is sealed while the one
 * before it is written. */
struct flight {
    const struct seal_header *header;
    const struct seal_key *key;
    const struct plan *plan;
    int fd;
    uint64_t bytes; /* written */
    size_t first;   /* piece of the first slot of the load that is sealed */
    size_t waiting; /* chunks of the other load, to be written */
    unsigned load;  /* the load that is sealed */
    struct buf chunks[2][IN_FLIGHT];
    unsigned threads;
    unsigned char **scratch; /* SEAL_CODED_MAX each */
};

static void plan_clear_cleanup(struct plan *plan)
{
    seal_shapes_clear(&plan->shapes);
    seal_layout_clear(&plan->layout);
    free(plan->pieces);
}

static void flight_clear_cleanup(struct flight *flight)
{
    for (size_t i = 0; i < IN_FLIGHT; i++) {
        buf_clear(&flight->chunks[0][i]);
        buf_clear(&flight->chunks[1][i]);
    }
    for (unsigned i = 0; flight->scratch && i < flight->threads; i++)
        free(flight->scratch[i]);
    free(flight->scratch);
}

static void add_pieces(struct plan *plan, const struct stored_array *array)
{
    size_t per_piece = stored_per_chunk(array), items = (size_t)array->items;
    struct piece piece = {.array = array};

    for (; piece.first < items; piece.first += per_piece) {
        size_t left = items - piece.first;

        piece.count = left < per_piece ? left : per_piece;
        plan->pieces[plan->count++] = piece;
    }
}

static int make_plan(const struct reg *reg, struct plan *plan, struct tq_error *err)
{
    int r = seal_shapes_of(reg, &plan->shapes, err);

    if (r < 0)
        return r;
    r = seal_layout_make(reg, plan->shapes.kinds, plan->shapes.fields, &plan->layout, err);
    if (r < 0)
        return r;
    plan->reg = reg;
    plan->pieces = alloc_zeroed((size_t)plan->layout.chunk_count, sizeof(*plan->pieces));
    if (!plan->pieces)
        return tq_no_memory(err);
    for (size_t i = 0; i < plan->layout.count; i++)
        add_pieces(plan, &plan->layout.arrays[i]);
    return TQ_OK;
}

static int flight_init(struct flight *flight, unsigned threads, struct tq_error *err)
{
    flight->threads = threads < IN_FLIGHT ? threads : IN_FLIGHT;
    if (flight->threads < 1)
        flight->threads = 1;
    flight->scratch = alloc_zeroed(flight->threads, sizeof(*flight->scratch));
    if (!flight->scratch)
        return tq_no_memory(err);
    for (unsigned i = 0; i < flight->threads; i++) {
        flight->scratch[i] = alloc_resize(NULL, SEAL_CODED_MAX, 1);
        if (!flight->scratch[i])
            return tq_no_memory(err);
    }
    return TQ_OK;
}

/* Chunk 0 is the head; piece i is chunk i + 1. */
static int seal_piece(struct flight *flight, size_t index, unsigned thread, struct tq_error *err)
{
    size_t number = flight->first + index;
    const struct plan *plan = flight->plan;
    const struct piece *piece = &plan->pieces[number];
    unsigned char *coded = flight->scratch[thread];
    struct array_code code;
    size_t length;

    stored_code(plan->reg, &plan->layout, piece->array, &code);
    code.items = (unsigned char *)(uintptr_t)stored_get(plan->reg, piece->array)
                 + piece->first * piece->array->size;
    length = array_encode(&code, piece->first, piece->count, coded);
    return seal_chunk_make(flight->header, flight->key, number + 1, number + 1 == plan->count,
                           slice_make((char *)coded, length), &flight->chunks[flight->load][index],
                           err);
}

static int write_bytes(struct flight *flight, const void *data, size_t length, struct tq_error *err)
{
    flight->bytes += length;
    return file_write(flight->fd, data, length, err);
}

static int write_waiting(struct flight *flight, struct tq_error *err)
{
    const struct buf *chunks = flight->chunks[1 - flight->load];
    int r = TQ_OK;

    for (size_t i = 0; i < flight->waiting && r == TQ_OK; i++)
        r = write_bytes(flight, chunks[i].data, chunks[i].length, err);
    return r;
}

/* First what was sealed before is written, beside what is sealed now. */
static int fly(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    return index == 0 ? write_waiting(state, err) : seal_piece(state, index - 1, thread, err);
}

static int write_head(struct flight *flight, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf head = {0};
    struct buf *chunk = &flight->chunks[0][0];
    int r;

    seal_head_write(flight->plan->reg, &flight->plan->shapes, &head);
    r = buf_check(&head, err);
    if (r < 0)
        return r;
    if (head.length > SEAL_HEAD_BYTES_MAX)
        return tq_fail(err, TQ_E_LIMIT, "the names of the fields are too long to seal");
    r = seal_chunk_make(flight->header, flight->key, 0, flight->plan->count == 0, buf_slice(&head),
                        chunk, err);
    if (r == TQ_OK)
        r = write_bytes(flight, flight->header->bytes, SEAL_HEADER_BYTES, err);
    return r < 0 ? r : write_bytes(flight, chunk->data, chunk->length, err);
}

static int write_chunks(struct flight *flight, struct tq_error *err)
{
    int r = write_head(flight, err);

    for (; r == TQ_OK && flight->first < flight->plan->count; flight->first += IN_FLIGHT) {
        size_t left = flight->plan->count - flight->first;
        size_t count = left < IN_FLIGHT ? left : IN_FLIGHT;

        r = pool_run(flight->threads, count + 1, fly, flight, err);
        flight->waiting = count;
        flight->load = 1 - flight->load;
    }
    return r < 0 ? r : write_waiting(flight, err);
}

static int check_folder_of(const char *path, struct tq_error *err)
{
    const char *slash = strrchr(path, '/');
    CLEANUP(free_cleanup)
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");

    if (!folder)
        return tq_no_memory(err);
    if (access(folder, W_OK | X_OK) < 0)
        return tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(errno));
    return TQ_OK;
}

int seal_check_target(const char *path, struct tq_error *err)
{
    struct seal_header header = {0};
    struct tq_error cause;
    CLEANUP(close_cleanup) int fd = -1;
    size_t got;

    if (file_is_special(path))
        return tq_fail(err, TQ_E_IO, "could not write '%s': it is no regular file", path);
    if (!file_exists(path))
        return check_folder_of(path, err);
    fd = file_open(path);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, strerror(errno));
    if (file_read(fd, header.bytes, sizeof(header.bytes), &got, &cause) < 0)
        return tq_fail(err, TQ_E_IO, "could not write '%s': %s", path, cause.message);
    if (got > 0 && !seal_header_is_ours(&header))
        return tq_fail(err, TQ_E_USAGE,
                       "'%s' is there and not a sealed register: name another file", path);
    return check_folder_of(path, err);
}

int seal_write(const struct reg *reg, const struct seal_key *key, const char *path,
               unsigned threads, uint64_t *out_bytes, struct tq_error *err)
{
    CLEANUP(plan_clear_cleanup) struct plan plan = {0};
    CLEANUP(flight_clear_cleanup) struct flight flight = {0};
    CLEANUP(free_cleanup) char *temporary = NULL;
    struct seal_header header;
    struct tq_error cause;
    int fd, r;

    r = make_plan(reg, &plan, err);
    if (r < 0)
        return r;
    r = flight_init(&flight, threads, err);
    if (r < 0)
        return r;
    r = file_create_temporary(path, 0600, &temporary, &fd, err);
    if (r < 0)
        return r;
    seal_header_make(key, reg->fingerprints_only ? SEAL_FINGERPRINTS : 0, &header);
    flight.header = &header;
    flight.key = key;
    flight.plan = &plan;
    flight.fd = fd;
    r = write_chunks(&flight, &cause);
    if (r < 0) {
        (void)close(fd);
        (void)unlink(temporary);
        return tq_fail(err, cause.status, "could not write '%s': %s", path, cause.message);
    }
    r = file_commit(fd, temporary, path, err);
    if (r < 0)
        return r;
    *out_bytes = flight.bytes;
    return TQ_OK;
}
