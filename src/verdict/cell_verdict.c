/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/cell_verdict.h"

#include "base/cleanup.h"
#include "normalise/abbreviation.h"
#include "normalise/coarse_date.h"
#include "normalise/name_likeness.h"
#include "normalise/redaction.h"
#include "normalise/similarity.h"
#include "normalise/text.h"
#include "verdict/absence.h"
#include "verdict/damage.h"
#include "verdict/misreading.h"
#include "verdict/spelling.h"

#define FILLED_MIN  .8 /* of the rows whose subject has a value: then an empty cell is missing */
#define FILLED_ROWS 10 /* ... and so many of them must have been seen */

#define DETAIL_OF_MIN 3 /* bytes: shorter values are no more than the beginning of others */

static enum cell_verdict verdict_at(enum held_when when, enum cell_verdict now)
{
    return when == HELD_NOW ? now : when == HELD_EARLIER ? CELL_AGREES_EARLIER : CELL_AGREES_LATER;
}

static enum held_when when_of(const struct cell_task *task, const struct held *held)
{
    return held_when(held, task->time->from, task->time->to);
}

static struct slice value_of(const struct cell_task *task, const struct held *held)
{
    struct slice text = field_value_text(task->column->field, held->value);

    return piece_of(task->column->reading->value_piece, text);
}

/* The subject referred to, if the value is seen through a reference. */
static uint32_t holder_of(const struct cell_task *task, const struct held *held)
{
    return task->column->through ? held->holder : SUBJECT_NONE;
}

/* ---- empty cells ---- */

static int judge_empty(const struct cell_task *task, struct cell_outcome *outcome,
                       struct tq_error *err)
{
    const struct judge_column *column = task->column;
    const struct column_counts *counts = &column->counts;
    enum absence absence;
    int r;

    if (column->previous || task->rows->subject == SUBJECT_NONE || counts->held < FILLED_ROWS
        || (double)counts->filled < FILLED_MIN * (double)counts->held)
        return TQ_OK;
    r = absence_find(task->judge, task->scratch, task->rows, task->time, column, task->claim,
                     &absence, err);
    if (r < 0 || absence == ABSENCE_NOTHING)
        return r;
    outcome->verdict = CELL_MISSING;
    if (absence == ABSENCE_NOT_YET && column->empty_is_early) {
        outcome->verdict = CELL_AGREES_EARLIER;
        outcome->ground = GROUND_NOT_YET;
    }
    return TQ_OK;
}

/* ---- cells whose key is held ---- */

/* Whether the cell is written as one of the agreeing values is; of values held now, if any is. */
static enum ground other_clothes(const struct cell_task *task, bool only_now)
{
    struct judge_scratch *scratch = task->scratch;
    const struct judge_column *column = task->column;

    if ((!column->is_name && !column->is_id) || column->reading->interpretation == AS_MASKED
        || column->field->fingerprints_only)
        return GROUND_NONE;
    for (unsigned i = 0; i < task->claim->held_count; i++) {
        const struct held *held = &scratch->block.held[task->claim->held_first + i];

        if (only_now && task->claim->held_count > 1 && when_of(task, held) != HELD_NOW)
            continue;
        if (column->is_name ? spelling_is_same(task->cell, value_of(task, held), &scratch->text,
                                               &scratch->other_text)
                            : !spelling_lost_zeros(task->cell, value_of(task, held)))
            return GROUND_NONE;
    }
    return column->is_name ? GROUND_OTHER_SPELLING : GROUND_OTHER_FORMAT;
}

static const struct held *first_held_at(const struct cell_task *task, enum held_when when)
{
    const struct held *held = &task->scratch->block.held[task->claim->held_first];

    for (unsigned i = 1; i < task->claim->held_count && when_of(task, held) != when; i++)
        held++;
    return held;
}

