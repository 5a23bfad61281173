/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A sealed file as bytes and chunks, and the check of all of it. */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/pool.h"
#include "register/sealed_state.h"

/* ---- the file ---- */

/* A register that comes through a pipe: kept in memory, so that it can be read anywhere. */
static int keep_in_memory(int from, int *out_fd, struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = memfd_create("register", MFD_CLOEXEC);
    CLEANUP(free_cleanup) char *block = alloc_resize(NULL, SEAL_PIECE_BYTES, 1);
    size_t got = SEAL_PIECE_BYTES;

    if (!block)
        return tq_no_memory(err);
    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not make a file in memory: %s", strerror(errno));
    while (got == SEAL_PIECE_BYTES) {
        int r = file_read(from, block, SEAL_PIECE_BYTES, &got, err);

        if (r == TQ_OK)
            r = file_write(fd, block, got, err);
        if (r < 0)
            return r;
    }
    *out_fd = fd;
    fd = -1;
    return TQ_OK;
}

int sealed_open_file(struct sealed *sealed, const char *path, struct tq_error *err)
{
    struct stat status;

    sealed->fd = file_open(path);
    if (sealed->fd < 0)
        return tq_fail(err, TQ_E_IO, "could not be opened: %s", strerror(errno));
    if (fstat(sealed->fd, &status) == 0 && !S_ISREG(status.st_mode)) {
        int copy = -1, r = keep_in_memory(sealed->fd, &copy, err);

        if (r < 0)
            return r;
        (void)close(sealed->fd);
        sealed->fd = copy;
    }
    if (fstat(sealed->fd, &status) < 0)
        return tq_fail(err, TQ_E_IO, "could not be read: %s", strerror(errno));
    sealed->size_bytes = (uint64_t)status.st_size;
    return TQ_OK;
}

int sealed_read_bytes(const struct sealed *sealed, uint64_t at, void *data, size_t length,
                      struct tq_error *err)
{
    size_t got;
    int r = file_read_at(sealed->fd, at, data, length, &got, err);

    if (r < 0)
        return r;
    return got == length ? TQ_OK : tq_fail(err, TQ_E_SYNTAX, "cut short");
}

int sealed_find_chunk(const struct sealed *sealed, uint64_t number, uint64_t at,
                      struct chunk *out_chunk, struct tq_error *err)
{
    uint32_t length;
    int r = sealed_read_bytes(sealed, at, &length, sizeof(length), err);

    if (r < 0)
        return r;
    length = le32toh(length);
    *out_chunk = (struct chunk){
        .at = at + sizeof(length), .length = length & ~SEAL_LAST, .last = length & SEAL_LAST};
    if (out_chunk->length > SEAL_CHUNK_MAX)
        return tq_fail(err, TQ_E_KEY, "chunk %llu was changed", (unsigned long long)number);
    if (out_chunk->at + out_chunk->length > sealed->size_bytes)
        return tq_fail(err, TQ_E_SYNTAX, "cut short");
    return TQ_OK;
}

int sealed_find_chunks(struct sealed *sealed, struct tq_error *err)
{
    uint64_t at = SEAL_HEADER_BYTES, count = sealed->layout.chunk_count;

    /* Each chunk takes more than its length: a head that makes no sense cannot ask for more. */
    if (count > sealed->size_bytes / sizeof(uint32_t))
        return tq_fail(err, TQ_E_SYNTAX, "cut short");
    sealed->chunks = alloc_zeroed((size_t)count, sizeof(*sealed->chunks));
    if (!sealed->chunks)
        return tq_no_memory(err);
    for (uint64_t i = 0; i < count; i++) {
        struct chunk *chunk = &sealed->chunks[i];
        int r = sealed_find_chunk(sealed, i, at, chunk, err);

        if (r < 0)
            return r;
        if (chunk->last && i + 1 < count)
            return tq_fail(err, TQ_E_SYNTAX, "has fewer chunks than its head says");
        at = chunk->at + chunk->length;
    }
    if (!sealed->chunks[count - 1].last)
        return tq_fail(err, TQ_E_SYNTAX, "has more chunks than its head says");
    if (at < sealed->size_bytes)
        return tq_fail(err, TQ_E_SYNTAX, "something follows its last chunk");
    return TQ_OK;
}

/* ---- the check of the whole file ---- */

bool sealed_check_init(struct check *check)
{
    (void)pthread_mutex_init(&check->lock, NULL);
    (void)pthread_mutex_init(&check->turn, NULL);
    (void)pthread_cond_init(&check->idle, NULL);
    for (unsigned i = 0; i < CHECK_THREADS; i++) {
        check->scratch[i] = alloc_resize(NULL, SEAL_CHUNK_MAX, 1);
        if (!check->scratch[i])
            return false;
    }
    return true;
}

