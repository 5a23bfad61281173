/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

_Static_assert(SEAL_MASTER_BYTES == crypto_kdf_KEYBYTES, "the key file is a crypto_kdf key");
_Static_assert(SEAL_FILE_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "file key");

/* Numbers of the subkeys: part of the format. */
enum subkey {
    SUBKEY_FILE = 1,
    SUBKEY_FINGERPRINT = 2,
    SUBKEY_ID = 3
};

static const char context[crypto_kdf_CONTEXTBYTES] = {'t', 'q', '-', 's', 'e', 'a', 'l', '1'};

void seal_key_clear(struct seal_key *key)
{
    sodium_memzero(key, sizeof(*key));
}

static void derive(const uint8_t master[SEAL_MASTER_BYTES], struct seal_key *out_key)
{
    (void)crypto_kdf_derive_from_key(out_key->file, sizeof(out_key->file), SUBKEY_FILE, context,
                                     master);
    (void)crypto_kdf_derive_from_key(out_key->fingerprint, sizeof(out_key->fingerprint),
                                     SUBKEY_FINGERPRINT, context, master);
    (void)crypto_kdf_derive_from_key(out_key->id, sizeof(out_key->id), SUBKEY_ID, context, master);
}

static int start_sodium(struct tq_error *err)
{
    if (sodium_init() < 0)
        return tq_fail(err, TQ_E_IO, "could not start libsodium: no source of random bytes");
    return TQ_OK;
}

int seal_key_load(const char *path, struct seal_key *out_key, struct tq_error *err)
{
    CLEANUP(close_cleanup) int fd = file_open(path);
    uint8_t master[SEAL_MASTER_BYTES + 1];
    struct tq_error cause;
    size_t got;
    int r;

    if (fd < 0)
        return tq_fail(err, TQ_E_IO, "could not open key '%s': %s", path, strerror(errno));
    r = start_sodium(err);
    if (r < 0)
        return r;
    if (file_read(fd, master, sizeof(master), &got, &cause) < 0)
        return tq_fail(err, TQ_E_IO, "key '%s': %s", path, cause.message);
    if (got == SEAL_MASTER_BYTES)
        derive(master, out_key);
    sodium_memzero(master, sizeof(master));
    if (got != SEAL_MASTER_BYTES)
        return tq_fail(err, TQ_E_KEY, "key '%s' has %s than the %d bytes of a key", path,
                       got < SEAL_MASTER_BYTES ? "less" : "more", SEAL_MASTER_BYTES);
    return TQ_OK;
}

static int make_key(const char *path, int fd, struct tq_error *err)
{
    uint8_t master[SEAL_MASTER_BYTES];
    struct tq_error cause = {0};
    int r;

    randombytes_buf(master, sizeof(master));
    r = file_write(fd, master, sizeof(master), &cause);
    sodium_memzero(master, sizeof(master));
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

int seal_key_load_or_make(const char *path, struct seal_key *out_key, struct tq_error *err)
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
    return seal_key_load(path, out_key, err);
}