static void judge_agreeing(const struct cell_task *task, struct cell_outcome *outcome)
{
    const struct judge_column *column = task->column;
    enum held_when when = task->claim->when;
    const struct held *held = first_held_at(task, when);

    outcome->other = holder_of(task, held);
    if (task->claim->period == MONTH_NONE)
        outcome->period = held->period;
    if (column->previous) {
        outcome->verdict = CELL_AGREES;
        outcome->ground = when == HELD_EARLIER ? GROUND_PREVIOUS : GROUND_NONE;
        return;
    }
    outcome->ground = other_clothes(task, when == HELD_NOW);
    outcome->verdict =
        verdict_at(when, outcome->ground == GROUND_NONE ? CELL_AGREES : CELL_VARIANT);
}

/* ---- cells whose key is not held ---- */

/* A column of "last month": the value of an earlier month is an older snapshot's last month. */
static int is_earlier_month(const struct cell_task *task, bool *out_earlier, struct tq_error *err)
{
    const struct column_reading *reading = task->column->reading;
    struct held_list *list = &task->scratch->list;
    int r;

    *out_earlier = false;
    if (!reading->month_inferred || reading->target.period_mode != PERIOD_FIXED
        || task->claim->key == KEY_NONE)
        return TQ_OK;
    r = claim_find_held(task->judge, task->column, task->rows->subject, MONTH_NONE, list, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].period < reading->target.period
            && view_held_key(task->column->view, &list->items[i]) == task->claim->key)
            *out_earlier = true;
    }
    return TQ_OK;
}

/* Text read with the wrong code page twice, which decodes back into something that is held. */
static const struct held *find_repaired(const struct cell_task *task)
{
    struct judge_scratch *scratch = task->scratch;
    uint32_t key;

    if (!text_is_damaged(task->cell))
        return NULL;
    buf_empty(&scratch->text);
    if (!text_undo_double_encoding(task->cell, &scratch->text))
        return NULL;
    key = view_cell_key(task->column->view, buf_slice(&scratch->text), &scratch->other_text);
    for (size_t i = 0; i < scratch->list.count && key != KEY_NONE; i++) {
        if (view_held_key(task->column->view, &scratch->list.items[i]) == key)
            return &scratch->list.items[i];
    }
    return NULL;
}

/* Cells that their column's interpretation cannot read may be written in another usual form. */
static bool is_other_format(const struct cell_task *task, const struct held *held)
{
    const struct field *field = task->column->field;
    struct judge_scratch *scratch = task->scratch;

    for (enum interpretation as = 0; as < AS_PLAIN_COUNT; as++) {
        if (as == task->column->reading->interpretation || interpretation_form(as) != field->form
            || !interpretation_serves(as, field->type))
            continue;
        buf_empty(&scratch->text);
        if (normalise(view_rules(task->column->view), as, task->cell, &scratch->text)
            && slice_equal(buf_slice(&scratch->text), field_key_text(field, held->key)))
            return true;
    }
    return false;
}

/* Two digits of a year leave the century open: that of the held date is one of them, where the
 * dates of a field span more than a hundred years. */
static bool is_other_century(const struct cell_task *task, const struct held *held)
{
    const struct field *field = task->column->field;
    struct normaliser rules = *view_rules(task->column->view);
    enum interpretation as = task->column->reading->interpretation;
    struct slice key;
    unsigned month, day;
    int year;

    if (field->form != FORM_DATE || field->fingerprints_only || as >= AS_PLAIN_COUNT
        || interpretation_form(as) != FORM_DATE)
        return false;
    key = field_key_text(field, held->key);
    civil_from_days((int32_t)canonical_number(key), &year, &month, &day);
    rules.short_years_from = year;
    buf_empty(&task->scratch->text);
    return normalise(&rules, as, task->cell, &task->scratch->text)
           && slice_equal(buf_slice(&task->scratch->text), key);
}

