/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal_layout.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define NEARLY 8u /* a donor with an eighth more facts has nearly as many of each subject */

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

/* An identifier by which the institution numbers its subjects. */
static bool has_subject_values(const struct reg *reg, const struct field *field)
{
    const struct kind *kind = &reg->kinds[field->kind];
    size_t offsets = ((size_t)kind->subject_count + 1) * sizeof(*kind->subject_text);

    return field->value_count == kind->subject_count
           && memcmp(field->value_text, kind->subject_text, offsets) == 0
           && memcmp(field->value_bytes, kind->subject_bytes,
                     kind->subject_text[kind->subject_count])
                  == 0;
}

void field_shape_of(const struct reg *reg, uint16_t number, struct field_shape *out)
{
    const struct field *field = &reg->fields[number];

    *out = (struct field_shape){0};
    for (unsigned which = 0; which < STORED_COUNT; which++)
        out->has[which] = field_get(field, which) != NULL;
    out->has[STORED_KEY_TEXT] = out->has[STORED_KEY_BYTES] = field->key_text != field->value_text;
    for (unsigned which = 0; which < SHARE_COUNT; which++) {
        out->items[which] = share_items(reg, field, (enum share_array)which);
        out->owner[which] = share_owner(reg, number, (enum share_array)which);
    }
    out->subject_values = !field->fingerprints_only && has_subject_values(reg, field);
    out->has[STORED_VALUE_TEXT] = out->has[STORED_VALUE_BYTES] =
        !field->fingerprints_only && !out->subject_values;
    out->donor = FIELD_NONE;
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

uint8_t stored_item_bytes(unsigned which)
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
                                   .size = stored_item_bytes(which),
                                   .items = items,
                                   .first_chunk = layout->chunk_count,
                                   .needed = {NO_ARRAY, NO_ARRAY, NO_ARRAY}};
    per_chunk = stored_per_chunk(array);
    layout->chunk_count += items / per_chunk + (items % per_chunk > 0);
    layout->count++;
}

/* ---- how arrays are coded ---- */

static size_t find_between(const struct seal_layout *layout, size_t low, size_t high,
                           uint16_t number, unsigned which)
{
    for (size_t i = low; i < high; i++) {
        if (layout->arrays[i].number == number && layout->arrays[i].which == which)
            return i;
    }
    return NO_ARRAY;
}

size_t seal_layout_find(const struct seal_layout *layout, const struct field_shape *fields,
                        uint16_t number, unsigned which)
{
    uint16_t owner;

    if (which >= STORED_COUNT)
        return find_between(layout, 0, layout->field_first[0], number, which);
    if (!fields[number].has[which])
        return NO_ARRAY;
    owner = which < SHARE_COUNT ? fields[number].owner[which] : number;
    return find_between(layout, layout->field_first[owner], layout->field_first[owner + 1], owner,
                        which);
}

/* The offsets or bytes of a field's values: its own, or those of the subjects. */
static size_t find_values(const struct reg *reg, const struct seal_layout *layout,
                          const struct field_shape *fields, uint16_t number, unsigned which)
{
    if (!fields[number].subject_values)
        return seal_layout_find(layout, fields, number, which);
    return seal_layout_find(layout, fields, reg->fields[number].kind,
                            which == STORED_VALUE_TEXT ? STORED_SUBJECT_TEXT
                                                       : STORED_SUBJECT_BYTES);
}

static void code_by_base(struct stored_array *array, enum array_coding coding, size_t groups,
                         size_t base, size_t base_groups)
{
    array->coding = coding;
    array->needed[STORED_GROUPS] = groups;
    array->needed[STORED_BASE] = base;
    array->needed[STORED_BASE_GROUPS] = base_groups;
}

/* Against the same array of the donor; false: it has none. */
static bool code_by_donor(const struct seal_layout *layout, const struct field_shape *fields,
                          struct stored_array *array)
{
    uint16_t donor = fields[array->number].donor;
    size_t base =
        donor == FIELD_NONE ? NO_ARRAY : seal_layout_find(layout, fields, donor, array->which);

