/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_PIECES_H
#define READING_PIECES_H

#include "reading/hypothesis.h"

/*
 * Columns that nothing explains as a whole may be a piece of what the register holds, as the street
 * of an address, or hold several values: an address with its town. Read the first as such. Read
 * their pieces on the linked rows, and append to `reading` those that are read fully, in the order
 * of what they explain, as far as they do not overlap.
 */
int pieces_read(const struct hypothesis *hypothesis, struct reading *reading,
                struct tq_error *err) MUST_CHECK;

#endif
