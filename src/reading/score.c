/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Scoring columns against targets. Method and constants: algorithms.md 1.1 and 1.3. */
#include "reading/score.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/coarse_date.h"
#include "normalise/redaction.h"
#include "reading/age_day.h"
#include "reading/codebook.h"
#include "reading/column_redactions.h"
#include "reading/scratch.h"
#include "register/short_years.h"

#define HANDICAP_REDACTION .98
#define HANDICAP_JOINED    .96 /* the first letter of a full name is that of a family name */
#define HANDICAP_INITIALS  .9  /* of the above, less than a codebook's */
#define HANDICAP_CODEBOOK  .9
#define CHANCE_YEAR        .03 /* where links are few: some 30 birth years are common */
#define CHANCE_MONTH       .003
#define AGES_MIN           8u  /* of one day: fewer can always be had */
#define COMPARED_MIN       5u  /* rows that a column needs, where links are many */
#define CENSORED_MIN       10u /* disagreements that tell a pattern from an accident */
#define CUT_OFF_MIN        2u  /* so few do where the subjects hold more than the limit */
#define FOUND_PERCENT      15u /* of the cells must be in the field at all: kappa is no higher */

/* Everything that scoring one hypothesis needs, reused from target to target. */
struct scorer {
    const struct linked *linked;
    struct candidate_readings *lists; /* NULL: only `months` is wanted */
    double months;
    uint16_t field, through; /* the target at hand */
    struct normaliser rules; /* of `field`, once `has_rules` */
    bool has_rules;
    bool filled; /* `held` is that of the target: it is only filled when needed */
    struct held_set held;
    struct held_view distinct;
    struct tally tally;
    struct cell_keys cells;     /* of the column and interpretation at hand */
    struct cell_keys scratch;   /* for codebooks */
    bool *used;                 /* column_count * linked->count: whether a cell speaks */
    uint32_t *used_count;       /* by column */
    bool *codable;              /* by column: few enough distinct cells for a codebook */
    uint64_t *prints;           /* of the linked rows */
    struct held_entry *recoded; /* held values under a coarser interpretation */
    size_t recoded_capacity;
    struct buf folded;
    struct arena arena;
};

static void scorer_clear(struct scorer *scorer)
{
    held_set_clear(&scorer->held);
    key_tally_clear(&scorer->tally);
    free(scorer->recoded);
    buf_clear(&scorer->folded);
    arena_clear(&scorer->arena);
}

/* The fingerprints of the linked rows. */
static void gather_prints(struct scorer *scorer, const uint64_t *prints)
{
    for (uint32_t i = 0; i < scorer->linked->count; i++)
        scorer->prints[i] = prints[scorer->linked->row[i]];
}

static void find_codable(struct scorer *scorer, uint32_t column)
{
    const uint64_t *prints = scorer->linked->sample->columns[column].prints[AS_CODE];
    struct cell_keys cells = {.count = scorer->linked->count,
                              .used = scorer->used + (size_t)column * scorer->linked->count};

    if (!prints || scorer->linked->few)
        return;
    gather_prints(scorer, prints);
    scorer->codable[column] = codebook_may_fit(scorer->prints, &cells);
}

static int scorer_init(struct scorer *scorer, const struct linked *linked, struct tq_error *err)
{
    uint32_t count = linked->count, columns = linked->sample->column_count;
    struct arena *arena = &scorer->arena;
    int r;

    *scorer = (struct scorer){.linked = linked};
    scorer->cells.count = scorer->scratch.count = count;
    scorer->cells.key = arena_alloc(arena, count + 1, sizeof(uint32_t));
    scorer->scratch.key = arena_alloc(arena, count + 1, sizeof(uint32_t));
    scorer->scratch.used = arena_alloc(arena, count + 1, sizeof(bool));
    scorer->prints = arena_alloc(arena, count + 1, sizeof(uint64_t));
    scorer->used = arena_alloc(arena, (size_t)columns * count + 1, sizeof(bool));
    scorer->used_count = arena_alloc(arena, columns + 1, sizeof(uint32_t));
    scorer->codable = arena_alloc(arena, columns + 1, sizeof(bool));
    if (!scorer->cells.key || !scorer->scratch.key || !scorer->scratch.used || !scorer->prints
        || !scorer->used || !scorer->used_count || !scorer->codable)
        return tq_no_memory(err);
    r = scratch_reserve(&scorer->folded, err);
    if (r < 0)
        return r;

    for (uint32_t c = 0; c < columns; c++) {
        for (uint32_t i = 0; i < count; i++) {
            bool used = linked_uses(linked, i, c);

            scorer->used[(size_t)c * count + i] = used;
            scorer->used_count[c] += used;
        }
        find_codable(scorer, c);
    }
    return TQ_OK;
}

