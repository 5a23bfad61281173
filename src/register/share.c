/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/share.h"

#include <string.h>

#include "register/register_file.h"

const void *share_get(const struct field *field, enum share_array which)
{
    switch (which) {
    case SHARE_START:
        return field->fact_start;
    case SHARE_PERIOD:
        return field->fact_period;
    case SHARE_KNOWN_FROM:
        return field->known_from;
    case SHARE_KNOWN_TO:
        return field->known_to;
    case SHARE_VALID_FROM:
        return field->valid_from;
    case SHARE_VALID_TO:
        return field->valid_to;
    default:
        return NULL;
    }
}

void share_set(struct field *field, enum share_array which, const void *array)
{
    switch (which) {
    case SHARE_START:
        field->fact_start = array;
        return;
    case SHARE_PERIOD:
        field->fact_period = array;
        return;
    case SHARE_KNOWN_FROM:
        field->known_from = array;
        return;
    case SHARE_KNOWN_TO:
        field->known_to = array;
        return;
    case SHARE_VALID_FROM:
        field->valid_from = array;
        return;
    case SHARE_VALID_TO:
        field->valid_to = array;
        return;
    default:
        return;
    }
}

size_t share_item_bytes(enum share_array which)
{
    return which == SHARE_PERIOD ? sizeof(uint16_t) : sizeof(uint32_t);
}

size_t share_items(const struct reg *reg, const struct field *field, enum share_array which)
{
    return which == SHARE_START ? (size_t)reg->kinds[field->kind].subject_count + 1
                                : (size_t)field->fact_count;
}

uint16_t share_owner(const struct reg *reg, uint16_t number, enum share_array which)
{
    const void *array = share_get(&reg->fields[number], which);
    uint16_t i = reg->kinds[reg->fields[number].kind].field_first;

    while (share_get(&reg->fields[i], which) != array)
        i++; /* ends at `number` at the latest */
    return i;
}

static void share(struct reg *reg, struct field *field, const struct field *other,
                  enum share_array which)
{
    const void *own = share_get(field, which), *same = share_get(other, which);
    size_t bytes = share_items(reg, field, which) * share_item_bytes(which);

    if (!own || !same || own == same || memcmp(own, same, bytes) != 0)
        return;
    register_file_release(reg->file, own);
    share_set(field, which, same);
}

void share_equal_arrays(struct reg *reg, uint16_t number, const bool *finished)
{
    struct field *field = &reg->fields[number];
    const struct kind *kind = &reg->kinds[field->kind];

    for (uint16_t i = kind->field_first; i < kind->field_first + kind->field_count; i++) {
        if (i == number || !finished[i] || reg->fields[i].fact_count != field->fact_count)
            continue;
        for (int which = 0; which < SHARE_COUNT; which++)
            share(reg, field, &reg->fields[i], (enum share_array)which);
    }
}
