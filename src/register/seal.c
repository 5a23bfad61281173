/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/pool.h"
#include "register/field_finish.h"
#include "register/seal_chunk.h"

#define IN_FLIGHT      32u              /* chunks in memory: enough for any number of threads */
#define HEAD_BYTES_MAX SEAL_PIECE_BYTES /* 1,024 fields of the longest names fill a quarter */

DEFINE_CLEANUP(struct reg *, reg_free)

/* A piece of a section: what one chunk holds. */
struct piece {
    const struct section *section;
    size_t first, count;
};

/* All that follows the head, in order. */
struct plan {
    struct section *sections;
    size_t section_count;
    struct piece *pieces;
    size_t piece_count;
};

/* Memory of the chunks in flight, and one scratch per thread. */
struct flight {
    const struct seal_header *header;
    const struct seal_key *key;
    const struct plan *plan;
    size_t first; /* piece of the first slot */
    struct buf chunks[IN_FLIGHT];
    bool last[IN_FLIGHT];
    unsigned threads;
    unsigned char **scratch; /* twice SEAL_CHUNK_MAX each */
};

static void plan_clear_cleanup(struct plan *plan)
{
    free(plan->sections);
    free(plan->pieces);
}

static void flight_clear_cleanup(struct flight *flight)
{
    for (size_t i = 0; i < IN_FLIGHT; i++)
        buf_clear(&flight->chunks[i]);
    for (unsigned i = 0; flight->scratch && i < flight->threads; i++)
        free(flight->scratch[i]);
    free(flight->scratch);
}

static void seal_key_clear_cleanup(struct seal_key *key)
{
    seal_key_clear(key);
}

static int make_plan(const struct reg *reg, struct plan *plan, struct tq_error *err)
{
    size_t count = 0;
    int r = seal_sections(reg, &plan->sections, &plan->section_count, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < plan->section_count; i++) {
        size_t per_piece = SEAL_PIECE_BYTES / plan->sections[i].size;

        count += (plan->sections[i].count + per_piece - 1) / per_piece;
    }
    plan->pieces = alloc_zeroed(count + 1, sizeof(*plan->pieces));
    if (!plan->pieces)
        return tq_no_memory(err);
    for (size_t i = 0; i < plan->section_count; i++) {
        const struct section *section = &plan->sections[i];
        size_t per_piece = SEAL_PIECE_BYTES / section->size;

        for (size_t first = 0; first < section->count; first += per_piece) {
            size_t left = section->count - first;

            plan->pieces[plan->piece_count++] =
                (struct piece){section, first, left < per_piece ? left : per_piece};
        }
    }
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
        flight->scratch[i] = alloc_resize(NULL, 2 * SEAL_CHUNK_MAX, 1);
        if (!flight->scratch[i])
            return tq_no_memory(err);
    }
    return TQ_OK;
}

/* Chunk 0 is the head; piece i is chunk i + 1. */
static int seal_piece(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct flight *flight = state;
    size_t number = flight->first + index;
    const struct piece *piece = &flight->plan->pieces[number];

    return seal_chunk_make(flight->header, flight->key, number + 1,
                           number + 1 == flight->plan->piece_count, piece->section, piece->first,
                           piece->count, flight->scratch[thread], &flight->chunks[index], err);
}

static int write_head(struct flight *flight, const struct reg *reg, int fd, uint64_t *bytes,
                      struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf head = {0};
    struct section section;
    int r;

    seal_head_write(reg, &head);
    r = buf_check(&head, err);
    if (r < 0)
        return r;
    if (head.length > HEAD_BYTES_MAX)
        return tq_fail(err, TQ_E_LIMIT, "the names of the fields are too long to seal");
    section = (struct section){.data = (unsigned char *)head.data, .count = head.length, .size = 1};
    r = seal_chunk_make(flight->header, flight->key, 0, flight->plan->piece_count == 0, &section, 0,
                        head.length, flight->scratch[0], &flight->chunks[0], err);
    if (r < 0)
        return r;
    r = file_write(fd, flight->header->bytes, SEAL_HEADER_BYTES, err);
    if (r < 0)
        return r;
    *bytes += SEAL_HEADER_BYTES + flight->chunks[0].length;
    return file_write(fd, flight->chunks[0].data, flight->chunks[0].length, err);
}

static int write_chunks(struct flight *flight, const struct reg *reg, int fd, uint64_t *out_bytes,
                        struct tq_error *err)
{
    uint64_t bytes = 0;
    int r = write_head(flight, reg, fd, &bytes, err);

