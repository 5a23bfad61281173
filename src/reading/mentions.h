/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_MENTIONS_H
#define READING_MENTIONS_H

#include "reading/text_words.h"
#include "register/register.h"

/* A value in the text that at most a few subjects hold, in a field where a hit is no chance. */
struct mention {
    uint8_t kind;
    uint16_t field;
    uint32_t subject;
    uint32_t holders;    /* of the value; above 1, another fact must tell which is meant */
    size_t word, length; /* the run of words */
};

/* Sorted by kind, subject, word. */
struct mentions {
    struct mention *items; /* owned */
    size_t count, capacity;
};

/* Whether a hit in the field's index names somebody: an identifier or contact of a sparse space. */
bool field_can_mention(const struct field *field);

int mentions_find(const struct reg *reg, const struct text_words *words,
                  struct mentions *out_mentions, struct tq_error *err) MUST_CHECK;
void mentions_clear(struct mentions *mentions);

#endif
