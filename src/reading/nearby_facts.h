/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_NEARBY_FACTS_H
#define READING_NEARBY_FACTS_H

#include "reading/text_words.h"
#include "register/register.h"

#define NEARBY_FACTS_MAX 64u

/* A value of a subject that stands in a stretch of text. */
struct nearby_fact {
    uint16_t field;
    uint16_t period; /* MONTH_NONE unless the field is periodic */
    double bits;     /* log2(N / df): what it tells about the subject */
};

/* The facts found, rising by field, one a field. */
struct nearby_facts {
    struct nearby_fact items[NEARBY_FACTS_MAX];
    size_t count;
};

/* Which of the subject's values, of any time, stand in words [first, end). */
int nearby_facts_find(const struct reg *reg, uint8_t kind, uint32_t subject,
                      const struct text_words *words, size_t first, size_t end,
                      struct nearby_facts *out_facts, struct tq_error *err) MUST_CHECK;

#endif