static unsigned word_count(struct slice text, struct buf *folded)
{
    struct slice rest, word;
    unsigned count = 0;

    buf_empty(folded);
    text_fold(text, folded);
    rest = buf_slice(folded);
    while (text_next_word(&rest, &word))
        count++;
    return count;
}

/* The same letters and digits, in more or fewer words: "M BAREK" for "M'barek". As many words with
 * their border elsewhere ("d eFes") are another matter, and so are addresses, where numbers stand
 * side by side. */
static bool is_parted_otherwise(const struct cell_task *task, struct slice value)
{
    struct judge_scratch *scratch = task->scratch;

    buf_empty(&scratch->text);
    buf_empty(&scratch->other_text);
    text_fold_joined(task->cell, &scratch->text);
    text_fold_joined(value, &scratch->other_text);
    return scratch->text.length > 0
           && slice_equal(buf_slice(&scratch->text), buf_slice(&scratch->other_text))
           && word_count(task->cell, &scratch->text) != word_count(value, &scratch->text);
}

/* One is the other with its vowels spelt out: "Muehlenweg" for "Mühlenweg". */
static bool is_spelt_out(const struct cell_task *task, struct slice one, struct slice other)
{
    const struct normaliser *rules = &task->judge->reg->normaliser;
    CLEANUP(buf_clear_cleanup) struct buf spelt = {0};
    struct judge_scratch *scratch = task->scratch;

    if (!text_spell_out(one, &spelt))
        return false;
    buf_empty(&scratch->text);
    buf_empty(&scratch->other_text);
    return normalise(rules, AS_TEXT, buf_slice(&spelt), &scratch->text)
           && normalise(rules, AS_TEXT, other, &scratch->other_text)
           && slice_equal(buf_slice(&scratch->text), buf_slice(&scratch->other_text));
}

/* Words of an address that only this cell or only the register abbreviates. */
static bool is_abbreviated(const struct cell_task *task, const struct held *held)
{
    const struct field *field = task->column->field;
    struct buf *text = &task->scratch->text;

    if (field->type != TYPE_ADDRESS || field->form != FORM_TEXT || field->fingerprints_only)
        return false;
    buf_empty(text);
    return normalise(&task->judge->reg->normaliser, AS_TEXT, task->cell, text)
           && text_is_abbreviated(buf_slice(text), field_key_text(field, held->key));
}

/* What may part a value from further detail. */
static bool parts_detail(enum value_type type, char c)
{
    return strchr(type == TYPE_CODE ? "-/, (" : ",;(\n", c) != NULL && c != '\0';
}

/* The value and more behind it: "62701-4581" where the register has "62701", a street with its
 * town. */
static bool says_more(const struct cell_task *task, const struct held *held)
{
    const struct field *field = task->column->field;
    struct judge_scratch *scratch = task->scratch;
    enum interpretation as = normalise_register_as(field->type);
    struct slice wanted;

    if ((field->type != TYPE_CODE && field->type != TYPE_ADDRESS && field->type != TYPE_TEXT)
        || task->column->reading->interpretation != as)
        return false;
    wanted = field_key_text(field, held->key);
    for (size_t i = DETAIL_OF_MIN; i + 1 < task->cell.length && wanted.length >= DETAIL_OF_MIN;
         i++) {
        if (!parts_detail(field->type, task->cell.data[i]))
            continue;
        buf_empty(&scratch->text);
        if (normalise(&task->judge->reg->normaliser, as, slice_make(task->cell.data, i),
                      &scratch->text)
            && slice_equal(buf_slice(&scratch->text), wanted))
            return true;
    }
    return false;
}

static enum ground name_variant(struct slice cell, struct slice value)
{
    switch (name_likeness(cell, value)) {
    case NAME_SLIPPED:
        return GROUND_ONE_EDIT;
    case NAME_RESPELT:
        return GROUND_OTHER_SPELLING;
    default:
        return GROUND_NONE;
    }
}

