/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEAL_H
#define REGISTER_SEAL_H

#include "register/register.h"
#include "register/seal_key.h"

/*
 * Whether seal_write() may put a register at `path`: there is nothing yet, an empty file or an
 * older register. Anything else would be lost, as a key or a table of the institution: TQ_E_USAGE.
 * TQ_E_IO if nothing can be written there; better known before hours of import than after.
 */
int seal_check_target(const char *path, struct tq_error *err) MUST_CHECK;

/*
 * Write a register as a sealed file (mode 0600); reg_open() is the reverse. The old file at `path`
 * stays whole until the new one is complete and on disk. reg->normaliser.key must be
 * key->fingerprint. *out_bytes: size of the file.
 */
int seal_write(const struct reg *reg, const struct seal_key *key, const char *path,
               unsigned threads, uint64_t *out_bytes, struct tq_error *err) MUST_CHECK;

#endif
