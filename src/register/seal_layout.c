/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal_layout.h"

#include <stdlib.h>

#include "base/alloc.h"

static const void *field_get(const struct field *field, unsigned which)
{
    switch (which) {
    case STORED_FACT_VALUE:
        return field->fact_value;
    case STORED_VALUE_BYTES:
        return field->value_bytes;
    case STORED_VALUE_TEXT:
        return field->value_text;
    case STORED_VALUE_KEY:
        return field->value_key;
    case STORED_KEY_BYTES:
        return field->key_bytes;
    case STORED_KEY_TEXT:
        return field->key_text;
    case STORED_KEY_SUBJECT:
        return field->key_subject;
    case STORED_KEY_FINGERPRINT:
        return field->fingerprints_only ? field->key_fingerprint : NULL;
    default:
        return share_get(field, (enum share_array)which);
    }
}

static void field_set(struct field *field, unsigned which, const void *memory)
{
    switch (which) {
    case STORED_FACT_VALUE:
        field->fact_value = memory;
        return;
    case STORED_VALUE_BYTES:
        field->value_bytes = memory;
        return;
    case STORED_VALUE_TEXT:
        field->value_text = memory;
        return;
    case STORED_VALUE_KEY:
        field->value_key = memory;
        return;
    case STORED_KEY_BYTES:
        field->key_bytes = memory;
        return;
    case STORED_KEY_TEXT:
        field->key_text = memory;
        return;
    case STORED_KEY_SUBJECT:
        field->key_subject = memory;
        return;
    case STORED_KEY_FINGERPRINT:
        field->key_fingerprint = memory;
        return;
    default:
        share_set(field, (enum share_array)which, memory);
        return;
    }
}

const void *stored_get(const struct reg *reg, const struct stored_array *array)
{
    if (array->which == STORED_SUBJECT_BYTES)
        return reg->kinds[array->number].subject_bytes;
    if (array->which == STORED_SUBJECT_TEXT)
        return reg->kinds[array->number].subject_text;
    return field_get(&reg->fields[array->number], array->which);
}

void stored_set(const struct reg *reg, const struct stored_array *array, const void *memory)
{
    if (array->which == STORED_SUBJECT_BYTES)
        reg->kinds[array->number].subject_bytes = memory;
    else if (array->which == STORED_SUBJECT_TEXT)
        reg->kinds[array->number].subject_text = memory;
    else
        field_set(&reg->fields[array->number], array->which, memory);
}

void field_shape_of(const struct reg *reg, uint16_t number, struct field_shape *out)
{
    const struct field *field = &reg->fields[number];

    *out = (struct field_shape){0};
    for (unsigned which = 0; which < STORED_COUNT; which++)
        out->has[which] = field_get(field, which) != NULL;
    out->has[STORED_KEY_TEXT] = out->has[STORED_KEY_BYTES] = field->key_text != field->value_text;
    out->has[STORED_VALUE_TEXT] = out->has[STORED_VALUE_BYTES] = !field->fingerprints_only;
    for (unsigned which = 0; which < SHARE_COUNT; which++) {
        out->items[which] = share_items(reg, field, (enum share_array)which);
        out->owner[which] = share_owner(reg, number, (enum share_array)which);
    }
    out->items[STORED_FACT_VALUE] = field->fact_count;
    out->items[STORED_VALUE_BYTES] = field->value_text[field->value_count];
    out->items[STORED_VALUE_TEXT] = (uint64_t)field->value_count + 1;
    out->items[STORED_VALUE_KEY] = field->value_count;
    out->items[STORED_KEY_BYTES] = field->key_text[field->key_count];
    out->items[STORED_KEY_TEXT] = (uint64_t)field->key_count + 1;
    out->items[STORED_KEY_SUBJECT] = field->key_count;
    out->items[STORED_KEY_FINGERPRINT] = field->key_count;
}

void kind_shape_of(const struct kind *kind, struct kind_shape *out)
{
    out->bytes = kind->subject_text[kind->subject_count];
    out->offsets = (uint64_t)kind->subject_count + 1;
}

static uint8_t item_bytes(unsigned which)
{
    switch (which) {
    case STORED_VALUE_BYTES:
    case STORED_KEY_BYTES:
    case STORED_SUBJECT_BYTES:
        return sizeof(char);
    case STORED_VALUE_TEXT:
    case STORED_KEY_TEXT:
    case STORED_SUBJECT_TEXT:
    case STORED_FACT_VALUE:
    case STORED_VALUE_KEY:
    case STORED_KEY_SUBJECT:
        return sizeof(uint32_t);
    case STORED_KEY_FINGERPRINT:
        return sizeof(uint64_t);
    default:
        return (uint8_t)share_item_bytes((enum share_array)which);
    }
}

static void add(struct seal_layout *layout, uint16_t number, unsigned which, uint64_t items)
{
    struct stored_array *array = &layout->arrays[layout->count];
    uint64_t per_chunk;

    if (items == 0)
        return;
    *array = (struct stored_array){.number = number,
                                   .which = (uint8_t)which,
                                   .size = item_bytes(which),
                                   .items = items,
                                   .first_chunk = layout->chunk_count};
    array->delta = array->size > 1;
    per_chunk = SEAL_PIECE_BYTES / array->size;
    layout->chunk_count += items / per_chunk + (items % per_chunk > 0);
    layout->count++;
}

static bool is_own(const struct field_shape *shape, uint16_t number, unsigned which)
{
    return shape->has[which] && (which >= SHARE_COUNT || shape->owner[which] == number);
}

int seal_layout_make(const struct reg *reg, const struct kind_shape *kinds,
                     const struct field_shape *fields, struct seal_layout *out_layout,
                     struct tq_error *err)
{
    struct seal_layout layout = {.chunk_count = 1};

    layout.arrays =
        alloc_zeroed(reg->kind_count * (size_t)2 + reg->field_count * (size_t)STORED_COUNT + 1,
                     sizeof(*layout.arrays));
    layout.field_first = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*layout.field_first));
    if (!layout.arrays || !layout.field_first) {
        seal_layout_clear(&layout);
        return tq_no_memory(err);
    }
    for (uint8_t i = 0; i < reg->kind_count; i++) {
        add(&layout, i, STORED_SUBJECT_BYTES, kinds[i].bytes);
        add(&layout, i, STORED_SUBJECT_TEXT, kinds[i].offsets);
    }
    for (uint16_t i = 0; i < reg->field_count; i++) {
        layout.field_first[i] = layout.count;
        for (unsigned which = 0; which < STORED_COUNT; which++) {
            if (is_own(&fields[i], i, which))
                add(&layout, i, which, fields[i].items[which]);
        }
    }
    layout.field_first[reg->field_count] = layout.count;
    *out_layout = layout;
    return TQ_OK;
}

void seal_layout_clear(struct seal_layout *layout)
{
    free(layout->arrays);
    free(layout->field_first);
    *layout = (struct seal_layout){0};
}
