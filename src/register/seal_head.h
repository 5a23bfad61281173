/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEAL_HEAD_H
#define REGISTER_SEAL_HEAD_H

#include "base/buf.h"
#include "register/seal_layout.h"

/* The head of a sealed register: names and sizes of everything. */

/* The sizes of all arrays, by kind and by field. */
struct seal_shapes {
    struct kind_shape *kinds;   /* owned */
    struct field_shape *fields; /* owned */
};

void seal_shapes_clear(struct seal_shapes *shapes);

/* Of a register whose arrays are in memory; seal_shapes_clear(). */
int seal_shapes_of(const struct reg *reg, struct seal_shapes *out_shapes,
                   struct tq_error *err) MUST_CHECK;

/* Append the head of `reg`, whose shapes these are. */
void seal_head_write(const struct reg *reg, const struct seal_shapes *shapes, struct buf *out);

/*
 * Make a register from the head of a file with these flags, without any of its arrays, and say how
 * large they are. `fingerprint_key` is that of the key file; a register of fingerprints only
 * brings the one they were made with. *out_reg is owned; reg_free(); *out_shapes too;
 * seal_shapes_clear(). TQ_E_SYNTAX if the head makes no sense.
 */
int seal_head_read(struct slice head, uint32_t flags, const uint8_t *fingerprint_key,
                   struct reg **out_reg, struct seal_shapes *out_shapes,
                   struct tq_error *err) MUST_CHECK;

#endif
