/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/seal_head.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "register/donor.h"
#include "register/reg_new.h"
#include "register/seal_chunk.h"

#define TEXT_BYTES_MAX UINT16_MAX

/* Which arrays a field has. */
enum {
    HAS_KNOWN = 1,
    HAS_VALID = 2,
    HAS_PERIOD = 4,
    HAS_KEY_TEXTS = 8, /* else they are the values' */
    HAS_CHECK = 16,
    IS_PERIODIC = 32,
    IS_DERIVED = 64,
    HAS_SUBJECT_VALUES = 128 /* the values are the keys of the kind's subjects */
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

static uint8_t flags_of(const struct field *field, const struct field_shape *shape)
{
    return (uint8_t)((field->known_from ? HAS_KNOWN : 0) | (field->valid_from ? HAS_VALID : 0)
                     | (field->fact_period ? HAS_PERIOD : 0)
                     | (field->key_text != field->value_text ? HAS_KEY_TEXTS : 0)
                     | (field->check ? HAS_CHECK : 0) | (field->periodic ? IS_PERIODIC : 0)
                     | (field->derived ? IS_DERIVED : 0)
                     | (shape->subject_values ? HAS_SUBJECT_VALUES : 0));
}

static void write_field(const struct reg *reg, uint16_t number, const struct field_shape *shape,
                        struct buf *out)
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
    buf_add_byte(out, (char)flags_of(field, shape));
    buf_add_u64(out, field->fact_count);
    buf_add_u32(out, field->value_count);
    buf_add_u64(out, field->value_text[field->value_count]);
    buf_add_u32(out, field->key_count);
    buf_add_u64(out, field->key_text[field->key_count]);
    buf_add_u64(out, density);
    for (int which = 0; which < SHARE_COUNT; which++)
        buf_add_u16(out, shape->owner[which]);
    buf_add_u16(out, shape->donor);
}

static void write_tables(const struct reg *reg, struct buf *out)
{
    buf_add_u16(out, reg->table_count);
    for (uint16_t i = 0; i < reg->table_count; i++) {
        const struct reg_table *table = &reg->tables[i];

        write_text(out, table->name);
        write_text(out, table->key);
        buf_add_byte(out, (char)table->kind);
        buf_add_byte(out, table->periodic);
        buf_add_u16(out, table->key_field);
        buf_add_u16(out, table->field_count);
        for (uint16_t k = 0; k < table->field_count; k++)
            buf_add_u16(out, table->fields[k]);
    }
}