/* An age is told on another day than those of its column. */
static bool is_age_beside(const struct cell_task *task, const struct held *held)
{
    const struct column_reading *reading = task->column->reading;
    struct buf *text = &task->scratch->text;
    int64_t age;

    if (reading->interpretation != AS_AGE)
        return false;
    buf_empty(text);
    if (!normalise(view_rules(task->column->view), AS_AGE, task->cell, text))
        return false;
    age = coarse_date_of(AS_AGE,
                         (int32_t)canonical_number(field_key_text(task->column->field, held->key)),
                         reading->age_day);
    return coarse_date_near(AS_AGE, canonical_number(buf_slice(text)), age);
}

static enum ground variant_of(const struct cell_task *task, const struct held *held, bool can_read)
{
    struct slice value = value_of(task, held);

    if ((!can_read && is_other_format(task, held)) || is_other_century(task, held)
        || says_more(task, held) || is_abbreviated(task, held))
        return GROUND_OTHER_FORMAT;
    if (is_age_beside(task, held))
        return GROUND_AGE_BESIDE;
    if (task->column->field->type == TYPE_TEXT && is_parted_otherwise(task, value))
        return GROUND_OTHER_SPELLING;
    if (task->column->field->form == FORM_TEXT
        && (is_spelt_out(task, task->cell, value) || is_spelt_out(task, value, task->cell)))
        return GROUND_OTHER_SPELLING;
    if (!type_is_name(task->column->field->type))
        return GROUND_NONE;
    if (task->column->reading->interpretation == AS_CUT)
        value = text_cut(value, task->column->reading->redaction.head);
    return name_variant(task->cell, value);
}

/* A cut column shows of some held value all that fits; the best of those. */
static bool find_whole_cut(const struct cell_task *task, struct cell_outcome *outcome)
{
    struct judge_scratch *scratch = task->scratch;
    const struct held *best = NULL;

    for (size_t i = 0; i < scratch->list.count; i++) {
        const struct held *held = &scratch->list.items[i];

        if (damage_is_whole_cut(task->column->reading, task->cell, value_of(task, held),
                                &scratch->text, &scratch->other_text)
            && (!best || when_of(task, held) < when_of(task, best)))
            best = held;
    }
    if (!best)
        return false;
    outcome->verdict = verdict_at(when_of(task, best), CELL_AGREES);
    outcome->other = holder_of(task, best);
    return true;
}

/* A masked cell that shows less than its column, or elsewhere, agrees if all of it is held. */
static void find_masked(const struct cell_task *task, struct cell_outcome *outcome)
{
    const struct held_list *list = &task->scratch->list;
    const struct held *best = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct held *held = &list->items[i];

        if (redaction_agrees(task->column->field->type, task->cell, value_of(task, held))
            && (!best || when_of(task, held) < when_of(task, best)))
            best = held;
    }
    if (!best)
        return;
    outcome->verdict = verdict_at(when_of(task, best), CELL_AGREES);
    outcome->other = holder_of(task, best);
}

/* How the cell is a part or a ruin of a held value. */
static enum ground find_damage(const struct cell_task *task)
{
    struct judge_scratch *scratch = task->scratch;
    enum ground ground = GROUND_NONE;

    for (size_t i = 0; i < scratch->list.count && ground == GROUND_NONE; i++)
        ground = damage_find(task->column->reading, task->column->field, task->cell,
                             scratch->list.items[i].value, &scratch->text, &scratch->other_text);
    return ground;
}

