/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cli/held_text.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/hash.h"
#include "base/moment.h"
#include "cli/session.h"
#include "model/mask.h"

#define MINUTES_A_DAY 1440
#define SPANS_TOLD    6u /* of one cell; what was held before is only counted */

void held_text_close(struct held_text *text)
{
    held_list_clear(&text->held);
    (void)local_time_free(text->time);
    (void)reg_free(text->reg);
    *text = (struct held_text){0};
}

/* A seal names one register: of another one, what was held may be another story. */
static int check_seal(const struct reg *reg, struct case_store *store, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf wanted = {0};
    uint8_t seal[SHA256_BYTES];
    char hex[SHA256_HEX + 1];
    int r = case_get_value(store, "register.seal", &wanted, err);

    if (r == TQ_OK)
        r = reg_seal(reg, seal, err);
    if (r < 0)
        return r;
    hex_of(seal, SHA256_BYTES, hex);
    if (!slice_is(buf_slice(&wanted), hex))
        return tq_fail(err, TQ_E_USAGE,
                       "the case was examined with another register, whose seal is %.*s",
                       (int)wanted.length, wanted.data ? wanted.data : "");
    return reg_load_subjects(reg, err);
}

int held_text_open(struct held_text *text, struct case_store *store, const char *path,
                   const char *key_path, bool reveal, struct tq_error *err)
{
    int r = register_open(path, key_path, &text->reg, err);

    text->reveal = reveal;
    if (r == TQ_OK)
        r = check_seal(text->reg, store, err);
    return r < 0 ? r : local_time_new(text->reg->timezone, &text->time, err);
}

/* ---- what was held ---- */

/* The label's "salary" or "employer>name" as numbers; false if this register has no such field. */
static bool find_target(const struct reg *reg, uint8_t kind, const char *label, struct target *out)
{
    const char *arrow = strchr(label, '>');
    struct slice first = slice_make(label, arrow ? (size_t)(arrow - label) : strlen(label));

    *out = (struct target){.field = reg_find_field(reg, kind, first),
                           .through = FIELD_NONE,
                           .period_mode = PERIOD_ANY};
    if (!arrow || out->field == FIELD_NONE)
        return out->field != FIELD_NONE;
    out->through = out->field;
    if (reg->fields[out->through].type != TYPE_REF)
        return false;
    out->field = reg_find_field(reg, reg->fields[out->through].ref_kind, slice_of(arrow + 1));
    return out->field != FIELD_NONE;
}

static int load_target(const struct reg *reg, const struct target *target, struct tq_error *err)
{
    int r = reg_load_field(reg, target->field, FIELD_WHOLE, err);

    if (r == TQ_OK && target->through != FIELD_NONE)
        r = reg_load_field(reg, target->through, FIELD_WHOLE, err);
    return r;
}

/* One value, and the stretch of time in which it was held without a break. */
struct stretch {
    uint32_t value;
    int32_t from, to;
};

static int by_time(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;

    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return (x->value > y->value) - (x->value < y->value);
}

/* Of the month in question, or of no month; sorted, those that follow each other joined. How many.
 */
static size_t find_stretches(const struct held_list *held, uint16_t period,
                             struct stretch *stretches)
{
    size_t count = 0, kept = 0;

    for (size_t i = 0; i < held->count; i++) {
        const struct held *item = &held->items[i];
        struct stretch stretch = {.value = item->value};

        if (item->period == period && held_span(item, &stretch.from, &stretch.to))
            stretches[count++] = stretch;
    }
    if (count > 1)
        qsort(stretches, count, sizeof(*stretches), by_time);
    for (size_t i = 0; i < count; i++) {
        struct stretch *last = kept > 0 ? &stretches[kept - 1] : NULL;

        if (last && last->value == stretches[i].value && stretches[i].from <= last->to)
            last->to = stretches[i].to > last->to ? stretches[i].to : last->to;
        else
            stretches[kept++] = stretches[i];
    }
    return kept;
}

/* ---- in words ---- */

/* "2024-04-10", and the clock where it is not midnight. */
static void add_moment(const struct held_text *text, int32_t minutes, struct buf *out)
{
    int32_t offset = 0, local, days;
    unsigned month, day;
    int year;

    if (!local_time_offset(text->time, minutes, &offset))
        offset = 0;
    local = minutes + offset;
    days = local / MINUTES_A_DAY - (local % MINUTES_A_DAY < 0);
    civil_from_days(days, &year, &month, &day);
    buf_format(out, "%04d-%02u-%02u", year, month, day);
    local -= days * MINUTES_A_DAY;
    if (local > 0)
        buf_format(out, " %02d:%02d", local / 60, local % 60);
}

static void add_stretch(const struct held_text *text, const struct field *field,
                        const struct stretch *stretch, struct buf *out)
{
    struct slice value = field_value_text(field, stretch->value);

    if (text->reveal)
        escape_text(out, value);
    else
        mask_value(out, value);
    if (stretch->from != MOMENT_MIN) {
        buf_add_text(out, " from ");
        add_moment(text, stretch->from, out);
    }
    if (stretch->to != MOMENT_MAX) {
        buf_add_text(out, stretch->from == MOMENT_MIN ? " until " : " to ");
        add_moment(text, stretch->to, out);
    } else if (stretch->from != MOMENT_MIN) {
        buf_add_text(out, " on");
    }
}

static void add_words(const struct held_text *text, const struct field *field,
                      const struct stretch *stretches, size_t count, struct buf *out)
{
    size_t first = count > SPANS_TOLD ? count - SPANS_TOLD : 0;

    buf_add_text(out, "the register held ");
    if (first > 0)
        buf_format(out, "%zu values before, then ", first);
    for (size_t i = first; i < count; i++) {
        if (i > first)
            buf_add_text(out, i + 1 < count ? ", " : " and ");
        add_stretch(text, field, &stretches[i], out);
    }
}

int held_text_add(struct held_text *text, const struct held_question *question, struct buf *out,
                  struct tq_error *err)
{
    CLEANUP(free_cleanup) struct stretch *stretches = NULL;
    const struct reg *reg = text->reg;
    uint8_t kind = reg ? reg_find_kind(reg, slice_of(question->kind)) : KIND_NONE;
    uint32_t subject =
        kind == KIND_NONE ? SUBJECT_NONE : reg_find_subject(reg, kind, question->subject);
    struct target target;
    size_t count;
    int r;

    if (subject == SUBJECT_NONE || reg->fingerprints_only
        || !find_target(reg, kind, question->label->field, &target))
        return TQ_OK;
    r = load_target(reg, &target, err);
    if (r == TQ_OK)
        r = held_find(reg, &target, subject, MONTH_NONE, &text->held, err);
    if (r < 0)
        return r;
    stretches = alloc_zeroed(text->held.count + 1, sizeof(*stretches));
    if (!stretches)
        return tq_no_memory(err);
    count = find_stretches(&text->held, question->period, stretches);
    if (count > 0)
        add_words(text, reg_field(reg, target.field), stretches, count, out);
    else
        buf_add_text(out, question->period == MONTH_NONE ? "the register held no value"
                                                         : "the register held no value of this "
                                                           "month");
    if (count > 0
        && (question->verdict == CELL_CONTRADICTS || question->verdict == CELL_OTHER_SUBJECT))
        buf_add_text(out, ", never what is shown");
    return buf_check(out, err);
}
