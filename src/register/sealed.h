/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEALED_H
#define REGISTER_SEALED_H

#include "register/register.h"

/*
 * The sealed file behind an open register. It stays open: what of it is not in memory is read when
 * it is needed. Threads may ask at the same time.
 */
struct sealed *sealed_free(struct sealed *sealed); /* NULL allowed */

/* As reg_seal(). */
int sealed_check_end(struct sealed *sealed, uint8_t out_digest[SHA256_BYTES],
                     struct tq_error *err) MUST_CHECK;

/* As reg_load() and reg_load_field(). */
int sealed_load(struct sealed *sealed, const struct reg *reg, const bool *wanted, unsigned parts,
                struct tq_error *err) MUST_CHECK;
int sealed_load_field(struct sealed *sealed, const struct reg *reg, uint16_t number, unsigned parts,
                      struct tq_error *err) MUST_CHECK;

#endif
