/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Parts of fields, from a sealed file into memory. */
#include "register/sealed.h"

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "register/array_round.h"
#include "register/field_finish.h"
#include "register/register_file.h"

/* ---- which arrays ---- */

/* An array without items is not in the file, but its field has it. */
static const void *empty_array(const struct array_round *round, uint16_t number, unsigned which)
{
    struct stored_array array = {.number = number, .which = (uint8_t)which};
    const void *memory = stored_get(round->reg, &array);

    return memory ? memory : register_file_array(round->reg->file, 0, 1);
}

/* Memory for an array of a field, at its owner's and at the field's; queue it to be read. */
static int want_array(struct array_round *round, uint16_t number, unsigned which,
                      struct tq_error *err)
{
    const struct sealed *sealed = round->sealed;
    struct stored_array array = {.number = number, .which = (uint8_t)which};
    size_t found = seal_layout_find(&sealed->layout, sealed->shapes.fields, number, which);
    const void *memory;
    int r;

    if (!sealed->shapes.fields[number].has[which])
        return TQ_OK;
    if (found == NO_ARRAY) {
        memory = empty_array(round, number, which);
        if (!memory)
            return tq_no_memory(err);
    } else {
        r = array_round_ask_for(round, found, err);
        if (r < 0)
            return r;
        memory = stored_get(round->reg, &sealed->layout.arrays[found]);
    }
    if (stored_get(round->reg, &array) != memory) /* others may be reading it */
        stored_set(round->reg, &array, memory);
    return TQ_OK;
}

/* The keys of a kind's subjects. */
static int want_subjects(struct array_round *round, uint8_t number, struct tq_error *err)
{
    const struct sealed *sealed = round->sealed;
    struct kind *kind = &round->reg->kinds[number];

    for (unsigned which = STORED_SUBJECT_TEXT; which <= STORED_SUBJECT_BYTES; which++) {
        size_t found = seal_layout_find(&sealed->layout, sealed->shapes.fields, number, which);
        int r = found == NO_ARRAY ? TQ_OK : array_round_ask_for(round, found, err);

        if (r < 0)
            return r;
    }
    if (!kind->subject_bytes) /* no subject, or one without a name */
        kind->subject_bytes = register_file_array(round->reg->file, 0, 1);
    return kind->subject_bytes ? TQ_OK : tq_no_memory(err);
}

/* The part that an array belongs to, without those that come before it. */
unsigned sealed_part_of(unsigned which)
{
    switch (which) {
    case STORED_START:
    case SHARE_PERIOD:
    case STORED_FACT_VALUE:
        return FIELD_HELD & ~FIELD_DICTIONARY;
    default:
        return which < STORED_FACTS_END ? FIELD_TIMES & ~FIELD_DICTIONARY : FIELD_DICTIONARY;
    }
}

/* All arrays of some parts. */
static int want_parts(struct array_round *round, uint16_t number, unsigned parts,
                      struct tq_error *err)
{
    int r = TQ_OK;

    if (parts & FIELD_DICTIONARY && round->sealed->shapes.fields[number].subject_values)
        r = want_subjects(round, round->reg->fields[number].kind, err);
    for (unsigned which = 0; which < STORED_COUNT && r == TQ_OK; which++)
        r = sealed_part_of(which) & parts ? want_array(round, number, which, err) : TQ_OK;
    return r;
}

/* Identifiers that number the subjects have their dictionary; where values are written as they are
 * compared there is one for both. */
static void share_texts(const struct sealed *sealed, const struct reg *reg, struct field *field,
                        uint16_t number)
{
    const struct field_shape *shape = &sealed->shapes.fields[number];

    if (shape->subject_values) {
        field->value_text = reg->kinds[field->kind].subject_text;
        field->value_bytes = reg->kinds[field->kind].subject_bytes;
    }
    if (!shape->has[STORED_KEY_TEXT]) {
        field->key_text = field->value_text;
        field->key_bytes = field->value_bytes;
    }
}

/* ---- parts of fields ---- */

/* Those of `parts` that are not in memory. */
static unsigned missing(const struct sealed *sealed, uint16_t number, unsigned parts)
{
    return parts & ~atomic_load_explicit(&sealed->parts[number], memory_order_acquire);
}

struct finish {
    const struct sealed *sealed;
    const struct reg *reg;
    const uint16_t *fields;
    unsigned parts;
};

static bool fingerprints_rise(const struct field *field)
{
    uint64_t before = FINGERPRINT_NONE + 1;

    for (uint32_t i = 0; i < field->key_count; i++) {
        if (field->key_fingerprint[i] < before)
            return false;
        before = field->key_fingerprint[i];
    }
    return true;
}

