/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "mosaic/coverage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/significance.h"
#include "mosaic/held_at.h"

#define EFFECT_MIN      0.2   /* Cohen: a small effect; what is less is no lead, however certain */
#define CHANCE_MAX      0.01  /* after correction for all groups, fields and tables */
#define FILTER_SHOWN    0.9   /* so much of the table, */
#define FILTER_HELD     0.5   /* and no more of the register: as if it had been asked for */
#define HELD_BY_ALL     0.9   /* a field that so many hold chooses nobody by being held */
#define TOLD_MOST       5u    /* groups of one field of one table */
#define GROUP_KEYS_MAX  4096u /* more values than this are no groups */
#define FACTS_PER_GROUP 8u    /* on average; fewer, and the values are rather names */
#define DECADES         1000u /* of years of four digits */
#define VALUE_NONE      UINT32_MAX

void coverage_table_clear(struct coverage_table *table)
{
    subject_sample_clear(&table->shown);
    free(table->fields);
    *table = (struct coverage_table){0};
}

/* ---- which fields put subjects into groups ---- */

enum grouping {
    BY_NOTHING,
    BY_KEY,    /* one group a value */
    BY_DECADE, /* of a date */
    BY_BEING   /* whether anything is held at all */
};

/* Persons have names of persons: what is theirs is masked, and nobody is named as a group. */
static bool is_personal(const struct reg *reg, uint8_t kind)
{
    for (uint16_t i = 0; i < reg->field_count; i++) {
        const struct field *field = &reg->fields[i];

        if (field->kind == kind
            && (field->type == TYPE_FAMILY_NAME || field->type == TYPE_GIVEN_NAME))
            return true;
    }
    return false;
}

static enum grouping grouping_of(const struct reg *reg, const struct field *field)
{
    if (field->derived || field->periodic || field->fingerprints_only)
        return BY_NOTHING;
    if (field->type == TYPE_REF)
        return is_personal(reg, field->ref_kind) ? BY_NOTHING : BY_KEY;
    if (field->type == TYPE_DATE)
        return BY_DECADE;
    if (field->type != TYPE_CODE && field->type != TYPE_TEXT)
        return BY_NOTHING;
    return field->key_count >= 2 && field->key_count <= GROUP_KEYS_MAX
                   && field->key_count <= field->fact_count / FACTS_PER_GROUP
               ? BY_KEY
               : BY_NOTHING;
}

/* ---- counting ---- */

/* One field, or one behind a reference, of one kind. */
struct grouped {
    const struct reg *reg;
    struct target target;
    enum grouping grouping;
    size_t group_count;
    uint64_t *shown, *held;       /* subjects by group; owned */
    uint32_t *value;              /* by group: one that is of it, or VALUE_NONE; owned */
    uint64_t shown_any, held_any; /* subjects that are of some group */
    int32_t held_at;              /* the moment that `held` is of, */
    bool held_known;              /* if it is of any */
    struct held_list list;
    uint64_t tests; /* of all fields and tables */
};

static void grouped_clear(struct grouped *grouped)
{
    free(grouped->shown);
    free(grouped->held);
    free(grouped->value);
    grouped->shown = grouped->held = NULL;
    grouped->value = NULL;
}

static int grouped_init(struct grouped *grouped, struct tq_error *err)
{
    const struct field *field = &grouped->reg->fields[grouped->target.field];
    size_t count = 1;

    if (grouped->grouping == BY_KEY)
        count = field->key_count;
    if (grouped->grouping == BY_DECADE)
        count = DECADES;
    grouped->group_count = count;
    grouped->held_known = false;
    grouped->shown = alloc_zeroed(count + 1, sizeof(*grouped->shown));
    grouped->held = alloc_zeroed(count + 1, sizeof(*grouped->held));
    grouped->value = alloc_zeroed(count + 1, sizeof(*grouped->value));
    if (!grouped->shown || !grouped->held || !grouped->value)
        return tq_no_memory(err);
    memset(grouped->value, 0xff, count * sizeof(*grouped->value));
    return TQ_OK;
}

