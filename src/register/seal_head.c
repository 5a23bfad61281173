/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal_head.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "register/reg_new.h"
#include "register/share.h"

#define KIND_SECTIONS  2
#define FIELD_SECTIONS 13
#define TEXT_BYTES_MAX UINT16_MAX

/* Which arrays a field has. */
enum {
    HAS_KNOWN = 1,
    HAS_VALID = 2,
    HAS_PERIOD = 4,

    HAS_CHECK = 16,
    IS_PERIODIC = 32,
    IS_DERIVED = 64
};

DEFINE_CLEANUP(struct reg *, reg_free)

static void write_text(struct buf *out, const char *text)
{
    size_t length = text ? strlen(text) : 0;

    if (length > TEXT_BYTES_MAX)
        length = TEXT_BYTES_MAX;
    buf_add_u16(out, (uint16_t)length);
    buf_add(out, text, length);
}

static uint8_t flags_of(const struct field *field)
{
    return (uint8_t)((field->known_from ? HAS_KNOWN : 0) | (field->valid_from ? HAS_VALID : 0)
                     | (field->fact_period ? HAS_PERIOD : 0) | (field->check ? HAS_CHECK : 0)
                     | (field->periodic ? IS_PERIODIC : 0) | (field->derived ? IS_DERIVED : 0));
}

static void write_field(const struct reg *reg, uint16_t number, struct buf *out)
{
    const struct field *field = &reg->fields[number];
    uint64_t density;

    memcpy(&density, &field->density, sizeof(density));
    write_text(out, field->name);
    write_text(out, field->check);
    buf_add_byte(out, (char)field->type);
    buf_add_byte(out, (char)field->category);
    buf_add_byte(out, (char)field->kind);
    buf_add_byte(out, (char)field->ref_kind);
    buf_add_byte(out, (char)flags_of(field));
    buf_add_u64(out, field->fact_count);
    buf_add_u32(out, field->value_count);
    buf_add_u64(out, field->value_text[field->value_count]);
    buf_add_u32(out, field->key_count);
    buf_add_u64(out, field->key_text[field->key_count]);
    buf_add_u64(out, density);
    for (int which = 0; which < SHARE_COUNT; which++)
        buf_add_u16(out, share_owner(reg, number, (enum share_array)which));
}

void seal_head_write(const struct reg *reg, struct buf *out)
{
    buf_add_byte(out, (char)reg->kind_count);
    buf_add_u16(out, reg->field_count);
    write_text(out, reg->name);
    write_text(out, reg->country_code);
    write_text(out, reg->timezone);
    buf_add_u32(out, (uint32_t)reg->known_from);
    buf_add_u32(out, (uint32_t)reg->known_to);
    for (uint8_t i = 0; i < reg->kind_count; i++) {
        const struct kind *kind = &reg->kinds[i];

        write_text(out, kind->name);
        buf_add_u32(out, kind->subject_count);
        buf_add_u64(out, kind->subject_text[kind->subject_count]);
        buf_add_u16(out, kind->field_first);
        buf_add_u16(out, kind->field_count);
        buf_add_u16(out, kind->full_name);
    }
    for (uint16_t i = 0; i < reg->field_count; i++)
        write_field(reg, i, out);
}

/* A head being read: once something is missing, everything after it is zero. */
struct cursor {
    struct slice rest;
    bool failed;
};

static uint64_t take(struct cursor *cursor, size_t bytes)
{
    uint64_t value = 0;

    if (cursor->rest.length < bytes) {
        cursor->failed = true;
        cursor->rest.length = 0;
        return 0;
    }
    for (size_t i = bytes; i-- > 0;)
        value = value << 8 | (unsigned char)cursor->rest.data[i];
    cursor->rest = slice_skip(cursor->rest, bytes);
    return value;
}

static struct slice take_text(struct cursor *cursor)
{
    size_t length = (size_t)take(cursor, 2);
    struct slice text = cursor->rest;

    if (cursor->rest.length < length) {
        cursor->failed = true;
        length = 0;
    }
    text.length = length;
    cursor->rest = slice_skip(cursor->rest, length);
    return text;
}

/* Sizes come from our own writer under the key; this only keeps a bug from becoming a crash. */
static void *array(struct reg *reg, uint64_t count, size_t size, struct cursor *cursor)
{
    void *memory;

    if (cursor->failed || count > SIZE_MAX / 16)
        return NULL;
    memory = register_file_array(reg->file, (size_t)count, size);
    return memory;
}

static int read_kind(struct cursor *cursor, struct reg *reg, struct kind *kind,
                     struct tq_error *err)
{
    uint64_t bytes, *text;

    kind->name = register_file_text(reg->file, take_text(cursor));
    kind->subject_count = (uint32_t)take(cursor, 4);
    bytes = take(cursor, 8);
    kind->field_first = (uint16_t)take(cursor, 2);
    kind->field_count = (uint16_t)take(cursor, 2);
    kind->full_name = (uint16_t)take(cursor, 2);
    if (cursor->failed || kind->subject_count > REGISTER_SUBJECTS_MAX
        || kind->field_first + kind->field_count > reg->field_count
        || (kind->full_name != FIELD_NONE && kind->full_name >= reg->field_count))
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    text = array(reg, (uint64_t)kind->subject_count + 1, sizeof(*text), cursor);
    kind->subject_bytes = array(reg, bytes, 1, cursor);
    if (!kind->name || !text || !kind->subject_bytes)
        return tq_no_memory(err);
    text[kind->subject_count] = bytes;
    kind->subject_text = text;
    return TQ_OK;
}

