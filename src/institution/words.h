/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_WORDS_H
#define INSTITUTION_WORDS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * Words of one kind, separated by '|' in one text, numbered from 0. `arabic`, where there is one,
 * has the same words in the same order.
 */
struct words {
    const char *latin;
    const char *arabic;
};

enum script {
    SCRIPT_LATIN,
    SCRIPT_ARABIC
};

uint32_t words_count(const struct words *words);

/* The number-th word; `number` is below the count. */
struct slice words_at(const struct words *words, uint32_t number, enum script script);

/* Names composed by rule: first the plain ones, then every head with every middle and tail, which
 * bring their own spaces. */
#define COMPOUND_PARTS 3u
struct compound {
    struct words plain; /* may have none: latin is NULL */
    struct words parts[COMPOUND_PARTS];
};

uint32_t compound_count(const struct compound *compound);
void compound_add(const struct compound *compound, uint32_t number, enum script script,
                  struct buf *out);

#endif
