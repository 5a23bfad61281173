/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Giving the memory of fields back that nobody needs any more. */
#include "register/register_file.h"
#include "register/sealed_state.h"

/* What was made of a field's arrays when it was read (field_finish.h). */
static void release_made(const struct reg *reg, const struct sealed *sealed, uint16_t number)
{
    const struct field_shape *shape = &sealed->shapes.fields[number];
    struct field *field = &reg->fields[number];

    if (!shape->has[STORED_KEY_FINGERPRINT]) {
        register_file_release(reg->file, field->key_fingerprint);
        field->key_fingerprint = NULL;
    }
    register_file_release(reg->file, field->index.buckets);
    field->index = (struct key_index){0};
    if (field->fact_key != field->fact_value)
        register_file_release(reg->file, field->fact_key);
    field->fact_key = NULL;
    register_file_release(reg->file, field->posting_start);
    register_file_release(reg->file, field->posting);
    field->posting_start = NULL;
    field->posting = NULL;
}

/* Arrays that the field borrows from another; its own go by who else needs them. */
static void forget_borrowed(const struct reg *reg, const struct sealed *sealed, uint16_t number)
{
    for (unsigned which = 0; which < STORED_COUNT; which++) {
        const struct stored_array array = {.number = number, .which = (uint8_t)which};
        size_t found = seal_layout_find(&sealed->layout, sealed->shapes.fields, number, which);

        if (found != NO_ARRAY && sealed->layout.arrays[found].number != number)
            stored_set(reg, &array, NULL);
    }
}

static void ask_again(struct sealed *sealed, uint16_t number)
{
    unsigned parts = atomic_load(&sealed->parts[number]);

    for (unsigned which = 0; which < STORED_COUNT; which++) {
        size_t found = seal_layout_find(&sealed->layout, sealed->shapes.fields, number, which);

        if (found != NO_ARRAY && (sealed_part_of(which) & parts))
            sealed->asked_for[found] = true;
    }
}

void sealed_keep(struct sealed *sealed, const struct reg *reg, const bool *wanted)
{
    const struct seal_layout *layout = &sealed->layout;

    (void)pthread_mutex_lock(&sealed->lock);
    for (size_t i = layout->field_first[0]; i < layout->count; i++)
        sealed->asked_for[i] = false;
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if (wanted[i])
            ask_again(sealed, i);
    }
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if (wanted[i] || atomic_load(&sealed->parts[i]) == 0)
            continue;
        release_made(reg, sealed, i);
        forget_borrowed(reg, sealed, i);
        atomic_store(&sealed->parts[i], 0);
    }
    for (size_t i = layout->field_first[0]; i < layout->count; i++)
        sealed_drop(sealed, reg, i);
    (void)pthread_mutex_unlock(&sealed->lock);
}