/* "1984-05-06" is of decade 198. */
static size_t decade_of(const struct field *field, uint32_t value)
{
    struct slice text = field_value_text(field, value);
    size_t decade = 0;

    if (text.length < 4)
        return DECADES;
    for (size_t i = 0; i < 3; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return DECADES;
        decade = decade * 10 + (size_t)(text.data[i] - '0');
    }
    return decade;
}

static size_t group_of(const struct grouped *grouped, const struct held *held)
{
    if (grouped->grouping == BY_DECADE)
        return decade_of(&grouped->reg->fields[grouped->target.field], held->value);
    return grouped->grouping == BY_KEY ? held->key : 0;
}

/* Two spellings of one value count once. */
static bool is_counted(const struct grouped *grouped, size_t number, size_t group)
{
    for (size_t i = 0; i < number; i++) {
        if (group_of(grouped, &grouped->list.items[i]) == group)
            return true;
    }
    return false;
}

static int count_sample(struct grouped *grouped, const struct subject_sample *sample, int32_t at,
                        uint64_t *counts, uint64_t *out_any, struct tq_error *err)
{
    memset(counts, 0, grouped->group_count * sizeof(*counts));
    *out_any = 0;
    for (size_t i = 0; i < sample->count; i++) {
        const struct held_list *list = &grouped->list;
        int r =
            held_at(grouped->reg, &grouped->target, sample->subjects[i], at, &grouped->list, err);

        if (r < 0)
            return r;
        *out_any += list->count > 0;
        for (size_t k = 0; k < list->count; k++) {
            size_t group = group_of(grouped, &list->items[k]);

            if (group >= grouped->group_count || is_counted(grouped, k, group))
                continue;
            counts[group]++;
            grouped->value[group] = list->items[k].value;
        }
    }
    return TQ_OK;
}

/* The tables of one kind that are of one moment share what the register held then. */
static int count_register(struct grouped *grouped, uint8_t kind, int32_t at, struct tq_error *err)
{
    struct subject_sample all = {0};
    int r = TQ_OK;

    if (grouped->held_known && grouped->held_at == at)
        return TQ_OK;
    r = subject_sample_all(grouped->reg->kinds[kind].subject_count, &all, err);
    if (r < 0)
        return r;
    r = count_sample(grouped, &all, at, grouped->held, &grouped->held_any, err);
    if (grouped->grouping == BY_BEING)
        grouped->held_any = all.count;
    grouped->held_at = at;
    grouped->held_known = r == TQ_OK;
    subject_sample_clear(&all);
    return r;
}

/* ---- comparing ---- */

struct group_finding {
    size_t group;
    double effect;
};

static struct failures shown_share(const struct grouped *grouped, size_t group)
{
    return (struct failures){grouped->shown_any, grouped->shown[group], grouped->shown_any};
}

static struct failures held_share(const struct grouped *grouped, size_t group)
{
    return (struct failures){grouped->held_any, grouped->held[group], grouped->held_any};
}

static bool is_testable(const struct grouped *grouped, size_t group)
{
    double expected =
        (double)grouped->held[group] * (double)grouped->shown_any / (double)grouped->held_any;

    if (grouped->grouping == BY_BEING
        && (double)grouped->held[group] >= HELD_BY_ALL * (double)grouped->held_any)
        return false;
    return grouped->shown[group] >= COVERAGE_LEAST || expected >= COVERAGE_LEAST;
}

/* Insert among those of the largest effects, largest first; of equal ones the earlier group. */
static void add_finding(struct group_finding *best, size_t *count, struct group_finding finding)
{
    size_t at = *count;

    while (at > 0 && fabs(best[at - 1].effect) < fabs(finding.effect))
        at--;
    if (at == TOLD_MOST)
        return;
    if (*count < TOLD_MOST)
        ++*count;
    memmove(&best[at + 1], &best[at], (*count - at - 1) * sizeof(*best));
    best[at] = finding;
}

static bool is_chosen(const struct grouped *grouped, size_t group)
{
    struct failures shown = shown_share(grouped, group), held = held_share(grouped, group);

    return failures_share(&shown) >= FILTER_SHOWN && failures_share(&held) <= FILTER_HELD;
}