    if (r < 0)
        return r;
    for (; flight->first < flight->plan->piece_count; flight->first += IN_FLIGHT) {
        size_t left = flight->plan->piece_count - flight->first;
        size_t count = left < IN_FLIGHT ? left : IN_FLIGHT;

        r = pool_run(flight->threads, count, seal_piece, flight, err);
        if (r < 0)
            return r;
        for (size_t i = 0; i < count; i++) {
            r = file_write(fd, flight->chunks[i].data, flight->chunks[i].length, err);
            if (r < 0)
                return r;
            bytes += flight->chunks[i].length;
        }
    }
    *out_bytes = bytes;
    return TQ_OK;
}

int seal_write(const struct reg *reg, const struct seal_key *key, const char *path,
               unsigned threads, uint64_t *out_bytes, struct tq_error *err)
{
    CLEANUP(plan_clear_cleanup) struct plan plan = {0};
    CLEANUP(flight_clear_cleanup) struct flight flight = {0};
    CLEANUP(free_cleanup) char *temporary = NULL;
    struct seal_header header;
    struct tq_error cause;
    uint64_t bytes = 0;
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
    seal_header_make(key, &header);
    flight.header = &header;
    flight.key = key;
    flight.plan = &plan;
    r = write_chunks(&flight, reg, fd, &bytes, &cause);
    if (r < 0) {
        (void)close(fd);
        (void)unlink(temporary);
        return tq_fail(err, cause.status, "could not write '%s': %s", path, cause.message);
    }
    r = file_commit(fd, temporary, path, err);
    if (r < 0)
        return r;
    *out_bytes = bytes;
    return TQ_OK;
}

/* Opening. */

struct opener {
    int fd;
    struct seal_header header;
    struct seal_key key;
    struct sha256 *sha;
    uint64_t next_chunk;
    bool ended; /* the last chunk was read */
};

static void opener_clear_cleanup(struct opener *opener)
{
    if (opener->fd >= 0)
        (void)close(opener->fd);
    seal_key_clear_cleanup(&opener->key);
    (void)sha256_free(opener->sha);
}

static int read_exactly(struct opener *opener, void *data, size_t length, struct tq_error *err)
{
    size_t got;
    int r = file_read(opener->fd, data, length, &got, err);

    if (r < 0)
        return r;
    if (got < length)
        return tq_fail(err, TQ_E_SYNTAX, "cut short");
    return sha256_add(opener->sha, data, length, err);
}

/* The sealed bytes of the next chunk into `out`. */
static int read_chunk(struct opener *opener, struct buf *out, bool *out_last, struct tq_error *err)
{
    uint32_t length;
    void *room;
    int r;

    if (opener->ended)
        return tq_fail(err, TQ_E_SYNTAX, "has fewer chunks than its head says");
    r = read_exactly(opener, &length, sizeof(length), err);
    if (r < 0)
        return r;
    length = le32toh(length);
    *out_last = (length & SEAL_LAST) != 0;
    length &= ~SEAL_LAST;
    if (length > SEAL_CHUNK_MAX)
        return tq_fail(err, TQ_E_KEY, "chunk %llu was changed",
                       (unsigned long long)opener->next_chunk);
    buf_empty(out);
    room = buf_extend(out, length);
    if (!room)
        return buf_check(out, err);
    opener->ended = *out_last;
    opener->next_chunk++;
    return read_exactly(opener, room, length, err);
}

static int open_piece(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct flight *flight = state;
    size_t number = flight->first + index;
    const struct piece *piece = &flight->plan->pieces[number];

    return seal_chunk_open(flight->header, flight->key, number + 1, flight->last[index],
                           buf_slice(&flight->chunks[index]), piece->section, piece->first,
                           piece->count, flight->scratch[thread], err);
}

/* The head's size is not known before it is open, so it opens as the section it was sealed as. */
static int open_head(struct opener *opener, struct flight *flight, struct reg **out_reg,
                     struct tq_error *err)
{
    CLEANUP(free_cleanup) unsigned char *head = alloc_zeroed(HEAD_BYTES_MAX, 1);
    size_t length = 0;
    bool last = false;
    int r;