/* Whether the column has enough to say; `cells` then shows which rows do. */
static bool open_column(struct scorer *scorer, uint32_t column)
{
    scorer->cells.used = scorer->used + (size_t)column * scorer->linked->count;
    return scorer->used_count[column] >= (scorer->linked->few ? 1 : COMPARED_MIN);
}

/* How cells are brought into the forms of the field at hand. */
static const struct normaliser *rules_of_field(struct scorer *scorer)
{
    const struct reg *reg = scorer->linked->sample->reg;

    if (!scorer->has_rules)
        scorer->rules = field_rules(reg, reg_field(reg, scorer->field));
    scorer->has_rules = true;
    return &scorer->rules;
}

/* The same where the field means other years by two digits than the sample was read with. */
static void gather_prints_of(struct scorer *scorer, uint32_t column, enum interpretation as)
{
    const struct linked *linked = scorer->linked;
    const struct sample *sample = linked->sample;

    gather_prints(scorer, sample->columns[column].prints[as]);
    if (interpretation_form(as) != FORM_DATE)
        return;
    if (rules_of_field(scorer)->short_years_from == sample->reg->normaliser.short_years_from)
        return;
    for (uint32_t i = 0; i < linked->count; i++) {
        struct slice cell = row_sample_cell(sample, linked->row[i], column);

        scorer->prints[i] = normalise_fingerprint(&scorer->rules, as, cell, &scorer->folded);
    }
}

/* Keys of the cells in the field; false if too few are in it for a reading. */
static bool find_cell_keys(struct scorer *scorer, uint32_t column, enum interpretation as)
{
    const struct linked *linked = scorer->linked;
    uint32_t used = scorer->used_count[column], found = 0;

    gather_prints_of(scorer, column, as);
    field_find_keys(reg_field(linked->sample->reg, scorer->field), scorer->prints, linked->count,
                    scorer->cells.key);
    for (uint32_t i = 0; i < linked->count; i++)
        found += scorer->cells.used[i] && scorer->cells.key[i] != KEY_NONE;
    return (uint64_t)found * 100 >= (uint64_t)used * FOUND_PERCENT && found > 0;
}

/* What the subjects hold for the target; *out_any is false if it is nothing. */
static int fill_held(struct scorer *scorer, bool *out_any, struct tq_error *err)
{
    if (!scorer->filled) {
        int r = held_set_fill(&scorer->held, scorer->linked, scorer->field, scorer->through, err);

        if (r < 0)
            return r;
        scorer->filled = true;
        scorer->distinct = held_set_distinct(&scorer->held);
    }
    *out_any = scorer->distinct.count > 0;
    return TQ_OK;
}

static struct measure measure(struct scorer *scorer, struct held_view held)
{
    if (scorer->linked->few)
        return tally_measure_few(&scorer->cells, held);
    return key_tally_measure(&scorer->tally, &scorer->cells, held);
}

static struct target target_of(const struct scorer *scorer, enum target_period mode,
                               uint16_t period)
{
    return (struct target){
        .field = scorer->field, .through = scorer->through, .period_mode = mode, .period = period};
}

static int add(struct scorer *scorer, uint32_t column, enum target_period mode, uint16_t period,
               enum interpretation as, const struct measure *found, double handicap,
               struct tq_error *err)
{
    struct target target = target_of(scorer, mode, period);

    return candidate_readings_add(&scorer->lists[column], &target, as, NULL, found, handicap, err);
}

/* A periodic field: whichever period, each one, and the row's own. */
static int score_periods(struct scorer *scorer, uint32_t column, enum interpretation as,
                         struct tq_error *err)
{
    struct measure found;
    int r;

