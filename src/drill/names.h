/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_NAMES_H
#define DRILL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "drill/lottery.h"

/* A name in both scripts; `variants` are other Latin spellings, '|'-separated, or "". Borrowed from
 * the arena of the names. */
struct name {
    const char *latin;
    const char *arabic;
    const char *variants;
    uint32_t weight;
};

/*
 * Given names from data/names_ma.tsv (compiled in); family names from the same, widened by
 * composition (prefix x root x nisba) to more than 20,000 with Zipf-Mandelbrot frequencies, after
 * domain.md 3.6. The reserved ones are held by nobody: for names that must be nobody's.
 */
struct names {
    struct arena arena;
    struct name *given[2]; /* male, female; owned by the arena */
    uint32_t given_count[2];
    struct lottery given_lottery[2];
    struct name *family; /* drawable ones first, then the reserved ones */
    uint32_t family_count, family_reserved;
    struct lottery family_lottery;
};

int names_load(struct names *names, struct tq_error *err) MUST_CHECK;
void names_clear(struct names *names);

/* Whether two Latin names are too near to be told apart safely (spellings, one or two edits). */
bool names_are_near(const char *a, const char *b);

#endif