void seal_head_write(const struct reg *reg, const struct seal_shapes *shapes, struct buf *out)
{
    if (reg->fingerprints_only)
        buf_add(out, reg->normaliser.key, sizeof(reg->normaliser.key));
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
        write_field(reg, i, &shapes->fields[i], out);
    if (reg->source.told) {
        buf_add_u32(out, (uint32_t)reg->source.as_of);
        buf_add(out, reg->source.digest, sizeof(reg->source.digest));
        write_tables(reg, out);
    }
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

static int read_kind(struct cursor *cursor, struct reg *reg, struct kind *kind,
                     struct kind_shape *out_shape, struct tq_error *err)
{
    kind->name = register_file_text(reg->file, take_text(cursor));
    kind->subject_count = (uint32_t)take(cursor, 4);
    out_shape->bytes = take(cursor, 8);
    out_shape->offsets = (uint64_t)kind->subject_count + 1;
    kind->field_first = (uint16_t)take(cursor, 2);
    kind->field_count = (uint16_t)take(cursor, 2);
    kind->full_name = (uint16_t)take(cursor, 2);
    if (cursor->failed || kind->subject_count > REGISTER_SUBJECTS_MAX
        || out_shape->bytes > REGISTER_ITEMS_MAX
        || kind->field_first + kind->field_count > reg->field_count
        || (kind->full_name != FIELD_NONE && kind->full_name >= reg->field_count))
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    return kind->name ? TQ_OK : tq_no_memory(err);
}

static bool head_is_sane(const struct reg *reg, const struct field *field, unsigned flags)
{
    bool is_reference = field->type == TYPE_REF;

    return field->type < TYPE_COUNT && field->category < CATEGORY_COUNT
           && field->kind < reg->kind_count && is_reference == (field->ref_kind < reg->kind_count)
           && (flags & HAS_KEY_TEXTS || field->key_count == field->value_count)
           && !(flags & HAS_KEY_TEXTS && field->fingerprints_only)
           && (!(flags & HAS_SUBJECT_VALUES)
               || (!field->fingerprints_only
                   && field->value_count == reg->kinds[field->kind].subject_count))
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

/* Which of the arrays are its own, which those of the earlier field that the head names. */
static int read_owners(struct cursor *cursor, const struct reg *reg, uint16_t number,
                       struct field_shape *shapes, struct tq_error *err)
{
    const struct field *field = &reg->fields[number];
    struct field_shape *shape = &shapes[number];

    for (unsigned which = 0; which < SHARE_COUNT; which++) {
        uint16_t owner = (uint16_t)take(cursor, sizeof(owner));

        if (cursor->failed || owner > number || reg->fields[owner].kind != field->kind)
            return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
        if (owner < number && shape->has[which]
            && (reg->fields[owner].fact_count != field->fact_count || !shapes[owner].has[which]
                || shapes[owner].owner[which] != owner))
            return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
        shape->owner[which] = owner;
        shape->items[which] = share_items(reg, field, (enum share_array)which);
    }
    return TQ_OK;
}

/* The field whose times its own are coded against. */
static int read_donor(struct cursor *cursor, const struct reg *reg, uint16_t number,
                      struct field_shape *shape, struct tq_error *err)
{
    uint16_t donor = (uint16_t)take(cursor, sizeof(donor));

    if (cursor->failed
        || (donor != FIELD_NONE
            && (donor >= number || reg->fields[donor].kind != reg->fields[number].kind)))
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    shape->donor = donor;
    return TQ_OK;
}

static void set_shape(const struct field *field, unsigned flags, uint64_t value_bytes,
                      uint64_t key_bytes, struct field_shape *out)
{
    for (unsigned which = 0; which < STORED_COUNT; which++)
        out->has[which] = which >= SHARE_COUNT || has_array(flags, (enum share_array)which);
    out->subject_values = flags & HAS_SUBJECT_VALUES;
    out->has[STORED_VALUE_KEY] = field->key_count != field->value_count;
    out->has[STORED_KEY_TEXT] = out->has[STORED_KEY_BYTES] = flags & HAS_KEY_TEXTS;
    out->has[STORED_VALUE_TEXT] = out->has[STORED_VALUE_BYTES] =
        !field->fingerprints_only && !out->subject_values;
    out->has[STORED_KEY_FINGERPRINT] = field->fingerprints_only;
    out->has[STORED_KEY_SUBJECT] = field->type == TYPE_REF;
    out->items[STORED_FACT_VALUE] = field->fact_count;
    out->items[STORED_VALUE_BYTES] = value_bytes;
    out->items[STORED_VALUE_TEXT] = (uint64_t)field->value_count + 1;
    out->items[STORED_VALUE_KEY] = field->value_count;
    out->items[STORED_KEY_BYTES] = key_bytes;
    out->items[STORED_KEY_TEXT] = (uint64_t)field->key_count + 1;
    out->items[STORED_KEY_SUBJECT] = field->key_count;
    out->items[STORED_KEY_FINGERPRINT] = field->key_count;
}

static int read_field(struct cursor *cursor, struct reg *reg, uint16_t number,
                      struct field_shape *shapes, struct tq_error *err)
{
    struct field *field = &reg->fields[number];
    uint64_t fact_count, value_bytes, key_bytes, density;
    struct slice name = take_text(cursor), check = take_text(cursor);
    unsigned flags;
    int r;

    field->fingerprints_only = reg->fingerprints_only;
    field->name = register_file_text(reg->file, name);
    field->type = (enum value_type)take(cursor, 1);
    field->category = (enum category)take(cursor, 1);
    field->kind = (uint8_t)take(cursor, 1);
    field->ref_kind = (uint8_t)take(cursor, 1);
    flags = (unsigned)take(cursor, 1);
    fact_count = take(cursor, 8);
    field->value_count = (uint32_t)take(cursor, 4);
    value_bytes = take(cursor, 8);
    field->key_count = (uint32_t)take(cursor, 4);
    key_bytes = take(cursor, 8);
    density = take(cursor, 8);
    if (cursor->failed || !head_is_sane(reg, field, flags) || fact_count > REGISTER_ITEMS_MAX
        || value_bytes > REGISTER_ITEMS_MAX || key_bytes > REGISTER_ITEMS_MAX)
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    field->fact_count = (uint32_t)fact_count;
    memcpy(&field->density, &density, sizeof(density));
    field->form = type_form(field->type);
    field->periodic = flags & IS_PERIODIC;
    field->derived = flags & IS_DERIVED;
    if (flags & HAS_CHECK) {
        field->check = register_file_text(reg->file, check);
        if (!field->check)
            return tq_no_memory(err);
    }
    if (!field->name)
        return tq_no_memory(err);
    set_shape(field, flags, value_bytes, key_bytes, &shapes[number]);
    r = read_owners(cursor, reg, number, shapes, err);
    return r < 0 ? r : read_donor(cursor, reg, number, &shapes[number], err);
}

/* What a register says of itself that was built from a description. */
static void read_source(struct cursor *cursor, struct reg_source *source)
{
    source->told = cursor->rest.length > 0;
    if (!source->told)
        return;
    source->as_of = (int32_t)take(cursor, sizeof(uint32_t));
    for (size_t i = 0; i < REG_SOURCE_BYTES; i++)
        source->digest[i] = (uint8_t)take(cursor, 1);
}

static int read_table(struct cursor *cursor, const struct reg *reg, struct reg_table *table,
                      struct tq_error *err)
{
    uint16_t *fields;

    table->name = register_file_text(reg->file, take_text(cursor));
    table->key = register_file_text(reg->file, take_text(cursor));
    table->kind = (uint8_t)take(cursor, 1);
    table->periodic = take(cursor, 1) != 0;
    table->key_field = (uint16_t)take(cursor, 2);
    table->field_count = (uint16_t)take(cursor, 2);
    if (cursor->failed || table->kind >= reg->kind_count || table->field_count > reg->field_count
        || (table->key_field != FIELD_NONE && table->key_field >= reg->field_count))
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    fields = register_file_array(reg->file, table->field_count + (size_t)1, sizeof(*fields));
    if (!table->name || !table->key || !fields)
        return tq_no_memory(err);
    for (uint16_t i = 0; i < table->field_count; i++) {
        fields[i] = (uint16_t)take(cursor, 2);
        if (fields[i] >= reg->field_count || reg->fields[fields[i]].kind != table->kind)
            return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    }
    table->fields = fields;
    return TQ_OK;
}

/* The end of the head; registers that were built before tables were kept have none. */
static int read_tables(struct cursor *cursor, struct reg *reg, struct tq_error *err)
{
    struct reg_table *tables;
    uint16_t count;
    int r = TQ_OK;

    if (cursor->rest.length == 0)
        return TQ_OK;
    count = (uint16_t)take(cursor, 2);
    if (count > cursor->rest.length)
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    tables = register_file_array(reg->file, count + (size_t)1, sizeof(*tables));
    if (!tables)
        return tq_no_memory(err);
    for (uint16_t i = 0; i < count && r == TQ_OK; i++)
        r = read_table(cursor, reg, &tables[i], err);
    reg->tables = tables;
    reg->table_count = count;
    return r;
}

static int read_parts(struct cursor *cursor, struct reg *reg, struct seal_shapes *shapes,
                      struct tq_error *err)
{
    int r;

    for (uint8_t i = 0; i < reg->kind_count; i++) {
        r = read_kind(cursor, reg, &reg->kinds[i], &shapes->kinds[i], err);
        if (r < 0)
            return r;
    }
    for (uint16_t i = 0; i < reg->field_count; i++) {
        r = read_field(cursor, reg, i, shapes->fields, err);
        if (r < 0)
            return r;
    }
    read_source(cursor, &reg->source);
    r = read_tables(cursor, reg, err);
    if (r < 0)
        return r;
    if (cursor->failed)
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register makes no sense");
    if (cursor->rest.length > 0)
        return tq_fail(err, TQ_E_SYNTAX, "the head of the register is too long");
    return TQ_OK;
}

static int shapes_init(struct seal_shapes *shapes, const struct reg *reg, struct tq_error *err)
{
    shapes->kinds = alloc_zeroed((size_t)reg->kind_count + 1, sizeof(*shapes->kinds));
    shapes->fields = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*shapes->fields));
    return shapes->kinds && shapes->fields ? TQ_OK : tq_no_memory(err);
}

