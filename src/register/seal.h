/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEAL_H
#define REGISTER_SEAL_H

#include "register/register.h"
#include "register/seal_key.h"

/*
 * Write a register as a sealed file (mode 0600); reg_open() is the reverse. The old file at `path`
 * stays whole until the new one is complete and on disk. reg->normaliser.key must be
 * key->fingerprint. *out_bytes: size of the file.
 */
int seal_write(const struct reg *reg, const struct seal_key *key, const char *path,
               unsigned threads, uint64_t *out_bytes, struct tq_error *err) MUST_CHECK;

#endif
