/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_STORED_READ_H
#define REGISTER_STORED_READ_H

#include "register/seal_layout.h"

/*
 * Read one array of a field of a sealed register, which must have it, into memory of its own:
 * *out_items is owned (free()). Nothing of it stays with the register. Threads may read at the same
 * time. TQ_E_IO, TQ_E_KEY, TQ_E_SYNTAX: the file cannot be read, or is not what its head says.
 */
int stored_read(const struct reg *reg, uint16_t field, unsigned which, void **out_items,
                struct tq_error *err) MUST_CHECK;

#endif
