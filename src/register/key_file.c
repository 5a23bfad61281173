/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

static int start_sodium(struct tq_error *err)
{
    if (sodium_init() < 0)
        return tq_fail(err, TQ_E_IO, "could not start libsodium: no source of random bytes");
    return TQ_OK;
}

int key_file_load(const char *path, uint8_t out_key[KEY_FILE_BYTES], struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = file_open(path);
    uint8_t bytes[KEY_FILE_BYTES + 1];
    struct tq_error cause;
    size_t got;
    int r;

    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open key '%s': %s", path, strerror(errno));
    r = start_sodium(err);
    if (r < 0)
        return r;
    if (file_read(fd, bytes, sizeof(bytes), &got, &cause) < 0)
        return tq_fail(err, TQ_E_IO, "key '%s': %s", path, cause.message);
    if (got == KEY_FILE_BYTES)
        memcpy(out_key, bytes, KEY_FILE_BYTES);
    sodium_memzero(bytes, sizeof(bytes));
    if (got != KEY_FILE_BYTES)
        return tq_fail(err, TQ_E_KEY, "key '%s' has %s than the %d bytes of a key", path,
                       got < KEY_FILE_BYTES ? "less" : "more", KEY_FILE_BYTES);
    return TQ_OK;
}

static int make_key(const char *path, int fd, struct tq_error *err)
{
    uint8_t bytes[KEY_FILE_BYTES];
    struct tq_error cause = {0};
    int r;

    randombytes_buf(bytes, sizeof(bytes));
    r = file_write(fd, bytes, sizeof(bytes), &cause);
    sodium_memzero(bytes, sizeof(bytes));
    if (r == TQ_OK && fsync(fd) < 0)
        r = tq_fail(&cause, TQ_E_IO, "could not sync: %s", strerror(errno));
    if (close(fd) < 0 && r == TQ_OK)
        r = tq_fail(&cause, TQ_E_IO, "could not close: %s", strerror(errno));
    if (r == TQ_OK)
        r = file_sync_folder_of(path, &cause);
    if (r == TQ_OK)
        return TQ_OK;
    (void)unlink(path); /* half a key must not be taken for one */
    return tq_fail(err, TQ_E_IO, "could not make key '%s': %s", path, cause.message);
}

int key_file_load_or_make(const char *path, uint8_t out_key[KEY_FILE_BYTES], struct tq_error *err)
{
    int r = start_sodium(err);
    int fd;

    if (r < 0)
        return r;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST)
        return tq_fail(err, TQ_E_IO, "could not make key '%s': %s", path, strerror(errno));
    if (fd >= 0) {
        r = make_key(path, fd, err);
        if (r < 0)
            return r;
    }
    return key_file_load(path, out_key, err);
}
