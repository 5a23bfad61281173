/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/rekey.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "register/seal.h"
#include "register/seal_chunk.h"

/* Both files, and one chunk on its way. */
struct rekey {
    int from, to;
    struct seal_header header, new_header;
    struct seal_key key, new_key;
    unsigned char *sealed, *scratch; /* owned; SEAL_CHUNK_MAX each */
    struct buf chunk;
    uint64_t bytes; /* written */
};

static void rekey_clear_cleanup(struct rekey *rekey)
{
    if (rekey->from >= 0)
        (void)close(rekey->from);
    seal_key_clear(&rekey->key);
    seal_key_clear(&rekey->new_key);
    free(rekey->sealed);
    free(rekey->scratch);
    buf_clear(&rekey->chunk);
}

static int read_exactly(int fd, void *data, size_t length, struct tq_error *err)
{
    size_t got;
    int r = file_read(fd, data, length, &got, err);

    if (r < 0)
        return r;
    return got == length ? TQ_OK : tq_fail(err, TQ_E_SYNTAX, "cut short");
}

static int copy_chunk(struct rekey *rekey, uint64_t number, bool *out_last, struct tq_error *err)
{
    const struct seal_side from = {&rekey->header, &rekey->key};
    const struct seal_side to = {&rekey->new_header, &rekey->new_key};
    uint32_t length;
    bool last;
    int r = read_exactly(rekey->from, &length, sizeof(length), err);

    if (r < 0)
        return r;
    last = le32toh(length) & SEAL_LAST;
    length = le32toh(length) & ~SEAL_LAST;
    if (length > SEAL_CHUNK_MAX)
        return tq_fail(err, TQ_E_KEY, "chunk %llu was changed", (unsigned long long)number);
    r = read_exactly(rekey->from, rekey->sealed, length, err);
    if (r < 0)
        return r;
    r = seal_chunk_reseal(&from, &to, number, last, slice_make((char *)rekey->sealed, length),
                          rekey->scratch, &rekey->chunk, err);
    if (r < 0)
        return r;
    rekey->bytes += rekey->chunk.length;
    *out_last = last;
    return file_write(rekey->to, rekey->chunk.data, rekey->chunk.length, err);
}

static int copy_chunks(struct rekey *rekey, struct tq_error *err)
{
    bool last = false;
    size_t got;
    char more;
    int r = file_write(rekey->to, rekey->new_header.bytes, SEAL_HEADER_BYTES, err);

    rekey->bytes = SEAL_HEADER_BYTES;
    for (uint64_t number = 0; !last && r == TQ_OK; number++)
        r = copy_chunk(rekey, number, &last, err);
    if (r == TQ_OK)
        r = file_read(rekey->from, &more, sizeof(more), &got, err);
    if (r < 0)
        return r;
    return got == 0 ? TQ_OK : tq_fail(err, TQ_E_SYNTAX, "something follows its last chunk");
}

static int load_new_key(const struct rekey_request *request, struct rekey *rekey,
                        struct tq_error *err)
{
    int r = seal_key_load_or_make(request->new_key_path, &rekey->new_key, err);

    if (r < 0)
        return r;
    if (memcmp(rekey->key.id, rekey->new_key.id, SEAL_ID_BYTES) == 0)
        return tq_fail(err, TQ_E_USAGE, "keys '%s' and '%s' are the same; name a new one",
                       request->key_path, request->new_key_path);
    return TQ_OK;
}

/* The old file with its key and header: both are right before a new key is made. */
static int open_old(const struct rekey_request *request, struct rekey *rekey, struct tq_error *err)
{
    struct tq_error cause;
    int r;

    rekey->from = file_open(request->path);
    if (rekey->from < 0)
        return tq_fail(err, TQ_E_IO, "could not open register '%s': %s", request->path,
                       strerror(errno));
    r = seal_key_load(request->key_path, &rekey->key, err);
    if (r < 0)
        return r;
    r = read_exactly(rekey->from, rekey->header.bytes, SEAL_HEADER_BYTES, &cause);
    if (r == TQ_OK)
        r = seal_header_check(&rekey->header, &rekey->key, &cause);
    return r < 0 ? tq_fail(err, cause.status, "register '%s': %s", request->path, cause.message)
                 : TQ_OK;
}

int register_rekey(const struct rekey_request *request, uint64_t *out_bytes, struct tq_error *err)
{
    CLEANUP(rekey_clear_cleanup) struct rekey rekey = {.from = -1};
    CLEANUP(free_cleanup) char *temporary = NULL;
    struct tq_error cause;
    int r = open_old(request, &rekey, err);

    if (r < 0)
        return r;
    r = seal_check_target(request->out_path, err);
    if (r == TQ_OK)
        r = load_new_key(request, &rekey, err);
    if (r == TQ_OK)
        r = seal_check_target(request->out_path, err); /* the key may be there now */
    if (r < 0)
        return r;
    rekey.sealed = alloc_resize(NULL, SEAL_CHUNK_MAX, 1);
    rekey.scratch = alloc_resize(NULL, SEAL_CHUNK_MAX, 1);
    if (!rekey.sealed || !rekey.scratch)
        return tq_no_memory(err);
    r = file_create_temporary(request->out_path, 0600, &temporary, &rekey.to, err);
    if (r < 0)
        return r;
    seal_header_make(&rekey.new_key, seal_header_flags(&rekey.header), &rekey.new_header);
    r = copy_chunks(&rekey, &cause);
    if (r < 0) {
        (void)close(rekey.to);
        (void)unlink(temporary);
        return tq_fail(err, cause.status, "could not seal '%s' anew as '%s': %s", request->path,
                       request->out_path, cause.message);
    }
    r = file_commit(rekey.to, temporary, request->out_path, err);
    if (r < 0)
        return r;
    *out_bytes = rekey.bytes;
    return TQ_OK;
}