    if (!head)
        return tq_no_memory(err);
    r = read_chunk(opener, &flight->chunks[0], &last, err);
    if (r < 0)
        return r;
    r = seal_chunk_open_bytes(&opener->header, &opener->key, 0, last, buf_slice(&flight->chunks[0]),
                              head, HEAD_BYTES_MAX, &length, flight->scratch[0], err);
    if (r < 0)
        return r;
    return seal_head_read(slice_make((char *)head, length), opener->key.fingerprint, out_reg, err);
}

static int open_pieces(struct opener *opener, struct flight *flight, struct tq_error *err)
{
    for (; flight->first < flight->plan->piece_count; flight->first += IN_FLIGHT) {
        size_t left = flight->plan->piece_count - flight->first;
        size_t count = left < IN_FLIGHT ? left : IN_FLIGHT;
        int r;

        for (size_t i = 0; i < count; i++) {
            r = read_chunk(opener, &flight->chunks[i], &flight->last[i], err);
            if (r < 0)
                return r;
        }
        r = pool_run(flight->threads, count, open_piece, flight, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int want_end(const struct opener *opener, struct tq_error *err)
{
    char byte;
    size_t got;
    int r;

    if (!opener->ended)
        return tq_fail(err, TQ_E_SYNTAX, "has more chunks than its head says");
    r = file_read(opener->fd, &byte, 1, &got, err);
    if (r < 0)
        return r;
    if (got > 0)
        return tq_fail(err, TQ_E_SYNTAX, "something follows its last chunk");
    return TQ_OK;
}

/* The last item of each array of offsets, as the head has it: what was read must agree. */
static uint64_t last_offset(const struct section *section)
{
    uint64_t value = 0;

    if (section->size == sizeof(value))
        memcpy(&value, section->data + (section->count - 1) * sizeof(value), sizeof(value));
    return value;
}

static int open_sections(struct opener *opener, struct flight *flight, const struct reg *reg,
                         struct tq_error *err)
{
    CLEANUP(plan_clear_cleanup) struct plan plan = {0};
    CLEANUP(free_cleanup) uint64_t *lasts = NULL;
    int r = make_plan(reg, &plan, err);

    if (r < 0)
        return r;
    lasts = alloc_zeroed(plan.section_count + 1, sizeof(*lasts));
    if (!lasts)
        return tq_no_memory(err);
    for (size_t i = 0; i < plan.section_count; i++)
        lasts[i] = last_offset(&plan.sections[i]);
    flight->plan = &plan;
    r = open_pieces(opener, flight, err);
    if (r < 0)
        return r;
    r = want_end(opener, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < plan.section_count; i++) {
        if (lasts[i] != last_offset(&plan.sections[i]))
            return tq_fail(err, TQ_E_SYNTAX, "its arrays are not as long as its head says");
    }
    return seal_check(reg, err);
}

static int finish_opened(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct reg *reg = state;

    (void)thread;
    return field_finish(reg, &reg->fields[index], reg->file, err);
}

static int open_all(struct opener *opener, struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    CLEANUP(flight_clear_cleanup)
    struct flight flight = {.header = &opener->header, .key = &opener->key};
    int r = flight_init(&flight, pool_processors(), err);

    if (r < 0)
        return r;
    r = read_exactly(opener, opener->header.bytes, SEAL_HEADER_BYTES, err);
    if (r < 0)
        return r;
    r = seal_header_check(&opener->header, &opener->key, err);
    if (r < 0)
        return r;
    r = open_head(opener, &flight, &reg, err);
    if (r < 0)
        return r;
    r = open_sections(opener, &flight, reg, err);
    if (r < 0)
        return r;
    r = sha256_finish(opener->sha, reg->seal, err);
    if (r < 0)
        return r;
    r = pool_run(pool_processors(), reg->field_count, finish_opened, reg, err);
    if (r < 0)
        return r;
    *out_reg = TAKE(reg);
    return TQ_OK;
}

int reg_open(const char *path, const char *key_path, struct reg **out_reg, struct tq_error *err)
{
    CLEANUP(opener_clear_cleanup) struct opener opener = {.fd = -1};
    struct tq_error cause;
    int r = seal_key_load(key_path, &opener.key, err);

    if (r < 0)
        return r;
    r = sha256_new(&opener.sha, err);
    if (r < 0)
        return r;
    opener.fd = file_open(path);
    if (opener.fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open register '%s': %s", path, strerror(errno));
    r = open_all(&opener, out_reg, &cause);
    if (r < 0)
        return tq_fail(err, cause.status, "register '%s': %s", path, cause.message);
    return TQ_OK;
}