static bool head_is_sane(const struct reg *reg, const struct field *field, unsigned flags)
{
    bool is_reference = field->type == TYPE_REF;

    return field->type < TYPE_COUNT && field->category < CATEGORY_COUNT
           && field->kind < reg->kind_count && is_reference == (field->ref_kind < reg->kind_count)
           && ((flags & HAS_PERIOD) != 0) == ((flags & IS_PERIODIC) != 0);
}

/* Which of the arrays that fields may share a field has. */
static bool has_array(unsigned flags, enum share_array which)
{
    switch (which) {
    case SHARE_PERIOD:
        return flags & HAS_PERIOD;
    case SHARE_KNOWN_FROM:
    case SHARE_KNOWN_TO:
        return flags & HAS_KNOWN;
    case SHARE_VALID_FROM:
    case SHARE_VALID_TO:
        return flags & HAS_VALID;
    default:
        return true;
    }
}

/* Arrays of its own, or those of the earlier field that the head names. */
static int make_shared_arrays(struct cursor *cursor, struct reg *reg, struct field *field,
                              unsigned flags, struct tq_error *err)
{
    uint16_t number = (uint16_t)(field - reg->fields);
    uint64_t last = field->fact_count;

    for (int i = 0; i < SHARE_COUNT; i++) {
        enum share_array which = (enum share_array)i;
        uint16_t owner = (uint16_t)take(cursor, sizeof(owner));
        size_t items = share_items(reg, field, which);
        unsigned char *own;

        if (cursor->failed || owner > number || reg->fields[owner].kind != field->kind)
            return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
        if (!has_array(flags, which))
            continue;
        if (owner < number) {
            if (reg->fields[owner].fact_count != field->fact_count
                || !share_get(&reg->fields[owner], which))
                return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
            share_set(field, which, share_get(&reg->fields[owner], which));
            continue;
        }
        own = array(reg, items, share_item_bytes(which), cursor);
        if (!own)
            return tq_no_memory(err);
        if (which == SHARE_START)
            memcpy(own + (items - 1) * sizeof(last), &last, sizeof(last));
        share_set(field, which, own);
    }
    return TQ_OK;
}

static bool make_own_arrays(struct cursor *cursor, struct reg *reg, struct field *field,
                            uint64_t value_bytes, uint64_t key_bytes)
{
    uint64_t *value_text = array(reg, (uint64_t)field->value_count + 1, 8, cursor);
    uint64_t *key_text = array(reg, (uint64_t)field->key_count + 1, 8, cursor);

    field->fact_value = array(reg, field->fact_count, 4, cursor);
    field->value_bytes = array(reg, value_bytes, 1, cursor);
    field->value_key = array(reg, field->value_count, 4, cursor);
    field->key_bytes = array(reg, key_bytes, 1, cursor);
    if (field->type == TYPE_REF) {
        field->key_subject = array(reg, field->key_count, 4, cursor);
        if (!field->key_subject)
            return false;
    }
    if (!value_text || !key_text || !field->fact_value || !field->value_bytes || !field->value_key
        || !field->key_bytes)
        return false;
    value_text[field->value_count] = value_bytes;
    key_text[field->key_count] = key_bytes;
    field->value_text = value_text;
    field->key_text = key_text;
    return true;
}

static int read_field(struct cursor *cursor, struct reg *reg, struct field *field,
                      struct tq_error *err)
{
    uint64_t value_bytes, key_bytes, density;
    struct slice name = take_text(cursor), check = take_text(cursor);
    unsigned flags;

    field->name = register_file_text(reg->file, name);
    field->type = (enum value_type)take(cursor, 1);
    field->category = (enum category)take(cursor, 1);
    field->kind = (uint8_t)take(cursor, 1);
    field->ref_kind = (uint8_t)take(cursor, 1);
    flags = (unsigned)take(cursor, 1);
    field->fact_count = take(cursor, 8);
    field->value_count = (uint32_t)take(cursor, 4);
    value_bytes = take(cursor, 8);
    field->key_count = (uint32_t)take(cursor, 4);
    key_bytes = take(cursor, 8);
    density = take(cursor, 8);
    if (cursor->failed || !head_is_sane(reg, field, flags))
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    memcpy(&field->density, &density, sizeof(density));
    field->form = type_form(field->type);
    field->periodic = flags & IS_PERIODIC;
    field->derived = flags & IS_DERIVED;
    if (flags & HAS_CHECK) {
        field->check = register_file_text(reg->file, check);
        if (!field->check)
            return tq_no_memory(err);
    }
    if (!field->name || !make_own_arrays(cursor, reg, field, value_bytes, key_bytes))
        return tq_no_memory(err);
    return make_shared_arrays(cursor, reg, field, flags, err);
}