/* Where one group has been chosen, that the others are missing says nothing more. */
static size_t leave_the_chosen(const struct grouped *grouped, struct group_finding *best,
                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_chosen(grouped, best[i].group)) {
            best[0] = best[i];
            return 1;
        }
    }
    return count;
}

static size_t find_groups(struct grouped *grouped, struct group_finding *best)
{
    size_t count = 0;

    if (grouped->shown_any < COVERAGE_LEAST || grouped->held_any < COVERAGE_LEAST)
        return 0;
    for (size_t i = 0; i < grouped->group_count; i++) {
        struct failures shown = shown_share(grouped, i), held = held_share(grouped, i);
        struct group_finding finding = {.group = i, .effect = failures_effect(&shown, &held)};

        if (!is_testable(grouped, i))
            continue;
        grouped->tests++;
        if (fabs(finding.effect) >= EFFECT_MIN)
            add_finding(best, &count, finding);
    }
    return leave_the_chosen(grouped, best, count);
}

static void format_group(const struct grouped *grouped, size_t group, struct buf *out)
{
    const struct reg *reg = grouped->reg;
    const struct field *field = &reg->fields[grouped->target.field];
    uint32_t value = grouped->value[group];

    if (grouped->grouping == BY_BEING)
        buf_add_text(out, "(any)");
    else if (grouped->grouping == BY_DECADE)
        buf_format(out, "%03zu0..%03zu9", group, group);
    else if (value != VALUE_NONE)
        buf_add(out, field_value_text(field, value).data, field_value_text(field, value).length);
}

static int tell(const struct grouped *grouped, const struct coverage_table *table, size_t group,
                double effect, struct mosaic_list *list, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};
    struct failures shown = shown_share(grouped, group), held = held_share(grouped, group);
    struct target target = grouped->target;
    const struct field *field = &grouped->reg->fields[target.field];
    struct mosaic_row row = {.table = table->number,
                             .part = MOSAIC_COVERAGE,
                             .personal = grouped->grouping == BY_KEY && field->type != TYPE_REF
                                         && is_personal(grouped->reg, field->kind),
                             .rows = shown.failed,
                             .of = shown.facts,
                             .share = failures_share(&shown),
                             .held_share = failures_share(&held),
                             .effect = effect,
                             .chance = failures_chance(&shown, &held)};

    target.period_mode = PERIOD_NONE;
    target_format(grouped->reg, &target, &name);
    format_group(grouped, group, &detail);
    if (buf_check(&name, err) < 0 || buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    row.name = buf_slice(&name);
    row.detail = buf_slice(&detail);
    return mosaic_list_add(list, &row, err);
}

static int test_table(struct grouped *grouped, const struct coverage_table *table,
                      struct mosaic_list *list, struct tq_error *err)
{
    struct group_finding best[TOLD_MOST + 1];
    size_t count;
    int r = count_register(grouped, table->kind, table->at, err);

    if (r == TQ_OK)
        r = count_sample(grouped, &table->shown, table->at, grouped->shown, &grouped->shown_any,
                         err);
    if (r < 0)
        return r;
    if (grouped->grouping == BY_BEING)
        grouped->shown_any = table->shown.count;
    count = find_groups(grouped, best);
    for (size_t i = 0; i < count && r == TQ_OK; i++)
        r = tell(grouped, table, best[i].group, best[i].effect, list, err);
    return r;
}

/* ---- all fields, of all tables ---- */

struct testing {
    const struct reg *reg;
    const struct coverage_table *tables;
    size_t count;
    struct mosaic_list *list;
    struct grouped grouped;
};

static bool is_of(const struct testing *testing, const struct coverage_table *table, uint8_t kind)
{
    return table->kind == kind && table->shown.count >= COVERAGE_LEAST
           && (testing->grouped.grouping != BY_BEING
               || table->fields[testing->grouped.target.field]);
}

static bool is_wanted(const struct testing *testing, uint8_t kind)
{
    for (size_t i = 0; i < testing->count; i++) {
        if (is_of(testing, &testing->tables[i], kind))
            return true;
    }
    return false;
}