/* The best of all held values that the cell is a variant of; false if there is none. */
static bool find_variant(const struct cell_task *task, struct cell_outcome *outcome)
{
    const struct held_list *list = &task->scratch->list;
    bool can_read = task->claim->key != KEY_NONE
                    || view_can_read(task->column->view, task->cell, &task->scratch->text);
    const struct held *best = NULL;
    enum held_when best_when = HELD_LATER;

    for (size_t i = 0; i < list->count; i++) {
        enum ground ground = variant_of(task, &list->items[i], can_read);
        enum held_when when = when_of(task, &list->items[i]);

        if (ground == GROUND_NONE || (best && when >= best_when))
            continue;
        best = &list->items[i];
        best_when = when;
        outcome->ground = ground;
    }
    if (!best)
        return false;
    outcome->verdict = verdict_at(best_when, CELL_VARIANT);
    outcome->other = holder_of(task, best);
    return true;
}

/*
 * A damaged or a variant form of a held value. A name that is another spelling of one held value is
 * no part of a longer one: the register may join two names of three as well as all three.
 */
static bool find_likeness(const struct cell_task *task, struct cell_outcome *outcome)
{
    enum ground damage;

    if (task->column->field->fingerprints_only)
        return false; /* both are found by texts */
    damage = find_damage(task);
    if ((damage == GROUND_NONE || damage == GROUND_MISSING_NAME || damage == GROUND_INITIALS)
        && find_variant(task, outcome))
        return true;
    if (damage == GROUND_NONE)
        return false;
    *outcome = (struct cell_outcome){.verdict = CELL_TRUNCATED,
                                     .ground = damage,
                                     .other = SUBJECT_NONE,
                                     .period = outcome->period};
    return true;
}

static bool is_single_name(const struct judge_column *column)
{
    enum value_type type = column->field->type;

    return (type == TYPE_FAMILY_NAME || type == TYPE_GIVEN_NAME) && !column->through
           && !column->field->fingerprints_only;
}

/* The value of a name column that a cell shows in whatever clothes, or NULL. */
static const struct held *find_name(const struct field *field, const struct held_list *list,
                                    struct slice cell)
{
    for (size_t i = 0; i < list->count; i++) {
        if (name_likeness(cell, field_value_text(field, list->items[i].value)) >= NAME_SLIPPED)
            return &list->items[i];
    }
    return NULL;
}

/*
 * Family and given name in each other's place: this cell shows what another column of the row
 * should, and the other way round. One name in both places is no exchange.
 */
static int find_exchange(const struct cell_task *task, struct cell_outcome *outcome,
                         struct tq_error *err)
{
    const struct judge *judge = task->judge;
    struct held_list *list = &task->scratch->other_list;

    for (unsigned i = 0; is_single_name(task->column) && i < judge->column_count; i++) {
        const struct judge_column *column = &judge->columns[i];
        const struct held *held;
        struct slice cell;
        int r;

        if (column->field == task->column->field || !is_single_name(column))
            continue;
        cell = column_cell(column->reading, task->batch, task->row, column->number);
        if (!find_name(task->column->field, &task->scratch->list, cell))
            continue;
        r = claim_find_held(judge, column, task->rows->subject, MONTH_NONE, list, err);
        if (r < 0)
            return r;
        held = find_name(column->field, list, task->cell);
        if (!held)
            continue;
        outcome->verdict = verdict_at(when_of(task, held), CELL_VARIANT);
        outcome->ground = GROUND_EXCHANGED;
        return TQ_OK;
    }
    return TQ_OK;
}

/* One error away from what is held, by the canonical form: not evidence of somebody else. */
static void find_nearness(const struct cell_task *task, struct cell_outcome *outcome)
{
    const struct field *field = task->column->field;
    struct judge_scratch *scratch = task->scratch;
    enum interpretation as = task->column->reading->interpretation;

    if (as >= AS_PLAIN_COUNT || interpretation_form(as) != field->form || field->form == FORM_NUMBER
        || field->fingerprints_only)
        return;
    buf_empty(&scratch->text);
    if (!normalise(view_rules(task->column->view), as, task->cell, &scratch->text))
        return;
    for (size_t i = 0; i < scratch->list.count && !outcome->is_near; i++)
        outcome->is_near = similarity_near(field->form, buf_slice(&scratch->text),
                                           field_key_text(field, scratch->list.items[i].key));
    if (outcome->is_near)
        outcome->ground = GROUND_ONE_EDIT;
}

