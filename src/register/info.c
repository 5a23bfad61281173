/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/info.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "normalise/scheme.h"

void register_info_clear(struct register_info *info)
{
    free(info->fields);
    *info = (struct register_info){0};
}

static void count_checks(const struct field *field, struct field_info *info)
{
    const struct scheme *scheme = field->check ? scheme_find(slice_of(field->check)) : NULL;

    if (!scheme)
        return;
    info->checked = field->value_count;
    for (uint32_t i = 0; i < field->value_count; i++)
        info->check_passed += scheme_accepts(scheme, field_value_text(field, i));
}

static void widen(struct field_info *info, int32_t moment)
{
    if (moment == MOMENT_MIN || moment == MOMENT_MAX)
        return;
    if (info->known_from == MOMENT_MIN || moment < info->known_from)
        info->known_from = moment;
    if (info->known_to == MOMENT_MAX || moment > info->known_to)
        info->known_to = moment;
}

static void find_spans(const struct field *field, struct field_info *info)
{
    info->known_from = MOMENT_MIN;
    info->known_to = MOMENT_MAX;
    for (uint64_t i = 0; field->known_from && i < field->fact_count; i++) {
        widen(info, field->known_from[i]);
        widen(info, field->known_to[i]);
    }
    for (uint64_t i = 0; field->fact_period && i < field->fact_count; i++) {
        uint16_t period = field->fact_period[i];

        if (info->period_from == MONTH_NONE || period < info->period_from)
            info->period_from = period;
        if (period > info->period_to)
            info->period_to = period;
    }
}

static void fill(const struct reg *reg, const struct field *field, struct field_info *info)
{
    *info = (struct field_info){
        .name = field->name,
        .type = type_name(field->type),
        .category = category_name(field->category),
        .kind = reg->kinds[field->kind].name,
        .ref_kind = field->type == TYPE_REF ? reg->kinds[field->ref_kind].name : NULL,
        .check = field->check,
        .periodic = field->periodic,
        .derived = field->derived,
        .shareable = field->shareable,
        .facts = field->fact_count,
        .values = field->value_count,
        .keys = field->key_count,
        .holders = field->holders,
        .density = field->density,
        .period_from = MONTH_NONE,
        .period_to = MONTH_NONE};
    for (uint32_t i = 0; field->key_subject && i < field->key_count; i++)
        info->dangling += field->key_subject[i] == SUBJECT_NONE;
    count_checks(field, info);
    find_spans(field, info);
}

int register_info_make(const struct reg *reg, struct register_info *out_info, struct tq_error *err)
{
    struct register_info info = {.field_count = reg->field_count};
    uint8_t seal[SHA256_BYTES];
    int r = reg_load(reg, NULL, FIELD_WHOLE, err);

    if (r == TQ_OK)
        r = reg_seal(reg, seal, err);
    if (r < 0)
        return r;
    info.fields = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*info.fields));
    if (!info.fields)
        return tq_no_memory(err);
    for (uint16_t i = 0; i < reg->field_count; i++) {
        fill(reg, &reg->fields[i], &info.fields[i]);
        if (!reg->fields[i].derived)
            info.facts += reg->fields[i].fact_count;
    }
    *out_info = info;
    return TQ_OK;
}
