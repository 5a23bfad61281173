/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/info.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "normalise/scheme.h"
#include "register/fact_stream.h"
#include "register/sealed.h"
#include "register/stored_texts.h"

static const struct time_span no_span = {MOMENT_MIN, MOMENT_MAX};

DEFINE_CLEANUP(struct fact_stream *, fact_stream_free)

void register_info_clear(struct register_info *info)
{
    free(info->fields);
    *info = (struct register_info){0};
}

/* Values are gone through piece by piece. */
static int count_checks(const struct reg *reg, uint16_t number, struct field_info *info,
                        struct tq_error *err)
{
    const struct field *field = &reg->fields[number];
    const struct scheme *scheme = field->check ? scheme_find(slice_of(field->check)) : NULL;
    CLEANUP(stored_texts_clear) struct stored_texts values = {0};
    int r;

    if (!scheme || field->fingerprints_only)
        return TQ_OK;
    info->checked = field->value_count;
    r = stored_texts_open_values(&values, reg, number, err);
    for (uint32_t i = 0; i < values.count && r == TQ_OK; i++) {
        struct slice value;

        r = stored_texts_get(&values, i, &value, err);
        info->check_passed += r == TQ_OK && scheme_accepts(scheme, value);
    }
    return r;
}

/* References that lead nowhere. */
static int count_dangling(const struct reg *reg, uint16_t number, struct field_info *info,
                          struct tq_error *err)
{
    const struct field *field = &reg->fields[number];
    CLEANUP(stored_items_clear) struct stored_items subjects = {0};
    CLEANUP(free_cleanup) unsigned char *scratch = NULL;
    int r;

    if (field->type != TYPE_REF)
        return TQ_OK;
    scratch = alloc_resize(NULL, SEALED_SCRATCH_BYTES, 1);
    if (!scratch)
        return tq_no_memory(err);
    r = stored_items_open(&subjects, reg, number, STORED_KEY_SUBJECT, scratch, err);
    for (uint32_t i = 0; i < field->key_count && r == TQ_OK; i++) {
        uint64_t subject = 0;

        r = stored_items_get(&subjects, i, &subject, err);
        info->dangling += r == TQ_OK && subject == SUBJECT_NONE;
    }
    return r;
}

static void widen(struct time_span *span, int32_t moment)
{
    if (moment == MOMENT_MIN || moment == MOMENT_MAX)
        return;
    if (span->oldest == MOMENT_MIN || moment < span->oldest)
        span->oldest = moment;
    if (span->newest == MOMENT_MAX || moment > span->newest)
        span->newest = moment;
}

static void widen_period(struct field_info *info, uint16_t period)
{
    if (period == MONTH_NONE)
        return;
    if (info->period_from == MONTH_NONE || period < info->period_from)
        info->period_from = period;
    if (period > info->period_to)
        info->period_to = period;
}

static void count_fact(const struct fact *fact, struct field_info *info)
{
    info->ended += fact->known_to != MOMENT_MAX || fact->valid_to != MOMENT_MAX;
    widen(&info->known, fact->known_from);
    widen(&info->known, fact->known_to);
    widen(&info->valid, fact->valid_from);
    widen(&info->valid, fact->valid_to);
    widen_period(info, fact->period);
}

static int count_facts(const struct reg *reg, uint16_t number, struct field_info *info,
                       struct tq_error *err)
{
    CLEANUP(fact_stream_free_cleanup) struct fact_stream *stream = NULL;
    uint32_t subject = SUBJECT_NONE, own = 0;
    int r = fact_stream_open(reg, number, &stream, err);

    if (r < 0)
        return r;
    for (;;) {
        struct fact fact;
        bool any = false;

        r = fact_stream_next(stream, &fact, &any, err);
        if (r < 0 || !any)
            return r;
        if (fact.subject != subject) {
            subject = fact.subject;
            info->holders++;
            own = 0;
        }
        if (++own > info->facts_of_one_max)
            info->facts_of_one_max = own;
        count_fact(&fact, info);
    }
}

static void count_bytes(const struct sealed *sealed, uint16_t number, struct field_bytes *out)
{
    for (unsigned which = 0; which < STORED_COUNT; which++) {
        uint64_t bytes = sealed_array_bytes(sealed, number, which);

        if (which >= STORED_FACTS_END)
            out->values += bytes;
        else if (which >= SHARE_KNOWN_FROM && which < SHARE_COUNT)
            out->times += bytes;
        else
            out->facts += bytes;
    }
}

static void describe(const struct reg *reg, const struct field *field, struct field_info *info)
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
        .facts = field->fact_count,
        .values = field->value_count,
        .keys = field->key_count,
        .subjects = reg->kinds[field->kind].subject_count,
        .known = no_span,
        .valid = no_span,
        .period_from = MONTH_NONE,
        .period_to = MONTH_NONE};
}

struct counting {
    const struct reg *reg;
    struct field_info *fields;
};

static int count_field(void *state, size_t index, unsigned thread, struct tq_error *err)
{
    struct counting *counting = state;
    const struct reg *reg = counting->reg;
    struct field_info *info = &counting->fields[index];
    uint16_t number = (uint16_t)index;
    int r;

    (void)thread;
    describe(reg, &reg->fields[number], info);
    if (reg->sealed)
        count_bytes(reg->sealed, number, &info->bytes);
    r = count_checks(reg, number, info, err);
    if (r == TQ_OK)
        r = count_dangling(reg, number, info, err);
    return r < 0 ? r : count_facts(reg, number, info, err);
}

static void add_up(const struct reg *reg, struct register_info *info)
{
    info->known = info->valid = no_span;
    for (uint16_t i = 0; i < info->field_count; i++) {
        const struct field_info *field = &info->fields[i];

        if (!field->derived)
            info->facts += field->facts;
        widen(&info->known, field->known.oldest);
        widen(&info->known, field->known.newest);
        widen(&info->valid, field->valid.oldest);
        widen(&info->valid, field->valid.newest);
    }
    if (!reg->sealed)
        return;
    info->file_bytes = sealed_file_bytes(reg->sealed);
    info->head_bytes = sealed_head_bytes(reg->sealed);
    for (uint8_t i = 0; i < reg->kind_count; i++)
        info->kind_bytes[i] = sealed_array_bytes(reg->sealed, i, STORED_SUBJECT_BYTES)
                              + sealed_array_bytes(reg->sealed, i, STORED_SUBJECT_TEXT);
}

int register_info_make(const struct reg *reg, struct register_info *out_info, struct tq_error *err)
{
    struct register_info info = {.field_count = reg->field_count};
    struct counting counting = {.reg = reg};
    uint8_t seal[SHA256_BYTES];
    int r = reg_seal(reg, seal, err);

    if (r < 0)
        return r;
    info.fields = alloc_zeroed((size_t)reg->field_count + 1, sizeof(*info.fields));
    if (!info.fields)
        return tq_no_memory(err);
    counting.fields = info.fields;
    r = pool_run(pool_processors(), reg->field_count, count_field, &counting, err);
    if (r < 0) {
        register_info_clear(&info);
        return r;
    }
    add_up(reg, &info);
    *out_info = info;
    return TQ_OK;
}
