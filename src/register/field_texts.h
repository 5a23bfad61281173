/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REGISTER_FIELD_TEXTS_H
#define REGISTER_FIELD_TEXTS_H

#include "register/register.h"

/*
 * The values of one field and their canonical forms, read for a while: unlike reg_load_field() it
 * leaves nothing in memory when it is cleared, and makes no index. Of a sealed register that is
 * not of fingerprints only. Start with {0}, end with field_texts_clear(). Threads may read
 * different fields at the same time.
 */
struct field_texts {
    uint32_t value_count, key_count;
    const uint32_t *value_text, *key_text; /* offsets, as in struct field */
    const char *value_bytes, *key_bytes;
    const uint32_t *value_key; /* NULL: a value's key has its number */
    void *owned[5];
};

/* TQ_E_IO, TQ_E_KEY, TQ_E_SYNTAX: the file cannot be read, or is not what its head says. */
int field_texts_read(const struct reg *reg, uint16_t field, struct field_texts *out,
                     struct tq_error *err) MUST_CHECK;
void field_texts_clear(struct field_texts *texts);

static inline struct slice field_texts_value(const struct field_texts *texts, uint32_t value)
{
    return slice_make(texts->value_bytes + texts->value_text[value],
                      texts->value_text[value + 1] - texts->value_text[value]);
}

static inline uint32_t field_texts_key_of(const struct field_texts *texts, uint32_t value)
{
    return texts->value_key ? texts->value_key[value] : value;
}

static inline struct slice field_texts_key(const struct field_texts *texts, uint32_t key)
{
    return slice_make(texts->key_bytes + texts->key_text[key],
                      texts->key_text[key + 1] - texts->key_text[key]);
}

#endif
