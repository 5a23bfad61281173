/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEAL_LAYOUT_H
#define REGISTER_SEAL_LAYOUT_H

#include "register/register.h"
#include "register/seal_chunk.h"
#include "register/share.h"

/*
 * Which arrays a sealed register stores, in which order, and in which chunks. What follows from
 * them (fact_key, fingerprints of texts, postings, the index) is not stored; field_finish.h makes
 * it.
 */

/* The stored arrays of a field, in order. The first of them earlier fields may share. */
enum stored {
    STORED_START = SHARE_START,
    STORED_FACT_VALUE = SHARE_COUNT,
    STORED_VALUE_BYTES,
    STORED_VALUE_TEXT,
    STORED_VALUE_KEY,
    STORED_KEY_BYTES,
    STORED_KEY_TEXT,
    STORED_KEY_SUBJECT,
    STORED_KEY_FINGERPRINT, /* of a register of fingerprints only, instead of the texts */
    STORED_COUNT,
    STORED_FACTS_END = STORED_VALUE_BYTES /* before it: of the facts; from it on: of the values */
};

/* What the head says about the arrays of a field. */
struct field_shape {
    uint64_t items[STORED_COUNT]; /* of each array that it has, its own or another's */
    bool has[STORED_COUNT];
    uint16_t owner[SHARE_COUNT]; /* the field whose array it is: this one or an earlier one */
};

/* The keys of a kind's subjects: bytes, then offsets. */
struct kind_shape {
    uint64_t bytes;
    uint64_t offsets;
};

/* Of a register whose arrays are in memory. */
void field_shape_of(const struct reg *reg, uint16_t number, struct field_shape *out);
void kind_shape_of(const struct kind *kind, struct kind_shape *out);

/* One stored array: a run of chunks. */
struct stored_array {
    uint16_t number; /* of the field; or of the kind, and then `which` is STORED_COUNT or more */
    uint8_t which;
    uint8_t size; /* bytes of an item */
    bool delta;
    uint64_t items;
    uint64_t first_chunk;
};

#define STORED_SUBJECT_BYTES (STORED_COUNT)
#define STORED_SUBJECT_TEXT  (STORED_COUNT + 1)

struct seal_layout {
    struct stored_array *arrays; /* owned */
    size_t count;
    size_t *field_first;  /* owned: where the arrays of each field begin; field_count + 1 */
    uint64_t chunk_count; /* with the head's */
};

/* `kinds` and `fields`: a shape for each of the register's. */
int seal_layout_make(const struct reg *reg, const struct kind_shape *kinds,
                     const struct field_shape *fields, struct seal_layout *out_layout,
                     struct tq_error *err) MUST_CHECK;
void seal_layout_clear(struct seal_layout *layout);

/* The array in memory, as the field or kind has it; NULL if it is not there. */
const void *stored_get(const struct reg *reg, const struct stored_array *array);
void stored_set(const struct reg *reg, const struct stored_array *array, const void *memory);

#endif
