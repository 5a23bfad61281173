/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_REG_NEW_H
#define REGISTER_REG_NEW_H

#include "register/register.h"
#include "register/register_file.h"

struct reg_head {
    struct slice name, country_code, timezone;
    const uint8_t *fingerprint_key; /* SIPHASH_KEY_BYTES, copied */
    uint8_t kind_count;
    uint16_t field_count;
};

/* A register with zeroed kinds and fields, to be filled in. *out_reg is owned; reg_free(). */
int reg_new(const struct reg_head *head, struct reg **out_reg, struct tq_error *err) MUST_CHECK;

/* known_from and known_to from all facts; MOMENT_MIN and MOMENT_MAX if no time is finite. */
void reg_measure_horizon(struct reg *reg);

#endif
