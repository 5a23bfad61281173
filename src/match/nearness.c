/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "match/nearness.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "normalise/coarse_date.h"
#include "normalise/name_likeness.h"
#include "normalise/redaction.h"
#include "normalise/similarity.h"
#include "normalise/text.h"

struct canonical {
    size_t offset;
    uint32_t length; /* 0: the cell cannot be read */
    bool made;
};

/* Values of one subject that are compared; more are a broken register. */
#define HELD_KEYS_MAX 64u

int nearness_begin(struct nearness *nearness, const struct batch *batch, const struct item *items,
                   size_t count, struct tq_error *err)
{
    if (count > nearness->canonical_capacity) {
        int r = alloc_reserve(&nearness->canonical, &nearness->canonical_capacity, count,
                              sizeof(*nearness->canonical), err);

        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < count; i++)
        nearness->canonical[i].made = false;
    nearness->batch = batch;
    nearness->items = items;
    buf_empty(&nearness->text);
    return 0;
}

void nearness_clear(struct nearness *nearness)
{
    free(nearness->canonical);
    buf_clear(&nearness->text);
    buf_clear(&nearness->one);
    buf_clear(&nearness->other);
    held_list_clear(&nearness->held);
    *nearness = (struct nearness){0};
}

struct slice nearness_cell(const struct nearness *nearness, const struct match_columns *columns,
                           size_t number)
{
    const struct item *item = &nearness->items[number];
    const struct match_column *column = &columns->items[item->column];

    return column_cell(column->reading, nearness->batch, item->row, column->number);
}

static bool read_plain(const struct match_column *column, struct slice cell, struct buf *out)
{
    enum interpretation as = column->reading->interpretation;
    const struct normaliser *rules = view_rules(column->view);

    return coarse_date_is(as, column->field->form) ? coarse_date_read(rules, as, cell, out)
                                                   : normalise(rules, as, cell, out);
}

static void make_canonical(struct nearness *nearness, const struct match_columns *columns,
                           size_t number)
{
    const struct item *item = &nearness->items[number];
    const struct match_column *column = &columns->items[item->column];
    struct slice cell = nearness_cell(nearness, columns, number);
    struct canonical *canonical = &nearness->canonical[number];
    enum interpretation as = column->reading->interpretation;

    canonical->made = true;
    canonical->offset = nearness->text.length;
    canonical->length = 0;
    if (as == AS_CUT)
        text_fold(cell, &nearness->text);
    else if (as >= AS_PLAIN_COUNT || !read_plain(column, cell, &nearness->text))
        return;
    canonical->length = (uint32_t)(nearness->text.length - canonical->offset);
}

struct slice nearness_canonical(struct nearness *nearness, const struct match_columns *columns,
                                size_t item)
{
    const struct canonical *canonical = &nearness->canonical[item];

    if (!canonical->made)
        make_canonical(nearness, columns, item);
    if (nearness->text.failed || canonical->length == 0)
        return slice_make(NULL, 0);
    return slice_make(nearness->text.data + canonical->offset, canonical->length);
}

static unsigned word_count(struct slice keys)
{
    unsigned count = 1;

    for (size_t i = 0; i < keys.length; i++)
        count += keys.data[i] == ' ';
    return count;
}

/* Whether a name is like another, or lacks some of its words: of the two the longer is the whole.
 */
static bool is_like_in_letters(const struct match_column *column, struct slice cell,
                               struct slice canonical, struct slice value, struct slice key)
{
    bool whole = column->type == TYPE_FULL_NAME && word_count(canonical) > word_count(key);

    return (whole ? name_likeness(value, cell) : name_likeness(cell, value)) != NAME_DIFFERS;
}

/*
 * Whether the cell is like a name that the subject holds under `key`, letter by letter: keys have
 * hardly a vowel, so that those of Anna and Ingrid, of Emma and Uwe, are near.
 */
static bool confirms_near(const struct match_column *column, struct slice cell,
                          struct slice canonical, uint32_t subject, uint32_t key)
{
    const struct field *field = column->field;

    for (uint64_t i = field->fact_start[subject]; i < field->fact_start[subject + 1]; i++) {
        if (field->fact_key[i] == key
            && is_like_in_letters(column, cell, canonical,
                                  field_value_text(field, field->fact_value[i]),
                                  field_key_text(field, key)))
            return true;
    }
    return false;
}

/* Against the canonical bytes of the keys that the subject holds. */
static enum level compare_keys(struct nearness *nearness, const struct match_columns *columns,
                               const struct profile *profile, size_t number, struct slice canonical,
                               uint32_t subject)
{
    const struct item *item = &nearness->items[number];
    const struct match_column *column = &columns->items[item->column];
    bool by_letters = columns->names_alone && column->direct && type_is_name(column->type);
    uint32_t keys[HELD_KEYS_MAX];
    uint32_t count = profile_held_keys(profile, columns, item->column, subject, item->period, keys,
                                       HELD_KEYS_MAX);
    enum level best = LEVEL_DIFFERS;

    for (uint32_t i = 0; i < count; i++) {
        struct slice held = field_key_text(column->field, keys[i]);

        bool near = similarity_near(column->field->form, canonical, held)
                    || similarity_two_edits(column->field->form, canonical, held);

        if (near
            && (!by_letters
                || confirms_near(column, nearness_cell(nearness, columns, number), canonical,
                                 subject, keys[i])))
            return LEVEL_NEAR;
        if (similarity_is_partly(column->field->form, canonical, held))
            best = LEVEL_PARTLY;
    }
    return best;
}

