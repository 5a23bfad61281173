/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/register.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "normalise/country.h"
#include "register/reg_new.h"
#include "register/sealed.h"

int reg_new(const struct reg_head *head, struct reg **out_reg, struct tq_error *err)
{
    struct reg *reg = alloc_zeroed(1, sizeof(*reg));

    if (!reg)
        return tq_no_memory(err);
    reg->file = register_file_new();
    if (!reg->file) {
        free(reg);
        return tq_no_memory(err);
    }
    reg->name = register_file_text(reg->file, head->name);
    reg->country_code = register_file_text(reg->file, head->country_code);
    reg->timezone = register_file_text(reg->file, head->timezone);
    reg->kinds = register_file_array(reg->file, head->kind_count, sizeof(*reg->kinds));
    reg->fields = register_file_array(reg->file, head->field_count, sizeof(*reg->fields));
    if (!reg->name || !reg->country_code || !reg->timezone || !reg->kinds || !reg->fields) {
        (void)reg_free(reg);
        return tq_no_memory(err);
    }
    reg->kind_count = head->kind_count;
    reg->field_count = head->field_count;
    reg->normaliser.country = country_find(head->country_code);
    memcpy(reg->normaliser.key, head->fingerprint_key, SIPHASH_KEY_BYTES);
    *out_reg = reg;
    return TQ_OK;
}

struct reg *reg_free(struct reg *reg)
{
    if (!reg)
        return NULL;
    (void)sealed_free(reg->sealed);
    (void)register_file_free(reg->file);
    free(reg);
    return NULL;
}

int reg_seal(const struct reg *reg, uint8_t out_seal[SHA256_BYTES], struct tq_error *err)
{
    memset(out_seal, 0, SHA256_BYTES);
    return reg->sealed ? sealed_check_end(reg->sealed, out_seal, err) : TQ_OK;
}

int reg_load_subjects(const struct reg *reg, struct tq_error *err)
{
    return reg->sealed ? sealed_load_subjects(reg->sealed, reg, err) : TQ_OK;
}

int reg_load(const struct reg *reg, const struct field_set *wanted, unsigned parts,
             struct tq_error *err)
{
    return reg->sealed ? sealed_load(reg->sealed, reg, wanted, parts, err) : TQ_OK;
}

int reg_load_field(const struct reg *reg, uint16_t number, unsigned parts, struct tq_error *err)
{
    return reg->sealed ? sealed_load_field(reg->sealed, reg, number, parts, err) : TQ_OK;
}

void reg_keep(const struct reg *reg, const bool *wanted)
{
    if (reg->sealed)
        sealed_keep(reg->sealed, reg, wanted);
}

/* The span, with the finite ones of these moments. Without branches: they are many. */
static void widen(struct reg *reg, const int32_t *moments, uint64_t count)
{
    int32_t first = MOMENT_MAX, last = MOMENT_MIN;

    for (uint64_t i = 0; i < count; i++) {
        int32_t low = moments[i] == MOMENT_MIN ? MOMENT_MAX : moments[i];
        int32_t high = moments[i] == MOMENT_MAX ? MOMENT_MIN : moments[i];

        first = low < first ? low : first;
        last = high > last ? high : last;
    }
    if (first != MOMENT_MAX && (reg->known_from == MOMENT_MIN || first < reg->known_from))
        reg->known_from = first;
    if (last != MOMENT_MIN && (reg->known_to == MOMENT_MAX || last > reg->known_to))
        reg->known_to = last;
}

/* Whether the known times of a field are those of an earlier one, as of one table. */
static bool shares_known_times(const struct reg *reg, uint16_t number)
{
    const struct field *field = &reg->fields[number];

    for (uint16_t f = 0; f < number; f++) {
        if (reg->fields[f].known_from == field->known_from
            && reg->fields[f].known_to == field->known_to)
            return true;
    }
    return false;
}

void reg_measure_horizon(struct reg *reg)
{
    reg->known_from = MOMENT_MIN;
    reg->known_to = MOMENT_MAX;
    for (uint16_t f = 0; f < reg->field_count; f++) {
        const struct field *field = &reg->fields[f];

        if (!field->known_from || shares_known_times(reg, f))
            continue;
        widen(reg, field->known_from, field->fact_count);
        widen(reg, field->known_to, field->fact_count);
    }
}

uint16_t reg_find_field(const struct reg *reg, uint8_t kind, struct slice name)
{
    for (uint16_t i = 0; i < reg->field_count; i++) {
        if (reg->fields[i].kind == kind && slice_is(name, reg->fields[i].name))
            return i;
    }
    return FIELD_NONE;
}

uint8_t reg_find_kind(const struct reg *reg, struct slice name)
{
    for (uint8_t i = 0; i < reg->kind_count; i++) {
        if (slice_is(name, reg->kinds[i].name))
            return i;
    }
    return KIND_NONE;
}

struct slice reg_subject_key(const struct reg *reg, uint8_t kind, uint32_t subject)
{
    const struct kind *k = &reg->kinds[kind];

    return slice_make(k->subject_bytes + k->subject_text[subject],
                      k->subject_text[subject + 1] - k->subject_text[subject]);
}

uint32_t reg_find_subject(const struct reg *reg, uint8_t kind, struct slice key)
{
    uint32_t low = 0, high = reg->kinds[kind].subject_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = slice_compare(key, reg_subject_key(reg, kind, middle));

        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return SUBJECT_NONE;
}

void target_format(const struct reg *reg, const struct target *target, struct buf *out)
{
    if (target->through != FIELD_NONE) {
        buf_add_text(out, reg->fields[target->through].name);
        buf_add_byte(out, '>');
    }
    buf_add_text(out, reg->fields[target->field].name);
    if (target->period_mode == PERIOD_FIXED) {
        buf_add_byte(out, '@');
        month_format(out, target->period);
    } else if (target->period_mode == PERIOD_ANY) {
        buf_add_text(out, "@any");
    } else if (target->period_mode == PERIOD_ROW) {
        buf_add_text(out, "@row");
    }
}
