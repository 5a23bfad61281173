/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_REKEY_H
#define REGISTER_REKEY_H

#include <stdint.h>

#include "base/error.h"

struct rekey_request {
    const char *path, *key_path; /* a sealed register and its key */
    const char *new_key_path;    /* made (32 random bytes, mode 0600) if missing */
    const char *out_path;        /* may be `path` */
};

/*
 * Seal a register for another key. Each chunk is authenticated, decrypted, and encrypted again; it
 * is never written otherwise, and is not unpacked. The old file at out_path stays whole until the
 * new one is complete and on disk. TQ_E_KEY: a wrong key, or a chunk was changed; TQ_E_USAGE: both
 * keys are the same. *out_bytes: size of the file.
 */
int register_rekey(const struct rekey_request *request, uint64_t *out_bytes,
                   struct tq_error *err) MUST_CHECK;

#endif
