/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_ONLY_H
#define INSTITUTION_ONLY_H

#include "institution/member.h"

/* A leak of those alone who live in one town at the snapshot: the largest that has no more than
 * half of the members. The town goes into the institution, which owns it. */
int only_town_find(struct institution *institution, struct tq_error *err) MUST_CHECK;

/* Whether a member is shown; everybody is unless a town was asked for. */
bool only_has(const struct institution *institution, const struct member *member);

/* The register's field that the town is a value of. */
const char *only_field(const struct institution *institution);

#endif
