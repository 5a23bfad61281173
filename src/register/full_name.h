/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FULL_NAME_H
#define REGISTER_FULL_NAME_H

#include "register/assemble.h"
#include "register/register.h"

#define FULL_NAME_COMBINATIONS_MAX 16u /* of one subject; more than a handful is bad data */

/*
 * Add to `field` of `assemble`, for each subject of the finished `kind`, all combinations of held
 * family and given names ("family given"), with intersected intervals; a combination that never
 * held is left out, and one across scripts unless the subject has no other. The newest come first
 * where FULL_NAME_COMBINATIONS_MAX cuts. Where several fields hold family or given names (two
 * surnames, a middle name) also the names of all of them together, and with initials for the given
 * names behind the first. Two surnames may as well be two values of one field. Where the family
 * name ends with a particle, which would be joined to the given name, both orders. Subjects have
 * their final numbers.
 */
int full_name_derive(const struct reg *reg, uint8_t kind, struct assemble *assemble, uint16_t field,
                     struct tq_error *err) MUST_CHECK;

#endif