static int test_loaded(struct testing *testing, uint8_t kind, struct tq_error *err)
{
    int r = grouped_init(&testing->grouped, err);

    for (size_t i = 0; i < testing->count && r == TQ_OK; i++) {
        if (is_of(testing, &testing->tables[i], kind))
            r = test_table(&testing->grouped, &testing->tables[i], testing->list, err);
    }
    grouped_clear(&testing->grouped);
    return r;
}

/* Only the reference that other fields are asked through stays. */
static void give_back(const struct reg *reg, uint16_t kept)
{
    bool wanted[REGISTER_FIELDS_MAX] = {false};

    if (kept != FIELD_NONE)
        wanted[kept] = true;
    reg_keep(reg, wanted);
}

static int test_field(struct testing *testing, uint8_t kind, uint16_t number, uint16_t through,
                      enum grouping grouping, struct tq_error *err)
{
    int r;

    testing->grouped.target = held_at_target(number, through);
    testing->grouped.grouping = grouping;
    if (grouping == BY_NOTHING || !is_wanted(testing, kind))
        return TQ_OK;
    r = reg_load_field(testing->reg, number, FIELD_HELD | FIELD_TIMES, err);
    if (r == TQ_OK && through != FIELD_NONE)
        r = reg_load_field(testing->reg, through, FIELD_HELD | FIELD_TIMES, err);
    if (r == TQ_OK)
        r = test_loaded(testing, kind, err);
    give_back(testing->reg, through);
    return r;
}

static int test_behind(struct testing *testing, uint16_t through, struct tq_error *err)
{
    const struct reg *reg = testing->reg;
    const struct field *reference = &reg->fields[through];
    int r = TQ_OK;

    for (uint16_t i = 0; i < reg->field_count && r == TQ_OK; i++) {
        if (reg->fields[i].kind == reference->ref_kind && reg->fields[i].type != TYPE_REF)
            r = test_field(testing, reference->kind, i, through, grouping_of(reg, &reg->fields[i]),
                           err);
    }
    return r;
}

static int test_all(struct testing *testing, struct tq_error *err)
{
    const struct reg *reg = testing->reg;
    int r = TQ_OK;

    for (uint16_t i = 0; i < reg->field_count && r == TQ_OK; i++) {
        const struct field *field = &reg->fields[i];
        enum grouping grouping = grouping_of(reg, field);

        r = test_field(testing, field->kind, i, FIELD_NONE, grouping, err);
        if (r == TQ_OK && !field->derived && !field->periodic)
            r = test_field(testing, field->kind, i, FIELD_NONE, BY_BEING, err);
        if (r == TQ_OK && field->type == TYPE_REF && grouping == BY_KEY)
            r = test_behind(testing, i, err);
    }
    return r;
}

/* What was tested before: ranges of months. */
static uint64_t count_coverage(const struct mosaic_list *list)
{
    uint64_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].row.part == MOSAIC_COVERAGE;
    return count;
}

/* Bonferroni, for all groups that were compared: only the largest effects are told. */
static void settle(struct mosaic_list *list, uint64_t tests)
{
    for (size_t i = 0; i < list->count; i++) {
        struct mosaic_row *row = &list->items[i].row;

        if (row->part != MOSAIC_COVERAGE)
            continue;
        row->chance = fmin(1, row->chance * (double)tests);
        row->lead = row->chance < CHANCE_MAX && fabs(row->effect) >= EFFECT_MIN;
        if (row->lead && row->share >= FILTER_SHOWN && row->held_share <= FILTER_HELD)
            row->part = MOSAIC_FILTER;
    }
}

int coverage_test(const struct reg *reg, const struct coverage_table *tables, size_t count,
                  struct mosaic_list *list, struct tq_error *err)
{
    struct testing testing = {
        .reg = reg, .tables = tables, .count = count, .list = list, .grouped = {.reg = reg}};
    uint64_t periods = count_coverage(list);
    int r = reg->fingerprints_only ? TQ_OK : test_all(&testing, err);

    held_list_clear(&testing.grouped.list);
    grouped_clear(&testing.grouped);
    if (r == TQ_OK)
        settle(list, testing.grouped.tests + periods);
    return r;
}
