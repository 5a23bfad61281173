/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "mosaic/sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define CHOICES_MAX 12u /* tables between which there is a choice: 4,096 sets are tried */

void mosaic_sources_clear(struct mosaic_sources *sources)
{
    free(sources->needs);
    *sources = (struct mosaic_sources){0};
}

bool mosaic_table_holds(const struct reg_table *table, const struct reg *reg, uint16_t field)
{
    if (reg->fields[field].kind != table->kind)
        return false;
    if (table->key_field == field)
        return true;
    for (uint16_t i = 0; i < table->field_count; i++) {
        if (table->fields[i] == field)
            return true;
    }
    return false;
}

/* ---- what the columns need ---- */

static int add_need(struct mosaic_sources *sources, uint16_t field, uint16_t column,
                    struct tq_error *err)
{
    int r = alloc_reserve(&sources->needs, &sources->need_capacity, sources->need_count + 1,
                          sizeof(*sources->needs), err);

    if (r == TQ_OK)
        sources->needs[sources->need_count++] = (struct mosaic_need){field, column};
    return r;
}

static bool is_name(const struct field *field)
{
    return !field->derived && !field->periodic
           && (field->type == TYPE_FAMILY_NAME || field->type == TYPE_GIVEN_NAME);
}

/* A full name is in no table: it is made of the names. */
static int add_field(struct mosaic_sources *sources, uint16_t number, uint16_t column,
                     struct tq_error *err)
{
    const struct reg *reg = sources->reg;
    int r = TQ_OK;

    if (!reg->fields[number].derived)
        return add_need(sources, number, column, err);
    for (uint16_t i = 0; i < reg->field_count && r == TQ_OK; i++) {
        if (reg->fields[i].kind == reg->fields[number].kind && is_name(&reg->fields[i]))
            r = add_need(sources, i, column, err);
    }
    return r;
}

/* Whether the field is what tables of its kind are keyed by: a reference shows it already. */
static bool is_key(const struct reg *reg, uint16_t field)
{
    for (uint16_t i = 0; i < reg->table_count; i++) {
        if (reg->tables[i].key_field == field)
            return true;
    }
    return false;
}

static int add_column(struct mosaic_sources *sources, const struct column_reading *column,
                      uint16_t number, struct tq_error *err)
{
    const struct target *target = &column->target;
    int r = TQ_OK;

    if (column->status != READING_FULL || target->field == FIELD_NONE)
        return TQ_OK;
    if (target->through != FIELD_NONE) {
        r = add_need(sources, target->through, number, err);
        if (r < 0 || is_key(sources->reg, target->field))
            return r;
    }
    return r < 0 ? r : add_field(sources, target->field, number, err);
}

/* ---- the least set ---- */

/* A set of tables being looked for. */
struct choice {
    const struct mosaic_sources *sources;
    bool *taken;                  /* by table of the register; borrowed */
    uint16_t tables[CHOICES_MAX]; /* that may be added */
    unsigned count;
};

static unsigned count_holders(const struct reg *reg, uint16_t field, uint16_t *out_first)
{
    unsigned count = 0;

    for (uint16_t i = 0; i < reg->table_count; i++) {
        if (!mosaic_table_holds(&reg->tables[i], reg, field))
            continue;
        if (count++ == 0)
            *out_first = i;
    }
    return count;
}

/* Tables without which something stays unexplained. */
static void take_forced(const struct mosaic_sources *sources, bool *taken)
{
    for (size_t i = 0; i < sources->need_count; i++) {
        uint16_t table = 0;

        if (count_holders(sources->reg, sources->needs[i].field, &table) == 1)
            taken[table] = true;
    }
}

static bool is_met(const struct reg *reg, const bool *taken, uint16_t field)
{
    for (uint16_t i = 0; i < reg->table_count; i++) {
        if (taken[i] && mosaic_table_holds(&reg->tables[i], reg, field))
            return true;
    }
    return false;
}

/* Needs that a table would meet and that are not met. */
static unsigned count_gain(const struct mosaic_sources *sources, const bool *taken, uint16_t table)
{
    unsigned gain = 0;

    for (size_t i = 0; i < sources->need_count; i++) {
        uint16_t field = sources->needs[i].field;

        gain += mosaic_table_holds(&sources->reg->tables[table], sources->reg, field)
                && !is_met(sources->reg, taken, field);
    }
    return gain;
}

/* Needs met by a set of the choices beside what is taken. */
static unsigned count_met(struct choice *choice, unsigned set)
{
    const struct mosaic_sources *sources = choice->sources;
    unsigned met = 0;

    for (unsigned i = 0; i < choice->count; i++)
        choice->taken[choice->tables[i]] = set >> i & 1u;
    for (size_t i = 0; i < sources->need_count; i++)
        met += is_met(sources->reg, choice->taken, sources->needs[i].field);
    return met;
}

/* The smallest set that meets all that can be met; of equal ones the first in the order of the
 * description. Returns how many there are. */
static unsigned choose(struct choice *choice)
{
    unsigned sets = 1u << choice->count, best = sets - 1, found = 0;
    unsigned most = count_met(choice, best), least = (unsigned)__builtin_popcount(best) + 1;

    for (unsigned set = 0; set < sets; set++) {
        unsigned size = (unsigned)__builtin_popcount(set);

        if (size > least || count_met(choice, set) < most)
            continue;
        found = size < least ? 1 : found + 1;
        if (size < least)
            best = set;
        least = size;
    }
    (void)count_met(choice, best);
    return found;
}

