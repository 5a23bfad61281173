/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/field_texts.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "register/seal_layout.h"
#include "register/sealed.h"
#include "register/stored_read.h"

/* The arrays, in the order of `owned`. */
static const unsigned arrays[] = {STORED_VALUE_TEXT, STORED_VALUE_BYTES, STORED_VALUE_KEY,
                                  STORED_KEY_TEXT, STORED_KEY_BYTES};
#define ARRAY_COUNT (sizeof(arrays) / sizeof(arrays[0]))

void field_texts_clear(struct field_texts *texts)
{
    for (size_t i = 0; i < ARRAY_COUNT; i++)
        free(texts->owned[i]);
    *texts = (struct field_texts){0};
}

static int read_arrays(const struct reg *reg, uint16_t number, struct field_texts *texts,
                       struct tq_error *err)
{
    for (size_t i = 0; i < ARRAY_COUNT; i++) {
        int r = sealed_has(reg->sealed, number, arrays[i])
                    ? stored_read(reg, number, arrays[i], &texts->owned[i], err)
                    : TQ_OK;

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static bool rises(const uint32_t *offsets, uint32_t count, uint64_t bytes)
{
    for (uint32_t i = 0; i < count; i++) {
        if (offsets[i] > offsets[i + 1])
            return false;
    }
    return offsets[0] == 0 && offsets[count] <= bytes;
}

/* Nothing is looked up by offsets and numbers that lead out of the arrays. */
static int check(const struct reg *reg, uint16_t number, const struct field_texts *texts,
                 struct tq_error *err)
{
    const struct field *field = &reg->fields[number];
    bool right = true;

    if (texts->owned[0])
        right = rises(texts->value_text, field->value_count,
                      sealed_items(reg->sealed, number, STORED_VALUE_BYTES));
    if (texts->owned[3])
        right = right
                && rises(texts->key_text, field->key_count,
                         sealed_items(reg->sealed, number, STORED_KEY_BYTES));
    for (uint32_t i = 0; right && texts->value_key && i < field->value_count; i++)
        right = texts->value_key[i] < field->key_count;
    return right ? TQ_OK
                 : tq_fail(err, TQ_E_SYNTAX, "field '%s': values out of order", field->name);
}

int field_texts_read(const struct reg *reg, uint16_t number, struct field_texts *out,
                     struct tq_error *err)
{
    CLEANUP(field_texts_clear) struct field_texts texts = {0};
    const struct field *field = &reg->fields[number];
    const struct kind *kind = &reg->kinds[field->kind];
    int r;

    r = read_arrays(reg, number, &texts, err);
    if (r < 0)
        return r;
    texts.value_count = field->value_count;
    texts.key_count = field->key_count;
    texts.value_text = texts.owned[0] ? texts.owned[0] : kind->subject_text;
    texts.value_bytes = texts.owned[1] ? texts.owned[1] : kind->subject_bytes;
    texts.value_key = texts.owned[2];
    texts.key_text = texts.owned[3] ? texts.owned[3] : texts.value_text;
    texts.key_bytes = texts.owned[4] ? texts.owned[4] : texts.value_bytes;
    r = check(reg, number, &texts, err);
    if (r < 0)
        return r;
    *out = texts;
    texts = (struct field_texts){0};
    return TQ_OK;
}
