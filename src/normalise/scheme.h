/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef NORMALISE_SCHEME_H
#define NORMALISE_SCHEME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* One identifier scheme: its format and check rule. Source and confidence: domain.md section 2. */
struct scheme {
    const char *name;   /* "ma-cnss-person", "ma-rib", "iban", "luhn", ... */
    const char *title;  /* for people: "Morocco, CNSS number of a person" */
    const char *source; /* where the rule comes from */
    char confidence;    /* 'H', 'M', 'L' */
    bool (*is_valid)(
        struct slice canonical); /* canonical bytes of FORM_ID with its leading zeros */
};

/* NULL if there is none of that name. The table is static. */
const struct scheme *scheme_find(struct slice name);
size_t scheme_count(void);
const struct scheme *scheme_at(size_t number);

/* Strip spaces, dots, hyphens and marks, fold digits and case, then apply the rule. */
bool scheme_accepts(const struct scheme *scheme, struct slice value);

#endif