    if (base == NO_ARRAY)
        return false;
    code_by_base(array, ARRAY_PICKED, seal_layout_find(layout, fields, array->number, STORED_START),
                 base, seal_layout_find(layout, fields, donor, STORED_START));
    return true;
}

/* Times of a field by itself: what ends does so when something else begins, and what is known was
 * mostly true a few days before. */
static void code_alone(const struct seal_layout *layout, const struct field_shape *fields,
                       struct stored_array *array)
{
    size_t start = seal_layout_find(layout, fields, array->number, STORED_START);
    size_t known = seal_layout_find(layout, fields, array->number, SHARE_KNOWN_FROM);
    size_t valid = seal_layout_find(layout, fields, array->number, SHARE_VALID_FROM);

    switch (array->which) {
    case SHARE_KNOWN_FROM:
        array->coding = ARRAY_DAYS;
        return;
    case SHARE_VALID_FROM:
        array->coding = known == NO_ARRAY ? ARRAY_DAYS : ARRAY_DAYS_AFTER;
        array->needed[STORED_BASE] = known;
        return;
    case SHARE_KNOWN_TO:
        code_by_base(array, ARRAY_PICKED, start, known, start);
        return;
    case SHARE_VALID_TO:
        code_by_base(array, ARRAY_PICKED, start, valid, start);
        return;
    default:
        array->coding = ARRAY_DIFFERENCES;
        return;
    }
}

/* Whether the keys of a field are numbers (normalise.h). */
static bool has_number_keys(const struct field *field, const struct field_shape *shape)
{
    switch (field->form) {
    case FORM_NUMBER:
    case FORM_DATE:
    case FORM_MONTH:
    case FORM_YEAR:
        return shape->items[STORED_KEY_BYTES] == (uint64_t)field->key_count * NUMBER_BYTES;
    default:
        return false;
    }
}

/* Forms that are compared, where each value has its own: against the values. */
static void code_keys(const struct reg *reg, const struct seal_layout *layout,
                      const struct field_shape *fields, struct stored_array *array)
{
    size_t text = find_values(reg, layout, fields, array->number, STORED_VALUE_TEXT);
    size_t bytes = find_values(reg, layout, fields, array->number, STORED_VALUE_BYTES);
    size_t groups = seal_layout_find(layout, fields, array->number, STORED_KEY_TEXT);
    bool is_paired = !fields[array->number].has[STORED_VALUE_KEY] && bytes != NO_ARRAY;

    bool are_numbers = has_number_keys(&reg->fields[array->number], &fields[array->number]);

    if (array->which == STORED_KEY_TEXT)
        array->needed[STORED_BASE] = is_paired && !are_numbers ? text : NO_ARRAY;
    else if (is_paired)
        code_by_base(array, are_numbers ? ARRAY_NUMBERS : ARRAY_EDITED, groups, bytes, text);
    else
        code_by_base(array, ARRAY_FRONT, groups, NO_ARRAY, NO_ARRAY);
}

/* Each subject has about as many facts as the donor has of it, unless they are far fewer. */
static void code_start(const struct reg *reg, const struct seal_layout *layout,
                       const struct field_shape *fields, struct stored_array *array)
{
    uint16_t donor = fields[array->number].donor;
    uint64_t own = reg->fields[array->number].fact_count, given;

    if (donor == FIELD_NONE)
        return;
    given = reg->fields[donor].fact_count;
    if (own + own / NEARLY >= given)
        array->needed[STORED_BASE] = seal_layout_find(layout, fields, donor, STORED_START);
}

