/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_DONOR_H
#define REGISTER_DONOR_H

#include "register/seal_layout.h"

/*
 * Columns of one table have the same times but for what is missing and what did not change: their
 * arrays are not equal, but nearly all times of the one are among those of the other. The donor of
 * a field is the earlier field of its kind of whose times its own are mostly made, and that has no
 * donor itself; FIELD_NONE: there is none. `fields`: the shapes of the earlier fields, with theirs.
 */
uint16_t donor_find(const struct reg *reg, const struct field_shape *fields, uint16_t number);

#endif
