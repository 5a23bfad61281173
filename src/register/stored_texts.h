/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_STORED_TEXTS_H
#define REGISTER_STORED_TEXTS_H

#include "register/stored_items.h"

/*
 * A stored list of texts in bytewise order, of which a few pieces are in memory, and where each
 * text begins: the values of a field, or the keys of a kind's subjects. Of fingerprints only the
 * values of a field are its rising fingerprints, as 8 bytes with the highest first: they are in
 * order, too.
 */
struct stored_texts {
    uint32_t count;
    struct stored_items prints; /* of fingerprints only; else of texts: */
    struct stored_items offsets, bytes;
    unsigned char *scratch; /* owned */
    struct buf text;        /* the last one */
};

/* Start with {0}; stored_texts_clear() at the end, whatever happened. Without a list (FIELD_NONE,
 * KIND_NONE) there are no texts. */
int stored_texts_open_values(struct stored_texts *texts, const struct reg *reg, uint16_t field,
                             struct tq_error *err) MUST_CHECK;
int stored_texts_open_subjects(struct stored_texts *texts, const struct reg *reg, uint8_t kind,
                               struct tq_error *err) MUST_CHECK;
void stored_texts_clear(struct stored_texts *texts);

/* Text `i`, borrowed until the next call. */
int stored_texts_get(struct stored_texts *texts, uint32_t i, struct slice *out_text,
                     struct tq_error *err) MUST_CHECK;

/* Number of this text; the count if it is not there. */
int stored_texts_find(struct stored_texts *texts, struct slice text, uint32_t *out_number,
                      struct tq_error *err) MUST_CHECK;

#endif