/* Many shorter keys are one letter apart. */
#define EXCHANGED_EDIT_MIN 4u

static bool is_exchanged(struct slice shown, struct slice held, bool exactly)
{
    return slice_equal(shown, held)
           || (!exactly && shown.length >= EXCHANGED_EDIT_MIN && held.length >= EXCHANGED_EDIT_MIN
               && similarity_one_edit(shown, held));
}

/* A name in the place of another of the same subject: family and given name exchanged; `exactly`,
 * or with a slip. */
static bool is_in_place_of_another(const struct match_columns *columns,
                                   const struct match_column *column, struct slice canonical,
                                   uint32_t subject, bool exactly)
{
    for (uint32_t i = 0; column->direct && i < columns->name_count; i++) {
        const struct field *field = columns->names[i];

        if (field == column->field || field->form != column->field->form)
            continue;
        for (uint32_t f = field->fact_start[subject]; f < field->fact_start[subject + 1]; f++) {
            if (is_exchanged(canonical, field_key_text(field, field->fact_key[f]), exactly))
                return true;
        }
    }
    return false;
}

/* A cell that no register value is like as a whole may still be the beginning of one. */
static bool near_truncated(struct nearness *nearness, const struct match_column *column,
                           struct slice cell)
{
    for (size_t i = 0; i < nearness->held.count; i++) {
        struct slice value = field_value_text(column->field, nearness->held.items[i].value);

        if (similarity_is_truncated(column->type, cell, value)
            || redaction_agrees(column->type, cell, value))
            return true;
    }
    return false;
}

/* A date that no calendar has, against those that the subject holds. */
static bool near_mistyped_date(struct nearness *nearness, const struct match_column *column,
                               struct slice cell)
{
    for (size_t i = 0; column->field->form == FORM_DATE && i < nearness->held.count; i++) {
        struct slice key = field_key_text(column->field, nearness->held.items[i].key);

        if (similarity_is_mistyped_date(column->reading->interpretation, cell,
                                        canonical_number(key)))
            return true;
    }
    return false;
}

/* Cut texts: against the held values, folded and cut alike. */
static bool near_cut(struct nearness *nearness, const struct match_column *column,
                     struct slice canonical)
{
    size_t width = column->reading->redaction.head;

    for (size_t i = 0; i < nearness->held.count; i++) {
        struct slice value = field_value_text(column->field, nearness->held.items[i].value);

        buf_empty(&nearness->one);
        text_fold(value, &nearness->one);
        if (similarity_near(FORM_TEXT, canonical, text_cut(buf_slice(&nearness->one), width)))
            return true;
    }
    return false;
}

/* A year, a month or an age against those of held dates. */
static bool near_coarse(struct nearness *nearness, const struct match_column *column,
                        struct slice canonical)
{
    const struct column_reading *reading = column->reading;
    int64_t shown = canonical_number(canonical);

    for (size_t i = 0; i < nearness->held.count; i++) {
        struct slice key = field_key_text(column->field, nearness->held.items[i].key);
        int64_t held = coarse_date_of(reading->interpretation, (int32_t)canonical_number(key),
                                      reading->age_day);

        if (coarse_date_near(reading->interpretation, shown, held))
            return true;
    }
    return false;
}

int nearness_test(struct nearness *nearness, const struct match_columns *columns,
                  const struct profile *profile, size_t number, uint32_t subject,
                  enum level *out_level, struct tq_error *err)
{
    const struct item *item = &nearness->items[number];
    const struct match_column *column = &columns->items[item->column];
    enum interpretation as = column->reading->interpretation;
    struct slice cell = nearness_cell(nearness, columns, number);
    struct slice canonical;
    bool near = false;
    int r;

    if (as == AS_CODEBOOK || as == AS_PIECE || column->field->fingerprints_only) {
        *out_level = LEVEL_DIFFERS;
        return 0;
    }
    canonical = nearness_canonical(nearness, columns, number);
    if (nearness->text.failed)
        return buf_check(&nearness->text, err);
    if (redaction_hides(cell))
        canonical.length = 0; /* only as a part of a value */
    if (column->plain && canonical.length > 0) {
        *out_level = compare_keys(nearness, columns, profile, number, canonical, subject);
        /* Allen is near Eliza, but in the place of Eliza Allen's family name he is himself. */
        if (is_in_place_of_another(columns, column, canonical, subject, *out_level == LEVEL_NEAR))
            *out_level = LEVEL_EXCHANGED;
        return 0;
    }
    r = held_find(columns->reg, &column->reading->target, subject, item->period, &nearness->held,
                  err);
    if (r < 0)
        return r;
    if (canonical.length == 0)
        near = near_truncated(nearness, column, cell) || near_mistyped_date(nearness, column, cell);
    else if (as == AS_CUT)
        near = near_cut(nearness, column, canonical);
    else if (coarse_date_is(as, column->field->form))
        near = near_coarse(nearness, column, canonical);
    *out_level = near ? LEVEL_NEAR : LEVEL_DIFFERS;
    return 0;
}