static int read_parts(struct cursor *cursor, struct reg *reg, struct tq_error *err)
{
    for (uint8_t i = 0; i < reg->kind_count; i++) {
        int r = read_kind(cursor, reg, &reg->kinds[i], err);

        if (r < 0)
            return r;
    }
    for (uint16_t i = 0; i < reg->field_count; i++) {
        int r = read_field(cursor, reg, &reg->fields[i], err);

        if (r < 0)
            return r;
    }
    if (cursor->rest.length > 0)
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register is too long");
    return TQ_OK;
}

int seal_head_read(struct slice head, const uint8_t *fingerprint_key, struct reg **out_reg,
                   struct tq_error *err)
{
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    struct cursor cursor = {.rest = head};
    struct reg_head parts = {.fingerprint_key = fingerprint_key};
    int32_t known_from, known_to;
    int r;

    parts.kind_count = (uint8_t)take(&cursor, 1);
    parts.field_count = (uint16_t)take(&cursor, 2);
    parts.name = take_text(&cursor);
    parts.country_code = take_text(&cursor);
    parts.timezone = take_text(&cursor);
    known_from = (int32_t)take(&cursor, 4);
    known_to = (int32_t)take(&cursor, 4);
    if (cursor.failed || parts.kind_count > REGISTER_KINDS_MAX
        || parts.field_count > REGISTER_FIELDS_MAX)
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    r = reg_new(&parts, &reg, err);
    if (r < 0)
        return r;
    reg->known_from = known_from;
    reg->known_to = known_to;
    r = read_parts(&cursor, reg, err);
    if (r < 0)
        return r;
    *out_reg = TAKE(reg);
    return TQ_OK;
}

struct section_list {
    struct section *items;
    size_t count;
};

static void add(struct section_list *list, const void *data, size_t count, uint8_t size, bool delta)
{
    if (data && count)
        list->items[list->count++] = (struct section){
            .data = (unsigned char *)(uintptr_t)data, .count = count, .size = size, .delta = delta};
}

static void add_field(struct section_list *list, const struct reg *reg, uint16_t number)
{
    const struct field *field = &reg->fields[number];
    size_t values = field->value_count, keys = field->key_count;

    for (int i = 0; i < SHARE_COUNT; i++) {
        enum share_array which = (enum share_array)i;

        if (share_owner(reg, number, which) == number)
            add(list, share_get(field, which), share_items(reg, field, which),
                (uint8_t)share_item_bytes(which), true);
    }
    add(list, field->fact_value, (size_t)field->fact_count, 4, true);
    add(list, field->value_bytes, (size_t)field->value_text[values], 1, false);
    add(list, field->value_text, values + 1, 8, true);
    add(list, field->value_key, values, 4, true);
    add(list, field->key_bytes, (size_t)field->key_text[keys], 1, false);
    add(list, field->key_text, keys + 1, 8, true);
    add(list, field->key_subject, keys, 4, true);
}

int seal_sections(const struct reg *reg, struct section **out_sections, size_t *out_count,
                  struct tq_error *err)
{
    struct section_list list = {0};

    list.items = alloc_zeroed((size_t)reg->kind_count * KIND_SECTIONS
                                  + (size_t)reg->field_count * FIELD_SECTIONS + 1,
                              sizeof(*list.items));
    if (!list.items)
        return tq_no_memory(err);
    for (uint8_t i = 0; i < reg->kind_count; i++) {
        const struct kind *kind = &reg->kinds[i];

        add(&list, kind->subject_bytes, (size_t)kind->subject_text[kind->subject_count], 1, false);
        add(&list, kind->subject_text, (size_t)kind->subject_count + 1, 8, true);
    }
    for (uint16_t i = 0; i < reg->field_count; i++)
        add_field(&list, reg, i);
    *out_sections = list.items;
    *out_count = list.count;
    return TQ_OK;
}

static bool rises(const uint64_t *offset, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (offset[i] > offset[i + 1])
            return false;
    }
    return offset[0] == 0;
}

int seal_check(const struct reg *reg, struct tq_error *err)
{
    for (uint8_t i = 0; i < reg->kind_count; i++) {
        const struct kind *kind = &reg->kinds[i];

        if (!rises(kind->subject_text, kind->subject_count))
            return tq_fail(err, TQ_E_SYNTAX, "kind '%s': keys out of order", kind->name);
    }
    for (uint16_t i = 0; i < reg->field_count; i++) {
        const struct field *field = &reg->fields[i];
        uint32_t targets = field->type == TYPE_REF ? reg->kinds[field->ref_kind].subject_count : 0;

        if (!rises(field->value_text, field->value_count)
            || !rises(field->key_text, field->key_count))
            return tq_fail(err, TQ_E_SYNTAX, "field '%s': values out of order", field->name);
        for (uint32_t k = 0; field->key_subject && k < field->key_count; k++) {
            if (field->key_subject[k] >= targets && field->key_subject[k] != SUBJECT_NONE)
                return tq_fail(err, TQ_E_SYNTAX, "field '%s': reference out of range", field->name);
        }
    }
    return TQ_OK;
}
