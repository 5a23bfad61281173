/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MOSAIC_HELD_AT_H
#define MOSAIC_HELD_AT_H

#include "register/held.h"

/*
 * What a subject held for a target at a moment, in any period: replaces the content of `list`.
 * Known then, and, of what is not per period, valid then.
 */
int held_at(const struct reg *reg, const struct target *target, uint32_t subject, int32_t at,
            struct held_list *list, struct tq_error *err) MUST_CHECK;

/* A target without periods, for held_at(). */
struct target held_at_target(uint16_t field, uint16_t through);

#endif