/* More choices than can be tried: the most useful first. */
static void take_greedily(const struct mosaic_sources *sources, bool *taken)
{
    for (;;) {
        unsigned best_gain = 0;
        uint16_t best = 0;

        for (uint16_t i = 0; i < sources->reg->table_count; i++) {
            unsigned gain = taken[i] ? 0 : count_gain(sources, taken, i);

            if (gain > best_gain) {
                best_gain = gain;
                best = i;
            }
        }
        if (best_gain == 0)
            return;
        taken[best] = true;
    }
}

/* Tables that would meet something; false: too many. */
static bool find_choices(const struct mosaic_sources *sources, const bool *taken,
                         struct choice *choice)
{
    for (uint16_t i = 0; i < sources->reg->table_count; i++) {
        if (taken[i] || count_gain(sources, taken, i) == 0)
            continue;
        if (choice->count == CHOICES_MAX)
            return false;
        choice->tables[choice->count++] = i;
    }
    return true;
}

static void keep_taken(struct mosaic_sources *sources, const bool *taken)
{
    for (uint16_t i = 0; i < sources->reg->table_count; i++) {
        if (taken[i] && sources->count < MOSAIC_SOURCES_MAX)
            sources->tables[sources->count++] = i;
    }
}

/* The table that joins the others: of the kind of the records, the one that says its own key. */
static void put_base_first(struct mosaic_sources *sources)
{
    const struct reg *reg = sources->reg;
    unsigned base = sources->count;

    for (unsigned i = sources->count; i-- > 0;) {
        const struct reg_table *table = &reg->tables[sources->tables[i]];

        if (table->kind == sources->kind && (base == sources->count || !table->periodic))
            base = i;
    }
    for (; base > 0 && base < sources->count; base--) {
        uint16_t kept = sources->tables[base];

        sources->tables[base] = sources->tables[base - 1];
        sources->tables[base - 1] = kept;
    }
}

static int find_tables(struct mosaic_sources *sources, struct tq_error *err)
{
    bool *taken = alloc_zeroed(sources->reg->table_count + (size_t)1, sizeof(*taken));
    struct choice choice = {.sources = sources, .taken = taken};

    if (!taken)
        return tq_no_memory(err);
    take_forced(sources, taken);
    sources->alternatives = 1;
    if (find_choices(sources, taken, &choice))
        sources->alternatives = choose(&choice);
    else
        take_greedily(sources, taken);
    keep_taken(sources, taken);
    put_base_first(sources);
    free(taken);
    return TQ_OK;
}

int mosaic_sources_find(const struct reg *reg, const struct reading *reading,
                        struct mosaic_sources *out, struct tq_error *err)
{
    int r = TQ_OK;

    mosaic_sources_clear(out);
    out->reg = reg;
    out->kind = reading->kind;
    if (reg->table_count == 0 || reading->kind == KIND_NONE)
        return TQ_OK;
    for (uint32_t i = 0; i < reading->column_count && r == TQ_OK; i++)
        r = add_column(out, &reading->columns[i], (uint16_t)i, err);
    return r < 0 ? r : find_tables(out, err);
}

/* ---- questions ---- */

bool mosaic_source_explains(const struct mosaic_sources *sources, unsigned number, uint16_t column)
{
    const struct reg_table *table = &sources->reg->tables[sources->tables[number]];

    for (size_t i = 0; i < sources->need_count; i++) {
        if (sources->needs[i].column == column
            && mosaic_table_holds(table, sources->reg, sources->needs[i].field))
            return true;
    }
    return false;
}

static bool is_in_a_source(const struct mosaic_sources *sources, uint16_t field)
{
    for (unsigned i = 0; i < sources->count; i++) {
        if (mosaic_table_holds(&sources->reg->tables[sources->tables[i]], sources->reg, field))
            return true;
    }
    return false;
}

bool mosaic_is_explained(const struct mosaic_sources *sources, uint16_t column)
{
    bool needs_any = false;

    for (size_t i = 0; i < sources->need_count; i++) {
        if (sources->needs[i].column != column)
            continue;
        needs_any = true;
        if (!is_in_a_source(sources, sources->needs[i].field))
            return false;
    }
    return needs_any;
}

/* The reference by which the records' kind leads to another one, of the columns read. */
static uint16_t find_reference(const struct mosaic_sources *sources, const struct reading *reading,
                               uint8_t kind)
{
    for (uint32_t i = 0; i < reading->column_count; i++) {
        uint16_t through = reading->columns[i].target.through;

        if (reading->columns[i].status == READING_FULL && through != FIELD_NONE
            && sources->reg->fields[through].ref_kind == kind)
            return through;
    }
    return FIELD_NONE;
}

static const struct reg_table *find_holder(const struct mosaic_sources *sources, uint16_t field)
{
    for (unsigned i = 0; i < sources->count; i++) {
        const struct reg_table *table = &sources->reg->tables[sources->tables[i]];

        if (mosaic_table_holds(table, sources->reg, field))
            return table;
    }
    return NULL;
}

void mosaic_join_format(const struct mosaic_sources *sources, unsigned number,
                        const struct reading *reading, struct buf *out)
{
    const struct reg *reg = sources->reg;
    const struct reg_table *table = &reg->tables[sources->tables[number]];
    const struct reg_table *base = &reg->tables[sources->tables[0]], *holder = NULL;
    uint16_t reference = FIELD_NONE;

    if (table->kind != sources->kind) {
        reference = find_reference(sources, reading, table->kind);
        holder = reference == FIELD_NONE ? NULL : find_holder(sources, reference);
    }
    if (holder)
        buf_format(out, "%s.%s = ", holder->name, reg->fields[reference].name);
    else if (table->kind == sources->kind && number > 0)
        buf_format(out, "%s.%s = ", base->name, base->key);
    buf_format(out, "%s.%s", table->name, table->key);
}