/* A cell read by OCR that may be a held value, misread, contradicts nothing. */
static void find_misreading(const struct cell_task *task, struct cell_outcome *outcome)
{
    const struct held_list *list = &task->scratch->list;
    const struct field *field = task->column->field;

    if (!task->rows->by_ocr || outcome->verdict != CELL_CONTRADICTS || field->fingerprints_only)
        return;
    for (size_t i = 0; i < list->count; i++) {
        if (!misreading_explains(field, task->cell, list->items[i].value, &task->scratch->text,
                                 &task->scratch->other_text))
            continue;
        *outcome = (struct cell_outcome){.verdict = CELL_TRUNCATED,
                                         .ground = GROUND_MISREAD,
                                         .other = SUBJECT_NONE,
                                         .period = outcome->period};
        return;
    }
}

static int judge_differing(const struct cell_task *task, struct cell_outcome *outcome,
                           struct tq_error *err)
{
    const struct held *repaired;
    bool earlier;
    int r = is_earlier_month(task, &earlier, err);

    if (r < 0)
        return r;
    if (earlier) {
        outcome->verdict = CELL_AGREES_EARLIER;
        return TQ_OK;
    }
    outcome->verdict = CELL_CONTRADICTS;
    if (task->claim->state == CLAIM_NO_PERIOD) { /* the month may be what was misread */
        outcome->verdict = task->rows->by_ocr ? CELL_TRUNCATED : CELL_CONTRADICTS;
        outcome->ground = task->rows->by_ocr ? GROUND_MISREAD : GROUND_NO_SUCH_PERIOD;
        return TQ_OK;
    }
    if (spelling_is_spreadsheet_error(task->cell)) {
        outcome->verdict = CELL_TRUNCATED;
        outcome->ground = GROUND_SPREADSHEET;
        return TQ_OK;
    }
    r = claim_find_held(task->judge, task->column, task->rows->subject, task->claim->period,
                        &task->scratch->list, err);
    if (r < 0)
        return r;
    repaired = find_repaired(task);
    if (repaired) {
        outcome->verdict = verdict_at(when_of(task, repaired), CELL_VARIANT);
        outcome->ground = GROUND_OTHER_FORMAT;
        outcome->other = holder_of(task, repaired);
        return TQ_OK;
    }
    if (task->column->reading->interpretation == AS_MASKED)
        find_masked(task, outcome);
    else if (!find_whole_cut(task, outcome) && !find_likeness(task, outcome)) {
        find_nearness(task, outcome);
        if (task->column->reading->interpretation == AS_AGE)
            outcome->ground = GROUND_OTHER_AGE;
        r = find_exchange(task, outcome, err);
    }
    find_misreading(task, outcome);
    return r;
}

int cell_judge(const struct cell_task *task, struct cell_outcome *out_outcome, struct tq_error *err)
{
    struct cell_outcome outcome = {
        .verdict = CELL_NOT_JUDGED, .other = SUBJECT_NONE, .period = task->claim->period};
    int r = TQ_OK;

    switch ((enum claim_state)task->claim->state) {
    case CLAIM_NONE:
        break;
    case CLAIM_EMPTY:
        r = judge_empty(task, &outcome, err);
        break;
    case CLAIM_UNLINKED:
    case CLAIM_NO_VALUE:
        outcome.verdict = CELL_UNKNOWN;
        break;
    case CLAIM_AGREES:
        judge_agreeing(task, &outcome);
        break;
    case CLAIM_NO_PERIOD:
    case CLAIM_DIFFERS:
        r = judge_differing(task, &outcome, err);
        break;
    }
    if (r == TQ_OK)
        *out_outcome = outcome;
    return r;
}