void sealed_check_clear(struct check *check)
{
    atomic_store(&check->stop, true);
    if (check->started && !check->ended)
        (void)pthread_join(check->thread, NULL);
    for (unsigned i = 0; i < CHECK_THREADS; i++)
        free(check->scratch[i]);
    (void)pthread_mutex_destroy(&check->lock);
    (void)pthread_mutex_destroy(&check->turn);
    (void)pthread_cond_destroy(&check->idle);
}

void sealed_begin(struct sealed *sealed)
{
    (void)pthread_mutex_lock(&sealed->check.turn);
    sealed->check.hurried++;
    (void)pthread_mutex_unlock(&sealed->check.turn);
}

void sealed_end(struct sealed *sealed)
{
    (void)pthread_mutex_lock(&sealed->check.turn);
    sealed->check.hurried--;
    if (sealed->check.hurried == 0)
        (void)pthread_cond_broadcast(&sealed->check.idle);
    (void)pthread_mutex_unlock(&sealed->check.turn);
}

/* Wait until nobody is hurried; false: the check is to stop. */
static bool go_on(struct check *check)
{
    (void)pthread_mutex_lock(&check->turn);
    while (check->hurried > 0)
        (void)pthread_cond_wait(&check->idle, &check->turn);
    (void)pthread_mutex_unlock(&check->turn);
    return !atomic_load(&check->stop);
}

static int hash_file(struct sealed *sealed, unsigned char *scratch, uint8_t digest[SHA256_BYTES],
                     struct tq_error *err)
{
    struct sha256 *sha;
    int r = sha256_new(&sha, err);

    if (r < 0)
        return r;
    for (uint64_t at = 0; at < sealed->size_bytes && r == TQ_OK && go_on(&sealed->check);
         at += SEAL_PIECE_BYTES) {
        uint64_t left = sealed->size_bytes - at;
        size_t length = left < SEAL_PIECE_BYTES ? (size_t)left : SEAL_PIECE_BYTES;

        r = sealed_read_bytes(sealed, at, scratch, length, err);
        if (r == TQ_OK)
            r = sha256_add(sha, scratch, length, err);
    }
    if (r == TQ_OK)
        r = sha256_finish(sha, digest, err);
    (void)sha256_free(sha);
    return r;
}

static int check_chunks(struct sealed *sealed, unsigned char *scratch, struct tq_error *err)
{
    for (uint64_t i = 0; i < sealed->layout.chunk_count && go_on(&sealed->check); i++) {
        const struct chunk *chunk = &sealed->chunks[i];
        int r = sealed_read_bytes(sealed, chunk->at, scratch, chunk->length, err);

        if (r == TQ_OK)
            r = seal_chunk_check(&sealed->header, &sealed->key, i, chunk->last,
                                 slice_make((char *)scratch, chunk->length), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int check_step(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct sealed *sealed = state;
    struct check *check = &sealed->check;

    if (index == 0)
        return hash_file(sealed, check->scratch[thread], check->digest, err);
    return check_chunks(sealed, check->scratch[thread], err);
}

static void *run_check(void *state)
{
    struct sealed *sealed = state;
    struct tq_error cause;

    sealed->check.err.status = TQ_OK;
    if (pool_run(CHECK_THREADS, CHECK_THREADS, check_step, sealed, &cause) < 0)
        (void)tq_fail(&sealed->check.err, cause.status, "register '%s': %s", sealed->path,
                      cause.message);
    return NULL;
}

int sealed_check_start(struct sealed *sealed, struct tq_error *err)
{
    if (pthread_create(&sealed->check.thread, NULL, run_check, sealed) != 0)
        return tq_fail(err, TQ_E_NOMEM, "a thread could not be started");
    sealed->check.started = true;
    return TQ_OK;
}

int sealed_check_end(struct sealed *sealed, uint8_t out_digest[SHA256_BYTES], struct tq_error *err)
{
    struct check *check = &sealed->check;

    (void)pthread_mutex_lock(&check->lock);
    if (!check->ended)
        (void)pthread_join(check->thread, NULL);
    check->ended = true;
    (void)pthread_mutex_unlock(&check->lock);
    if (check->err.status < 0) {
        *err = check->err;
        return err->status;
    }
    memcpy(out_digest, check->digest, SHA256_BYTES);
    return TQ_OK;
}
