/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_SEAL_LAYOUT_H
#define REGISTER_SEAL_LAYOUT_H

#include "register/array_code.h"
#include "register/register.h"
#include "register/seal_chunk.h"
#include "register/share.h"

/*
 * Which arrays a sealed register stores, in which order, how each is coded, and in which chunks.
 * What follows from them (fact_key, fingerprints of texts, postings, the index) is not stored;
 * field_finish.h makes it.
 */

/* The stored arrays of a field, in order: each is coded against earlier ones at most. The first of
 * them earlier fields may share. */
enum stored {
    STORED_START = SHARE_START,
    STORED_FACT_VALUE = SHARE_COUNT,
    STORED_VALUE_TEXT,
    STORED_VALUE_BYTES,
    STORED_VALUE_KEY,
    STORED_KEY_TEXT,
    STORED_KEY_BYTES,
    STORED_KEY_SUBJECT,
    STORED_KEY_FINGERPRINT, /* of a register of fingerprints only, instead of the texts */
    STORED_COUNT,
    STORED_FACTS_END = STORED_VALUE_TEXT /* before it: of the facts; from it on: of the values */
};

/* What the head says about the arrays of a field. */
struct field_shape {
    uint64_t items[STORED_COUNT]; /* of each array that it has, its own or another's */
    bool has[STORED_COUNT];
    uint16_t owner[SHARE_COUNT]; /* the field whose array it is: this one or an earlier one */
    uint16_t donor;      /* the earlier field of its kind whose times its own are coded against; or
                          * FIELD_NONE */
    bool subject_values; /* its values are the keys of its kind's subjects, which are stored */
};

/* The keys of a kind's subjects: offsets, then bytes. */
struct kind_shape {
    uint64_t bytes;
    uint64_t offsets;
};

/* Of a register whose arrays are in memory; the donor is left out (donor.h finds it). */
void field_shape_of(const struct reg *reg, uint16_t number, struct field_shape *out);
void kind_shape_of(const struct kind *kind, struct kind_shape *out);

#define NO_ARRAY SIZE_MAX

/* Which arrays another needs, or NO_ARRAY: as in struct array_code. */
enum {
    STORED_GROUPS,
    STORED_BASE,
    STORED_BASE_GROUPS,
    STORED_NEEDED
};

/* One stored array: a run of chunks. */
struct stored_array {
    uint16_t number; /* of the field; or of the kind, and then `which` is STORED_COUNT or more */
    uint8_t which;
    uint8_t size; /* bytes of an item */
    uint64_t items;
    uint64_t first_chunk;

    enum array_coding coding;
    size_t needed[STORED_NEEDED]; /* what it is coded with: earlier arrays of the layout */
    unsigned level;               /* 0: needs none; else higher than all that it needs */
};

#define STORED_SUBJECT_TEXT  (STORED_COUNT)
#define STORED_SUBJECT_BYTES (STORED_COUNT + 1)

struct seal_layout {
    struct stored_array *arrays; /* owned */
    size_t count;
    size_t *field_first;  /* owned: where the arrays of each field begin; field_count + 1 */
    uint64_t chunk_count; /* with the head's */
    unsigned level_count;
};

/* `kinds` and `fields`: a shape for each of the register's. */
int seal_layout_make(const struct reg *reg, const struct kind_shape *kinds,
                     const struct field_shape *fields, struct seal_layout *out_layout,
                     struct tq_error *err) MUST_CHECK;
void seal_layout_clear(struct seal_layout *layout);

/* Number of an array of a field (or kind) in the layout, its own or another's; NO_ARRAY: it is
 * empty, or there is none. */
size_t seal_layout_find(const struct seal_layout *layout, const struct field_shape *fields,
                        uint16_t number, unsigned which);

/* Bytes of an item of such an array. */
uint8_t stored_item_bytes(unsigned which);

/* Items of a chunk of the array, all but the last. */
static inline size_t stored_per_chunk(const struct stored_array *array)
{
    return SEAL_PIECE_BYTES / array->size;
}

/* How an array is coded of which all that it needs is in memory; its items are left to the caller.
 */
void stored_code(const struct reg *reg, const struct seal_layout *layout,
                 const struct stored_array *array, struct array_code *out_code);

/* The array in memory, as the field or kind has it; NULL if it is not there. */
const void *stored_get(const struct reg *reg, const struct stored_array *array);
void stored_set(const struct reg *reg, const struct stored_array *array, const void *memory);

#endif