static int check_values(const struct reg *reg, const struct field *field, struct tq_error *err)
{
    uint32_t targets = field->type == TYPE_REF ? reg->kinds[field->ref_kind].subject_count : 0;

    if (field->fingerprints_only && !fingerprints_rise(field))
        return tq_fail(err, TQ_E_SYNTAX, "field '%s': fingerprints out of order", field->name);
    for (uint32_t k = 0; field->key_subject && k < field->key_count; k++) {
        if (field->key_subject[k] >= targets && field->key_subject[k] != SUBJECT_NONE)
            return tq_fail(err, TQ_E_SYNTAX, "field '%s': reference out of range", field->name);
    }
    return TQ_OK;
}

static int finish_values(const struct finish *finish, struct field *field, uint16_t number,
                         struct tq_error *err)
{
    struct register_file *file = finish->reg->file;
    int r = field->fingerprints_only ? field_without_texts(field, file, err) : TQ_OK;

    if (r < 0)
        return r;
    share_texts(finish->sealed, finish->reg, field, number);
    r = check_values(finish->reg, field, err);
    return r < 0 ? r : field_finish_values(finish->reg, field, file, err);
}

/* What follows from what was read. */
static int finish_field(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct finish *finish = state;
    uint16_t number = finish->fields[index];
    struct field *field = &finish->reg->fields[number];
    unsigned parts = missing(finish->sealed, number, finish->parts);
    int r = TQ_OK;

    (void)thread;
    if (parts & FIELD_DICTIONARY)
        r = finish_values(finish, field, number, err);
    if (r == TQ_OK && parts & FIELD_HELD & ~FIELD_DICTIONARY)
        r = field_finish_facts(finish->reg, field, finish->reg->file, err);
    if (r == TQ_OK && parts & FIELD_HOLDERS & ~FIELD_HELD)
        r = field_finish_holders(finish->reg, field, finish->reg->file, err);
    return r;
}

/* With the lock held; all of the fields lack some of the parts. */
static int load(struct sealed *sealed, const struct reg *reg, const uint16_t *fields, size_t count,
                unsigned parts, struct tq_error *err)
{
    CLEANUP(array_round_clear) struct array_round round = {0};
    struct finish finish = {sealed, reg, fields, parts};
    struct tq_error cause;
    int r = array_round_init(&round, sealed, reg, err);

    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = want_parts(&round, fields[i], missing(sealed, fields[i], parts), err);
    if (r < 0)
        return r;
    r = array_round_read(&round, &cause);
    if (r == TQ_OK)
        r = pool_run(sealed->threads, count, finish_field, &finish, &cause);
    if (r < 0)
        return tq_fail(err, cause.status, "register '%s': %s", sealed->path, cause.message);
    for (size_t i = 0; i < count; i++)
        (void)atomic_fetch_or_explicit(&sealed->parts[fields[i]], parts, memory_order_release);
    return TQ_OK;
}

int sealed_load(struct sealed *sealed, const struct reg *reg, const struct field_set *wanted,
                unsigned parts, struct tq_error *err)
{
    CLEANUP(free_cleanup)
    uint16_t *fields = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*fields));
    size_t count = 0;
    int r = TQ_OK;

    if (!fields)
        return tq_no_memory(err);
    sealed_lock(sealed);
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if ((!wanted || field_set_has(wanted, i)) && missing(sealed, i, parts))
            fields[count++] = i;
    }
    if (count > 0)
        r = load(sealed, reg, fields, count, parts, err);
    sealed_unlock(sealed);
    return r;
}

int sealed_load_field(struct sealed *sealed, const struct reg *reg, uint16_t number, unsigned parts,
                      struct tq_error *err)
{
    int r = TQ_OK;

    if (!missing(sealed, number, parts))
        return TQ_OK;
    sealed_lock(sealed);
    if (missing(sealed, number, parts))
        r = load(sealed, reg, &number, 1, parts, err);
    sealed_unlock(sealed);
    return r;
}

/* With the lock held. */
static int load_subjects(struct sealed *sealed, const struct reg *reg, struct tq_error *err)
{
    CLEANUP(array_round_clear) struct array_round round = {0};
    struct tq_error cause;
    int r = array_round_init(&round, sealed, reg, err);

    for (uint8_t i = 0; i < reg->kind_count && r == TQ_OK; i++)
        r = want_subjects(&round, i, err);
    if (r < 0)
        return r;
    r = array_round_read(&round, &cause);
    if (r < 0)
        return tq_fail(err, cause.status, "register '%s': %s", sealed->path, cause.message);
    sealed->has_subjects = true;
    return TQ_OK;
}

int sealed_load_subjects(struct sealed *sealed, const struct reg *reg, struct tq_error *err)
{
    int r;

    sealed_lock(sealed);
    r = sealed->has_subjects ? TQ_OK : load_subjects(sealed, reg, err);
    sealed_unlock(sealed);
    return r;
}
