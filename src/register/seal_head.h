/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEAL_HEAD_H
#define REGISTER_SEAL_HEAD_H

#include "base/buf.h"
#include "register/register.h"

/*
 * The head of a sealed register: names and sizes of everything. And the sections that follow it:
 * the stored arrays in a fixed order. What follows from them (fact_key, fingerprints, postings, the
 * index) is not stored; field_finish() makes it.
 */

/* Append the head of `reg`. */
void seal_head_write(const struct reg *reg, struct buf *out);

/* Make a register from a head, with zeroed arrays of the right sizes; only the last item of each
 * array of offsets is set, for what is read must agree with it. TQ_E_SYNTAX if the head makes no
 * sense. *out_reg is owned; reg_free(). */
int seal_head_read(struct slice head, const uint8_t *fingerprint_key, struct reg **out_reg,
                   struct tq_error *err) MUST_CHECK;

/* One stored array. */
struct section {
    unsigned char *data;
    size_t count;
    uint8_t size; /* of an item: 1, 2, 4 or 8 bytes */
    bool delta;   /* neighbours are close: differences are stored */
};

/* The sections of a register, in order; *out_sections is owned (free()), the arrays borrowed. */
int seal_sections(const struct reg *reg, struct section **out_sections, size_t *out_count,
                  struct tq_error *err) MUST_CHECK;

/* Whether the offsets rise and the references are in range, of a register just read. */
int seal_check(const struct reg *reg, struct tq_error *err) MUST_CHECK;

#endif
