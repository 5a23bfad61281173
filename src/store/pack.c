/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/pack.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/hash.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the pack is little endian, as memory");

#define PACK_MAGIC   0x45505154u /* "TQPE" */
#define PACK_START   "TAHQIQ PACK 0001"
#define LANES        4u
#define STRIPE_BYTES (LANES * sizeof(uint64_t))

_Static_assert(sizeof(PACK_START) - 1 == PACK_START_BYTES, "start of the file");

struct header {
    uint32_t magic, kind, owner, number;
    uint64_t payload_bytes, checksum;
};
_Static_assert(sizeof(struct header) == PACK_HEADER_BYTES, "header without holes");

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static uint64_t word_at(const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* Four independent lanes keep the multiplier busy; each step is a bijection of its lane, so no
 * single changed word can go unnoticed. */
uint64_t pack_checksum(const void *data, size_t length)
{
    uint64_t lane[LANES] = {0x9e3779b97f4a7c15ull, 0xc2b2ae3d27d4eb4full, 0x165667b19e3779f9ull,
                            0x27d4eb2f165667c5ull};
    const uint8_t *at = data;
    size_t left = length;
    uint64_t sum = hash_mix(length);

    for (; left >= STRIPE_BYTES; left -= STRIPE_BYTES, at += STRIPE_BYTES)
        for (unsigned i = 0; i < LANES; i++)
            lane[i] =
                rotate(lane[i] ^ word_at(at + i * sizeof(uint64_t)), 29) * 0x9e3779b97f4a7c15ull;
    for (; left >= sizeof(uint64_t); left -= sizeof(uint64_t), at += sizeof(uint64_t))
        lane[0] = rotate(lane[0] ^ word_at(at), 29) * 0x9e3779b97f4a7c15ull;
    for (; left > 0; left--, at++)
        lane[1] = rotate(lane[1] ^ *at, 29) * 0x9e3779b97f4a7c15ull;

    for (unsigned i = 0; i < LANES; i++)
        sum = hash_mix(rotate(sum, 17) ^ hash_mix(lane[i]));
    return sum;
}

static int write_at(const struct pack *pack, uint64_t offset, const void *data, size_t length,
                    struct tq_error *err)
{
    size_t put = 0;

    while (put < length) {
        ssize_t n = pwrite(pack->fd, (const char *)data + put, length - put, (off_t)(offset + put));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return tq_fail(err, TQ_E_IO, "could not write '%s': %s", pack->path, strerror(errno));
        put += (size_t)n;
    }
    return TQ_OK;
}

static int damaged(const struct pack *pack, const struct pack_entry *entry, const char *why,
                   struct tq_error *err)
{
    return tq_fail(err, TQ_E_KEY, "cache is damaged: '%s' at byte %llu: %s", pack->path,
                   (unsigned long long)entry->offset, why);
}

/* A new file gets its first bytes; an old one must have them. */
static int check_start(struct pack *pack, bool writing, struct tq_error *err)
{
    char start[PACK_START_BYTES];
    struct stat info;
    size_t got;
    int r;

    if (fstat(pack->fd, &info) < 0)
        return tq_fail(err, TQ_E_IO, "could not look at '%s': %s", pack->path, strerror(errno));
    pack->end = (uint64_t)info.st_size;
    if (writing && info.st_size < (off_t)PACK_START_BYTES) {
        pack->end = PACK_START_BYTES;
        pack->unsynced = true;
        return write_at(pack, 0, PACK_START, PACK_START_BYTES, err);
    }

    r = file_read_at(pack->fd, 0, start, sizeof(start), &got, err);
    if (r < 0)
        return r;
    if (got != sizeof(start) || memcmp(start, PACK_START, sizeof(start)) != 0)
        return tq_fail(err, TQ_E_KEY, "cache is damaged: '%s' does not start as one", pack->path);
    return TQ_OK;
}

static int open_file(struct pack *pack, bool writing, struct tq_error *err)
{
    pack->fd = open(pack->path, (writing ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0600);
    if (pack->fd < 0 && !writing && errno == ENOENT)
        return TQ_OK; /* an auditor may have the findings without the cache */
    if (pack->fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open '%s': %s", pack->path, strerror(errno));
    if (writing && flock(pack->fd, LOCK_EX | LOCK_NB) < 0)
        return tq_fail(err, TQ_E_IO, "the case is in use by another process ('%s' is locked)",
                       pack->path);
    return check_start(pack, writing, err);
}

int pack_open(const char *path, bool writing, struct pack *out_pack, struct tq_error *err)
{
    struct pack pack = {.fd = -1};
    int r;

    pack.path = alloc_zeroed(strlen(path) + 1, 1);
    if (!pack.path)
        return tq_no_memory(err);
    memcpy(pack.path, path, strlen(path));

    r = open_file(&pack, writing, err);
    if (r < 0) {
        pack_close(&pack);
        return r;
    }
    *out_pack = pack;
    return TQ_OK;
}

void pack_close(struct pack *pack)
{
    if (pack->fd >= 0)
        (void)close(pack->fd); /* whatever was committed is synced; the rest may be lost */
    free(pack->path);
    *pack = (struct pack){.fd = -1};
}

int pack_cut(struct pack *pack, uint64_t end, struct tq_error *err)
{
    if (end < PACK_START_BYTES)
        end = PACK_START_BYTES;
    end = (end + PACK_ALIGNMENT - 1) & ~(uint64_t)(PACK_ALIGNMENT - 1);
    if (end < pack->end && ftruncate(pack->fd, (off_t)end) < 0)
        return tq_fail(err, TQ_E_IO, "could not cut '%s': %s", pack->path, strerror(errno));
    pack->end = end;
    return TQ_OK;
}

void pack_begin(struct buf *bytes)
{
    static const struct header none = {0};

    buf_empty(bytes);
    bytes->length_max = PACK_ENTRY_MAX;
    buf_add(bytes, &none, sizeof(none));
}

int pack_append(struct pack *pack, struct buf *bytes, struct pack_entry *entry,
                struct tq_error *err)
{
    struct header header = {PACK_MAGIC, entry->kind, entry->owner, entry->number, 0, 0};
    uint64_t length = bytes->length;
    int r;

    r = buf_check(bytes, err);
    if (r < 0)
        return r;
    assert(length >= PACK_HEADER_BYTES);
    header.payload_bytes = length - PACK_HEADER_BYTES;
    header.checksum = pack_checksum(bytes->data + PACK_HEADER_BYTES, header.payload_bytes);
    memcpy(bytes->data, &header, sizeof(header));

    r = write_at(pack, pack->end, bytes->data, length, err);
    if (r < 0)
        return r;
    entry->offset = pack->end;
    entry->length = length;
    pack->end += (length + PACK_ALIGNMENT - 1) & ~(uint64_t)(PACK_ALIGNMENT - 1);
    pack->unsynced = true;
    return TQ_OK;
}

int pack_sync(struct pack *pack, struct tq_error *err)
{
    if (!pack->unsynced)
        return TQ_OK;
    if (fdatasync(pack->fd) < 0)
        return tq_fail(err, TQ_E_IO, "could not sync '%s': %s", pack->path, strerror(errno));
    pack->unsynced = false;
    return TQ_OK;
}

int pack_load(const struct pack *pack, const struct pack_entry *entry, void *memory,
              struct tq_error *err)
{
    struct header header;
    size_t got;
    int r;

    if (pack->fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open '%s': %s", pack->path, strerror(ENOENT));
    if (entry->length < PACK_HEADER_BYTES || entry->length > PACK_ENTRY_MAX)
        return damaged(pack, entry, "impossible length", err);
    r = file_read_at(pack->fd, entry->offset, memory, entry->length, &got, err);
    if (r < 0)
        return r;
    if (got != entry->length)
        return damaged(pack, entry, "it ends too early", err);

    memcpy(&header, memory, sizeof(header));
    if (header.magic != PACK_MAGIC || header.kind != entry->kind || header.owner != entry->owner
        || header.number != entry->number
        || header.payload_bytes != entry->length - PACK_HEADER_BYTES)
        return damaged(pack, entry, "another entry was expected here", err);
    if (header.checksum
        != pack_checksum((const uint8_t *)memory + PACK_HEADER_BYTES, header.payload_bytes))
        return damaged(pack, entry, "the checksum does not match", err);
    return TQ_OK;
}