    if (scorer->linked->month) {
        found = measure(scorer, held_set_of_row(&scorer->held));
        r = add(scorer, column, PERIOD_ROW, MONTH_NONE, as, &found, 1, err);
        if (r < 0)
            return r;
    }
    found = measure(scorer, scorer->distinct);
    r = add(scorer, column, PERIOD_ANY, MONTH_NONE, as, &found, 1, err);
    if (r < 0 || found.agreed == 0)
        return r;
    for (size_t p = 0; p < scorer->held.period_count; p++) {
        found = measure(scorer, held_set_period(&scorer->held, p));
        r = add(scorer, column, PERIOD_FIXED, scorer->held.periods[p], as, &found, 1, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int score_plain(struct scorer *scorer, uint32_t column, enum interpretation as,
                       struct tq_error *err)
{
    struct measure found;
    bool any = false;
    int r;

    if (!find_cell_keys(scorer, column, as))
        return TQ_OK;
    r = fill_held(scorer, &any, err);
    if (r < 0 || !any)
        return r;
    r = key_tally_number(&scorer->tally, &scorer->cells, err);
    if (r < 0)
        return r;
    if (!scorer->lists) {
        found = measure(scorer, held_set_of_row(&scorer->held));
        scorer->months += measure_gain(&found);
        return TQ_OK;
    }
    if (scorer->held.periodic)
        return score_periods(scorer, column, as, err);
    found = measure(scorer, scorer->distinct);
    return add(scorer, column, PERIOD_NONE, MONTH_NONE, as, &found, 1, err);
}

/* ---- coarser interpretations: held values are keyed anew ---- */

static int reserve_recoded(struct scorer *scorer, struct tq_error *err)
{
    return alloc_reserve(&scorer->recoded, &scorer->recoded_capacity, scorer->held.count + 1,
                         sizeof(*scorer->recoded), err);
}

/* Drop what repeats within a row after recoding. */
static size_t add_recoded(struct held_entry *items, size_t count, struct held_entry item)
{
    for (size_t i = count; i-- > 0 && items[i].at == item.at;) {
        if (items[i].key == item.key)
            return count;
    }
    items[count] = item;
    return count + 1;
}

/* Keys of the cells: their numbers. */
static void number_cells(struct scorer *scorer, uint32_t column, enum interpretation as)
{
    const struct linked *linked = scorer->linked;
    const struct normaliser *rules = rules_of_field(scorer);

    for (uint32_t i = 0; i < linked->count; i++) {
        struct slice cell = row_sample_cell(linked->sample, linked->row[i], column);

        buf_empty(&scorer->folded);
        scorer->cells.key[i] = coarse_date_read(rules, as, cell, &scorer->folded)
                                   ? (uint32_t)canonical_number(buf_slice(&scorer->folded))
                                   : KEY_NONE;
    }
}

static int32_t held_day(const struct scorer *scorer, const struct held_entry *item)
{
    const struct field *field = reg_field(scorer->linked->sample->reg, scorer->field);

    return (int32_t)canonical_number(field_key_text(field, item->key));
}

/* The day on which the numbered cells are ages; false if too few of them tell. */
static int find_age_day(const struct scorer *scorer, int32_t *out_day, bool *out_found,
                        struct tq_error *err)
{
    CLEANUP(age_spans_clear) struct age_spans spans = {0};

    for (size_t i = 0; i < scorer->held.count; i++) {
        const struct held_entry *item = &scorer->held.items[i];
        int r = TQ_OK;

        if (scorer->cells.used[item->at] && scorer->cells.key[item->at] != KEY_NONE)
            r = age_spans_add(&spans, held_day(scorer, item), scorer->cells.key[item->at], err);
        if (r < 0)
            return r;
    }
    *out_found = age_spans_day(&spans, out_day) >= AGES_MIN;
    return TQ_OK;
}

/* The held dates as such numbers, in `recoded`. */
static size_t recode_dates(struct scorer *scorer, enum interpretation as, int32_t age_day)
{
    size_t count = 0;

    for (size_t i = 0; i < scorer->held.count; i++) {
        struct held_entry item = scorer->held.items[i];

        item.key = (uint32_t)coarse_date_of(as, held_day(scorer, &item), age_day);
        item.chance = as == AS_YM || as == AS_MY ? CHANCE_MONTH : CHANCE_YEAR;
        count = add_recoded(scorer->recoded, count, item);
    }
    return count;
}

static int score_coarse_date(struct scorer *scorer, uint32_t column, enum interpretation as,
                             struct tq_error *err)
{
    struct candidate_readings *list = &scorer->lists[column];
    double handicap = as == AS_YEAR ? 1 : HANDICAP_REDACTION;
    size_t before = list->count, count;
    struct measure found;
    int32_t age_day = 0;
    bool known = true;
    int r = reserve_recoded(scorer, err);

    if (r < 0)
        return r;
    number_cells(scorer, column, as);
    if (as == AS_AGE)
        r = find_age_day(scorer, &age_day, &known, err);
    if (r < 0 || !known)
        return r;
    count = recode_dates(scorer, as, age_day);
    r = key_tally_number(&scorer->tally, &scorer->cells, err);
    if (r < 0)
        return r;
    found = measure(scorer, (struct held_view){scorer->recoded, count});
    r = add(scorer, column, PERIOD_NONE, MONTH_NONE, as, &found, handicap, err);
    if (list->count > before)
        list->items[before].age_day = age_day;
    return r;
}

/* Ages are of persons, by their dates of birth: a small number is an age of any date. */
static bool has_ages(const struct scorer *scorer)
{
    const struct linked *linked = scorer->linked;

    return !linked->few && scorer->through == FIELD_NONE
           && reg_field(linked->sample->reg, scorer->field)->category == CATEGORY_IDENTITY;
}

/* Dates of which the column shows a part. */
static int score_coarse_dates(struct scorer *scorer, uint32_t column, struct tq_error *err)
{
    const struct linked *linked = scorer->linked;
    int r = TQ_OK;

    for (unsigned i = 0; i < AS_PLAIN_COUNT && r == TQ_OK; i++) {
        enum interpretation as = (enum interpretation)i;

        if (linked->sample->columns[column].prints[as] && coarse_date_is(as, FORM_DATE)
            && (as != AS_AGE || has_ages(scorer)))
            r = score_coarse_date(scorer, column, as, err);
    }
    return r;
}

static bool shows_coarse_dates(const struct sample_column *cells)
{
    return cells->prints[AS_YEAR] || cells->prints[AS_AGE] || cells->prints[AS_YM]
           || cells->prints[AS_MY];
}

/* Fingerprint of what a redaction has left in `folded`, in 32 bits: enough for some hundred values.
 */
static uint32_t redaction_key(const struct scorer *scorer, bool shows)
{
    uint64_t print;

    if (!shows)
        return KEY_NONE;
    print = fingerprint(&scorer->linked->sample->reg->normaliser, FORM_TEXT,
                        buf_slice(&scorer->folded));
    return (uint32_t)(print >> 32) & INT32_MAX;
}

/* Keys of the cells under the redaction; and of the held values, in `recoded`. */
static size_t recode_redacted(struct scorer *scorer, uint32_t column,
                              const struct redaction *redaction)
{
    const struct linked *linked = scorer->linked;
    const struct field *field = reg_field(linked->sample->reg, scorer->field);
    struct buf *folded = &scorer->folded;
    size_t count = 0;

    for (size_t i = 0; i < scorer->held.count; i++) {
        struct held_entry item = scorer->held.items[i];

        buf_empty(folded);
        item.key =
            redaction_key(scorer, redaction_value(redaction, field->type,
                                                  field_value_text(field, item.value), folded));
        if (item.key != KEY_NONE)
            count = add_recoded(scorer->recoded, count, item);
    }
    for (uint32_t i = 0; i < linked->count; i++) {
        buf_empty(folded);
        scorer->cells.key[i] = redaction_key(
            scorer,
            redaction_cell(redaction, row_sample_cell(linked->sample, linked->row[i], column),
                           folded));
    }
    return count;
}

/* Single letters may be a code as well: a codebook that explains as much is meant. */
static double handicap_of(const struct scorer *scorer, uint32_t column,
                          const struct redaction *redaction)
{
    const struct sample *sample = scorer->linked->sample;
    bool joined = reg_field(sample->reg, scorer->field)->derived;
    double handicap = joined ? HANDICAP_JOINED : HANDICAP_REDACTION;

    if (redaction->unit != REDACTION_CUT && !sample->columns[column].is_masked)
        handicap *= HANDICAP_INITIALS;
    return handicap;
}

static int score_redaction(struct scorer *scorer, uint32_t column,
                           const struct redaction *redaction, struct tq_error *err)
{
    enum interpretation as = redaction->unit == REDACTION_CUT ? AS_CUT : AS_MASKED;
    double handicap = handicap_of(scorer, column, redaction);
    struct target target = target_of(scorer, PERIOD_NONE, MONTH_NONE);
    struct measure found;
    size_t count;
    int r = reserve_recoded(scorer, err);

    if (r < 0)
        return r;
    count = recode_redacted(scorer, column, redaction);
    r = buf_check(&scorer->folded, err);
    if (r == TQ_OK)
        r = key_tally_number(&scorer->tally, &scorer->cells, err);
    if (r < 0)
        return r;
    found = measure(scorer, (struct held_view){scorer->recoded, count});
    return candidate_readings_add(&scorer->lists[column], &target, as, redaction, &found, handicap,
                                  err);
}

static int score_redactions(struct scorer *scorer, uint32_t column, enum value_type type,
                            struct tq_error *err)
{
    const struct sample_column *cells = &scorer->linked->sample->columns[column];
    int r = TQ_OK;

    for (uint32_t i = 0; i < cells->redaction_count && r == TQ_OK; i++) {
        if (column_redaction_serves(cells, &cells->redactions[i], type))
            r = score_redaction(scorer, column, &cells->redactions[i], err);
    }
    return r;
}

static int score_codebook(struct scorer *scorer, uint32_t column, struct tq_error *err)
{
    const struct linked *linked = scorer->linked;
    const uint64_t *prints = linked->sample->columns[column].prints[AS_CODE];
    CLEANUP(codebook_clear) struct codebook codebook = {0};
    struct measure found;
    bool fits;
    int r;

    gather_prints(scorer, prints);
    r = codebook_prepare(scorer->prints, &scorer->cells, scorer->distinct, &codebook, &fits, err);
    if (r < 0 || !fits)
        return r;
    r = codebook_measure(&codebook, &scorer->cells, &scorer->scratch, scorer->distinct,
                         &scorer->tally, &found, err);
    if (r < 0)
        return r;
    return add(scorer, column, PERIOD_NONE, MONTH_NONE, AS_CODEBOOK, &found, HANDICAP_CODEBOOK,
               err);
}

static bool can_be_coded(enum value_type type)
{
    return type == TYPE_CODE || type == TYPE_TEXT || type == TYPE_NUMBER;
}

/* The interpretations that do not use the field's own keys. */
static int score_coarser(struct scorer *scorer, uint32_t column, enum value_type type,
                         struct tq_error *err)
{
    const struct sample_column *cells = &scorer->linked->sample->columns[column];
    bool fingerprints = reg_field(scorer->linked->sample->reg, scorer->field)->fingerprints_only;
    bool dated = type == TYPE_DATE && !fingerprints && shows_coarse_dates(cells);
    bool masked = cells->redaction_count > 0 && !scorer->linked->few;
    bool coded = scorer->codable[column] && can_be_coded(type);
    bool any = false;
    int r;

    if (!dated && !masked && !coded)
        return TQ_OK;
    r = fill_held(scorer, &any, err);
    if (r < 0 || !any)
        return r;
    if (dated)
        r = score_coarse_dates(scorer, column, err);
    if (r == TQ_OK && masked)
        r = score_redactions(scorer, column, type, err);
    if (r == TQ_OK && coded)
        r = score_codebook(scorer, column, err);
    return r;
}

static bool is_periodic(const struct scorer *scorer)
{
    const struct reg *reg = scorer->linked->sample->reg;

    return reg_field(reg, scorer->field)->periodic
           || (scorer->through != FIELD_NONE && reg_field(reg, scorer->through)->periodic);
}

static int score_column(struct scorer *scorer, uint32_t column, struct tq_error *err)
{
    const struct sample_column *cells = &scorer->linked->sample->columns[column];
    enum value_type type = reg_field(scorer->linked->sample->reg, scorer->field)->type;

    if (!open_column(scorer, column))
        return TQ_OK;
    for (unsigned as = 0; as < AS_PLAIN_COUNT; as++) {
        int r;

        if (!cells->prints[as] || !interpretation_serves((enum interpretation)as, type))
            continue;
        r = score_plain(scorer, column, (enum interpretation)as, err);
        if (r < 0)
            return r;
    }
    if (!scorer->lists || is_periodic(scorer))
        return TQ_OK;
    return score_coarser(scorer, column, type, err);
}

static int score_target(struct scorer *scorer, uint16_t field, uint16_t through,
                        struct tq_error *err)
{
    scorer->field = field;
    scorer->through = through;
    scorer->filled = false;
    scorer->has_rules = false;
    for (uint32_t c = 0; c < scorer->linked->sample->column_count; c++) {
        int r = score_column(scorer, c, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* The fields of the kind that a reference points to: one step, no periods beyond it. */
static int score_reference(struct scorer *scorer, uint16_t through, struct tq_error *err)
{
    const struct reg *reg = scorer->linked->sample->reg;
    const struct field *ref = reg_field(reg, through);
    const struct kind *kind;

    if (ref->ref_kind == KIND_NONE)
        return TQ_OK;
    kind = &reg->kinds[ref->ref_kind];
    for (uint16_t i = 0; i < kind->field_count; i++) {
        uint16_t number = (uint16_t)(kind->field_first + i);
        int r;

        if (reg_field(reg, number)->periodic)
            continue;
        r = score_target(scorer, number, through, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int score_all(struct scorer *scorer, struct tq_error *err)
{
    const struct reg *reg = scorer->linked->sample->reg;
    const struct kind *kind = &reg->kinds[scorer->linked->kind];

    for (uint16_t i = 0; i < kind->field_count; i++) {
        uint16_t number = (uint16_t)(kind->field_first + i);
        const struct field *field = reg_field(reg, number);
        int r = TQ_OK;

        if (scorer->lists || field->periodic)
            r = score_target(scorer, number, FIELD_NONE, err);
        if (r == TQ_OK && field->type == TYPE_REF && (scorer->lists || field->periodic))
            r = score_reference(scorer, number, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

int score_columns(const struct linked *linked, struct candidate_readings *lists,
                  struct tq_error *err)
{
    CLEANUP(scorer_clear) struct scorer scorer;
    int r = scorer_init(&scorer, linked, err);

    if (r < 0)
        return r;
    scorer.lists = lists;
    return score_all(&scorer, err);
}

int score_months(const struct linked *linked, double *out_gain, struct tq_error *err)
{
    CLEANUP(scorer_clear) struct scorer scorer;
    int r = scorer_init(&scorer, linked, err);

    if (r < 0)
        return r;
    r = score_all(&scorer, err);
    if (r < 0)
        return r;
    *out_gain = scorer.months;
    return TQ_OK;
}

int score_learn_codebook(const struct linked *linked, uint32_t column, const struct target *target,
                         struct codebook_entry **out_entries, uint32_t *out_count,
                         struct tq_error *err)
{
    const uint64_t *prints = linked->sample->columns[column].prints[AS_CODE];
    CLEANUP(scorer_clear) struct scorer scorer;
    CLEANUP(codebook_clear) struct codebook codebook = {0};
    bool fits, any;
    int r = scorer_init(&scorer, linked, err);

    if (r < 0)
        return r;
    scorer.field = target->field;
    scorer.through = target->through;
    r = fill_held(&scorer, &any, err);
    if (r < 0)
        return r;
    (void)open_column(&scorer, column);
    gather_prints(&scorer, prints);
    r = codebook_prepare(scorer.prints, &scorer.cells, scorer.distinct, &codebook, &fits, err);
    if (r < 0)
        return r;
    return codebook_entries(&codebook, linked->sample->reg,
                            reg_field(linked->sample->reg, target->field), &scorer.cells,
                            scorer.distinct, out_entries, out_count, err);
}

/* ---- pieces of values ---- */

#define PIECE_PERCENT 50u /* of the held values, those that have a piece */

static uint32_t print_key(uint64_t print)
{
    return print == FINGERPRINT_NONE ? KEY_NONE : (uint32_t)(print >> 32) & INT32_MAX;
}

/* Leave in `recoded` what a piece of each held value is; 0: too few have it. */
static size_t take_value_pieces(struct scorer *scorer, struct cell_piece piece)
{
    const struct reg *reg = scorer->linked->sample->reg;
    const struct field *field = reg_field(reg, scorer->field);
    size_t count = 0, found = 0;

    for (size_t i = 0; i < scorer->held.count; i++) {
        struct held_entry item = scorer->held.items[i];
        struct slice text = piece_of(piece, field_value_text(field, item.value));

        if (text.length == 0)
            continue;
        found++;
        item.key =
            print_key(normalise_fingerprint(&reg->normaliser, AS_TEXT, text, &scorer->folded));
        if (item.key != KEY_NONE)
            count = add_recoded(scorer->recoded, count, item);
    }
    return found * 100 >= scorer->held.count * PIECE_PERCENT ? count : 0;
}

static int add_value_piece(struct scorer *scorer, uint32_t column, struct cell_piece piece,
                           const struct measure *found, struct tq_error *err)
{
    struct candidate_readings *list = &scorer->lists[column];
    size_t before = list->count;
    int r = add(scorer, column, PERIOD_NONE, MONTH_NONE, AS_PIECE, found, HANDICAP_REDACTION, err);

    if (list->count > before)
        list->items[before].piece = piece;
    return r;
}

static int score_value_piece(struct scorer *scorer, const bool *wanted, struct cell_piece piece,
                             struct tq_error *err)
{
    const struct linked *linked = scorer->linked;
    size_t count = take_value_pieces(scorer, piece);
    int r = buf_check(&scorer->folded, err);

    for (uint32_t c = 0; c < linked->sample->column_count && count > 0 && r == TQ_OK; c++) {
        const uint64_t *prints = linked->sample->columns[c].prints[AS_TEXT];
        struct measure found;

        if (!wanted[c] || !prints || !open_column(scorer, c))
            continue;
        for (uint32_t i = 0; i < linked->count; i++)
            scorer->cells.key[i] = print_key(prints[linked->row[i]]);
        r = key_tally_number(&scorer->tally, &scorer->cells, err);
        if (r < 0)
            return r;
        found = measure(scorer, (struct held_view){scorer->recoded, count});
        r = add_value_piece(scorer, c, piece, &found, err);
    }
    return r;
}

int score_value_pieces(const struct linked *linked, const bool *wanted,
                       const struct cell_piece *pieces, size_t piece_count,
                       struct candidate_readings *lists, struct tq_error *err)
{
    const struct reg *reg = linked->sample->reg;
    const struct kind *kind = &reg->kinds[linked->kind];
    CLEANUP(scorer_clear) struct scorer scorer;
    int r = scorer_init(&scorer, linked, err);

    scorer.lists = lists;
    scorer.through = FIELD_NONE;
    for (uint16_t f = kind->field_first; f < kind->field_first + kind->field_count && r == TQ_OK;
         f++) {
        const struct field *field = reg_field(reg, f);
        bool any = false;

        if ((field->type != TYPE_ADDRESS && field->type != TYPE_TEXT) || field->periodic)
            continue;
        scorer.field = f;
        scorer.filled = false;
        r = fill_held(&scorer, &any, err);
        if (r == TQ_OK)
            r = reserve_recoded(&scorer, err);
        for (size_t i = 0; i < piece_count && any && r == TQ_OK; i++)
            r = score_value_piece(&scorer, wanted, pieces[i], err);
    }
    return r;
}

/* ---- censored columns ---- */

static struct held_view held_for(const struct held_set *held, const struct target *target)
{
    if (target->period_mode == PERIOD_ROW)
        return held_set_of_row(held);
    for (size_t i = 0; target->period_mode == PERIOD_FIXED && i < held->period_count; i++) {
        if (held->periods[i] == target->period)
            return held_set_period(held, i);
    }
    return held_set_distinct(held);
}

/* Leave in `scratch.used` the rows whose subject holds something, but not this cell. */
static uint32_t find_disagreements(struct scorer *scorer, struct held_view held)
{
    uint32_t count = 0;

    memset(scorer->scratch.used, 0, scorer->linked->count * sizeof(bool));
    for (size_t i = 0; i < held.count; i++)
        scorer->scratch.used[held.items[i].at] = scorer->cells.used[held.items[i].at];
    for (size_t i = 0; i < held.count; i++) {
        if (held.items[i].key == scorer->cells.key[held.items[i].at])
            scorer->scratch.used[held.items[i].at] = false;
    }
    for (uint32_t i = 0; i < scorer->linked->count; i++)
        count += scorer->scratch.used[i];
    return count;
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The commonest of `count` numbers, which get sorted. */
static int64_t commonest(int64_t *numbers, uint32_t count, uint32_t *out_times)
{
    uint32_t run = 0;
    int64_t best = 0;

    *out_times = 0;
    qsort(numbers, count, sizeof(*numbers), compare_numbers);
    for (uint32_t i = 0; i < count; i++) {
        run = i > 0 && numbers[i] == numbers[i - 1] ? run + 1 : 1;
        if (run > *out_times) {
            *out_times = run;
            best = numbers[i];
        }
    }
    return best;
}

/* The number of a linked row's cell; false: it is not used, or none. */
static bool cell_number(struct scorer *scorer, uint32_t column, enum interpretation as,
                        uint32_t linked_row, int64_t *out_number)
{
    const struct linked *linked = scorer->linked;

    buf_empty(&scorer->folded);
    if (!scorer->cells.used[linked_row]
        || !normalise(&linked->sample->reg->normaliser, as,
                      row_sample_cell(linked->sample, linked->row[linked_row], column),
                      &scorer->folded))
        return false;
    *out_number = canonical_number(buf_slice(&scorer->folded));
    return true;
}

/* The commonest disagreeing number comes often, and no cell of the column goes beyond it.
 * *out_most: the largest of the column. */
static bool stops_at_limit(struct scorer *scorer, uint32_t column, enum interpretation as,
                           int64_t *numbers, int64_t *out_most)
{
    int64_t least = INT64_MAX, most = INT64_MIN, limit;
    uint32_t count = 0, times;

    for (uint32_t i = 0; i < scorer->linked->count; i++) {
        int64_t number;

        if (!cell_number(scorer, column, as, i, &number))
            continue;
        least = number < least ? number : least;
        most = number > most ? number : most;
        if (scorer->scratch.used[i])
            numbers[count++] = number;
    }
    *out_most = most;
    limit = commonest(numbers, count, &times);
    return times >= CENSORED_MIN && (limit == most || limit == least);
}

/* Disagreeing rows that show the largest number of the column where the subject holds a larger one;
 * each is counted once. */
static uint32_t count_cut_off(struct scorer *scorer, uint32_t column, enum interpretation as,
                              struct held_view held, const struct field *field, int64_t most)
{
    uint32_t count = 0;

    for (size_t i = 0; i < held.count; i++) {
        uint32_t at = held.items[i].at;
        int64_t number;

        if (!scorer->scratch.used[at] || !cell_number(scorer, column, as, at, &number)
            || number != most || canonical_number(field_key_text(field, held.items[i].key)) <= most)
            continue;
        scorer->scratch.used[at] = false;
        count++;
    }
    return count;
}

int score_is_censored(const struct linked *linked, uint32_t column, const struct target *target,
                      enum interpretation as, bool *out_censored, struct tq_error *err)
{
    CLEANUP(scorer_clear) struct scorer scorer;
    const struct field *field = reg_field(linked->sample->reg, target->field);
    struct held_view held;
    int64_t *numbers, most;
    bool any;
    int r = scorer_init(&scorer, linked, err);

    if (r < 0)
        return r;
    numbers = arena_alloc(&scorer.arena, linked->count + 1, sizeof(*numbers));
    if (!numbers)
        return tq_no_memory(err);
    scorer.field = target->field;
    scorer.through = target->through;
    r = fill_held(&scorer, &any, err);
    if (r < 0)
        return r;
    *out_censored = false;
    if (!open_column(&scorer, column) || !find_cell_keys(&scorer, column, as))
        return TQ_OK;
    held = held_for(&scorer.held, target);
    if (find_disagreements(&scorer, held) < CUT_OFF_MIN)
        return TQ_OK;
    *out_censored = stops_at_limit(&scorer, column, as, numbers, &most);
    if (!*out_censored && !field->fingerprints_only && field->form == FORM_NUMBER)
        *out_censored = count_cut_off(&scorer, column, as, held, field, most) >= CUT_OFF_MIN;
    return TQ_OK;
}