static void code_field_array(const struct reg *reg, const struct seal_layout *layout,
                             const struct field_shape *fields, struct stored_array *array)
{
    switch (array->which) {
    case STORED_START:
        code_start(reg, layout, fields, array);
        return;
    case STORED_FACT_VALUE:
        array->coding = ARRAY_REPEATED;
        array->needed[STORED_GROUPS] =
            seal_layout_find(layout, fields, array->number, STORED_START);
        return;
    case STORED_VALUE_BYTES:
        array->coding = ARRAY_FRONT;
        array->needed[STORED_GROUPS] =
            seal_layout_find(layout, fields, array->number, STORED_VALUE_TEXT);
        return;
    case STORED_KEY_TEXT:
    case STORED_KEY_BYTES:
        code_keys(reg, layout, fields, array);
        return;
    case STORED_VALUE_TEXT:
    case STORED_VALUE_KEY:
    case STORED_KEY_SUBJECT:
    case STORED_KEY_FINGERPRINT:
        return;
    default:
        if (!code_by_donor(layout, fields, array))
            code_alone(layout, fields, array);
        return;
    }
}

/* One more than that of an array that is needed. */
static unsigned level_above(const struct seal_layout *layout, size_t needed, size_t by)
{
    if (needed == NO_ARRAY)
        return 0;
    assert(needed < by);
    return layout->arrays[needed].level + 1;
}

static void set_level(struct seal_layout *layout, size_t number)
{
    struct stored_array *array = &layout->arrays[number];

    for (size_t i = 0; i < STORED_NEEDED; i++) {
        unsigned level = level_above(layout, array->needed[i], number);

        if (level > array->level)
            array->level = level;
    }
    if (array->level >= layout->level_count)
        layout->level_count = array->level + 1;
}

static void code_arrays(const struct reg *reg, const struct field_shape *fields,
                        struct seal_layout *layout)
{
    for (size_t i = 0; i < layout->count; i++) {
        struct stored_array *array = &layout->arrays[i];

        if (array->which == STORED_SUBJECT_BYTES) {
            array->coding = ARRAY_FRONT;
            array->needed[STORED_GROUPS] = i - 1; /* its offsets */
        } else if (array->which < STORED_COUNT) {
            code_field_array(reg, layout, fields, array);
        }
        set_level(layout, i);
    }
}

/* The array in memory, NULL for NO_ARRAY. */
static const void *needed_get(const struct reg *reg, const struct seal_layout *layout,
                              const struct stored_array *array, unsigned what)
{
    size_t number = array->needed[what];

    return number == NO_ARRAY ? NULL : stored_get(reg, &layout->arrays[number]);
}

void stored_code(const struct reg *reg, const struct seal_layout *layout,
                 const struct stored_array *array, struct array_code *out_code)
{
    size_t groups = array->needed[STORED_GROUPS];

    *out_code =
        (struct array_code){.coding = array->coding,
                            .size = array->size,
                            .groups = needed_get(reg, layout, array, STORED_GROUPS),
                            .base = needed_get(reg, layout, array, STORED_BASE),
                            .base_groups = needed_get(reg, layout, array, STORED_BASE_GROUPS)};
    if (groups != NO_ARRAY)
        out_code->group_count = (uint32_t)(layout->arrays[groups].items - 1);
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
        add(&layout, i, STORED_SUBJECT_TEXT, kinds[i].offsets);
        add(&layout, i, STORED_SUBJECT_BYTES, kinds[i].bytes);
    }
    for (uint16_t i = 0; i < reg->field_count; i++) {
        layout.field_first[i] = layout.count;
        for (unsigned which = 0; which < STORED_COUNT; which++) {
            if (is_own(&fields[i], i, which))
                add(&layout, i, which, fields[i].items[which]);
        }
    }
    layout.field_first[reg->field_count] = layout.count;
    code_arrays(reg, fields, &layout);
    *out_layout = layout;
    return TQ_OK;
}

void seal_layout_clear(struct seal_layout *layout)
{
    free(layout->arrays);
    free(layout->field_first);
    *layout = (struct seal_layout){0};
}