void seal_shapes_clear(struct seal_shapes *shapes)
{
    free(shapes->kinds);
    free(shapes->fields);
    *shapes = (struct seal_shapes){0};
}

int seal_shapes_of(const struct reg *reg, struct seal_shapes *out_shapes, struct tq_error *err)
{
    struct seal_shapes shapes = {0};
    int r = shapes_init(&shapes, reg, err);

    if (r < 0) {
        seal_shapes_clear(&shapes);
        return r;
    }
    for (uint8_t i = 0; i < reg->kind_count; i++)
        kind_shape_of(&reg->kinds[i], &shapes.kinds[i]);
    for (uint16_t i = 0; i < reg->field_count; i++) {
        field_shape_of(reg, i, &shapes.fields[i]);
        shapes.fields[i].donor = donor_find(reg, shapes.fields, i);
    }
    *out_shapes = shapes;
    return TQ_OK;
}

/* The key that the fingerprints of the file were made with. */
static const uint8_t *take_fingerprint_key(struct cursor *cursor)
{
    const uint8_t *key = (const uint8_t *)cursor->rest.data;

    cursor->failed = cursor->rest.length < SIPHASH_KEY_BYTES;
    cursor->rest = slice_skip(cursor->rest, cursor->failed ? 0 : SIPHASH_KEY_BYTES);
    return key;
}

int seal_head_read(struct slice head, uint32_t flags, const uint8_t *fingerprint_key,
                   struct reg **out_reg, struct seal_shapes *out_shapes, struct tq_error *err)
{
    CLEANUP(seal_shapes_clear) struct seal_shapes shapes = {0};
    CLEANUP(reg_free_cleanup) struct reg *reg = NULL;
    struct cursor cursor = {.rest = head};
    struct reg_head parts = {.fingerprint_key = fingerprint_key};
    int32_t known_from, known_to;
    int r;

    if (flags & SEAL_FINGERPRINTS)
        parts.fingerprint_key = take_fingerprint_key(&cursor);
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
    reg->fingerprints_only = flags & SEAL_FINGERPRINTS;
    reg->known_from = known_from;
    reg->known_to = known_to;
    r = shapes_init(&shapes, reg, err);
    if (r < 0)
        return r;
    r = read_parts(&cursor, reg, &shapes, err);
    if (r < 0)
        return r;
    *out_shapes = shapes;
    shapes = (struct seal_shapes){0};
    *out_reg = TAKE(reg);
    return TQ_OK;
}
