/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal_key.h"

#include <sodium.h>

#include "register/key_file.h"

_Static_assert(SEAL_MASTER_BYTES == crypto_kdf_KEYBYTES, "the key file is a crypto_kdf key");
_Static_assert(SEAL_MASTER_BYTES == KEY_FILE_BYTES, "the key file is the master key");
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

int seal_key_load(const char *path, struct seal_key *out_key, struct tq_error *err)
{
    uint8_t master[SEAL_MASTER_BYTES];
    int r = key_file_load(path, master, err);

    if (r < 0)
        return r;
    derive(master, out_key);
    sodium_memzero(master, sizeof(master));
    return TQ_OK;
}

int seal_key_load_or_make(const char *path, struct seal_key *out_key, struct tq_error *err)
{
    uint8_t master[SEAL_MASTER_BYTES];
    int r = key_file_load_or_make(path, master, err);

    if (r < 0)
        return r;
    derive(master, out_key);
    sodium_memzero(master, sizeof(master));
    return TQ_OK;
}
