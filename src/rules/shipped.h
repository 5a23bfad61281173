/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef RULES_SHIPPED_H
#define RULES_SHIPPED_H

#include "base/slice.h"

/* Files of data/rules/, compiled in. */
struct shipped_rules {
    const char *name; /* as `include` says it */
    const char *text;
    const size_t *length;
};

/* NULL if there are none of that name. */
const struct shipped_rules *shipped_rules_find(struct slice name);

/* All names, for complaints. */
extern const char shipped_rules_list[];

#endif
