/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "mosaic/coverage.h"
#include "toy_register.h"

#define PERSONS 600u

/* City and birth go by the number; every third person has an e-mail address, every tenth works for
 * employer E1, the others for one of nine,
 * and ten more employ nobody. Subjects are in bytewise order of keys, so those have
 * one width. */
static struct reg *make_register(void)
{
    struct buf text = {0};
    struct reg *reg;

    buf_add_text(&text, "kind person\n"
                        "field person family_name family-name identity\n"
                        "field person city text location\n"
                        "field person birth date identity\n"
                        "field person email email contact\n"
                        "field person employer ref employment to=employer\n"
                        "kind employer\nfield employer branch code employment\n");
    for (unsigned i = 0; i < 20; i++)
        buf_format(&text, "E%u | branch | %s\n", i, i < 5 ? "A" : "B");
    buf_add_text(&text, "kind person\n");
    for (unsigned i = 0; i < PERSONS; i++) {
        buf_format(&text, "%04u | family_name | NAME%c\n%04u | city | CITY%u\n", i,
                   (int)('A' + i % 20), i, i % 5);
        buf_format(&text, "%04u | birth | %u-01-01\n%04u | employer | E%u\n", i, 1950 + i % 50, i,
                   i % 10);
        if (i % 3 == 0)
            buf_format(&text, "%04u | email | m%u@example.org\n", i, i);
    }
    assert_int_equal(text.failed, TQ_OK);
    reg = toy_register(text.data);
    buf_clear(&text);
    return reg;
}

/* A table of every subject for which number % step is `rest`. */
static struct coverage_table make_table(const struct reg *reg, unsigned step, unsigned rest)
{
    struct coverage_table table = {.number = 7, .at = toy_moment("2024-01-01")};

    table.kind = reg_find_kind(reg, SLICE_LITERAL("person"));
    table.shown.subjects = alloc_zeroed(PERSONS, sizeof(uint32_t));
    table.fields = alloc_zeroed(reg->field_count, sizeof(bool));
    assert_non_null(table.shown.subjects);
    assert_non_null(table.fields);
    for (unsigned i = rest; i < PERSONS; i += step)
        table.shown.subjects[table.shown.count++] = i;
    table.shown.total = table.shown.count;
    table.fields[toy_field(reg, "person", "email")] = true;
    return table;
}

static const struct mosaic_row *find(const struct mosaic_list *list, enum mosaic_part part,
                                     const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].row.part == part && slice_is(list->items[i].row.name, name))
            return &list->items[i].row;
    }
    return NULL;
}

static void cover(const struct reg *reg, struct coverage_table *table, struct mosaic_list *list)
{
    struct tq_error err;

    assert_int_equal(coverage_test(reg, table, 1, list, &err), TQ_OK);
    coverage_table_clear(table);
}

static void a_part_of_the_register_is_told_by_what_it_shares(void **state)
{
    struct reg *reg = make_register();
    struct coverage_table table = make_table(reg, 5, 2);
    struct mosaic_list list = {0};
    const struct mosaic_row *row;

    (void)state;
    cover(reg, &table, &list);
    row = find(&list, MOSAIC_FILTER, "city");
    assert_non_null(row);
    assert_true(slice_is(row->detail, "CITY2") && row->personal && row->lead && row->table == 7);
    assert_int_equal(row->rows, 120);
    assert_int_equal(row->of, 120);
    assert_true(row->held_share > .19 && row->held_share < .21 && row->chance < 1e-6);
    mosaic_list_clear(&list);
    reg = reg_free(reg);
}

static void an_institution_is_named(void **state)
{
    struct reg *reg = make_register();
    struct coverage_table table = make_table(reg, 10, 3);
    struct mosaic_list list = {0};
    const struct mosaic_row *row;

    (void)state;
    cover(reg, &table, &list);
    row = find(&list, MOSAIC_FILTER, "employer");
    assert_non_null(row);
    assert_true(slice_is(row->detail, "E3") && !row->personal);
    row = find(&list, MOSAIC_FILTER, "employer>branch");
    assert_non_null(row);
    assert_true(slice_is(row->detail, "A") && !row->personal);
    mosaic_list_clear(&list);
    reg = reg_free(reg);
}

static void holding_a_value_at_all_may_be_the_choice(void **state)
{
    struct reg *reg = make_register();
    struct coverage_table table = make_table(reg, 3, 0);
    struct mosaic_list list = {0};
    const struct mosaic_row *row;

    (void)state;
    cover(reg, &table, &list);
    row = find(&list, MOSAIC_FILTER, "email");
    assert_non_null(row);
    assert_true(slice_is(row->detail, "(any)") && !row->personal);
    assert_null(find(&list, MOSAIC_FILTER, "city"));
    mosaic_list_clear(&list);
    reg = reg_free(reg);
}

static void births_are_told_by_decade(void **state)
{
    struct reg *reg = make_register();
    struct coverage_table table = make_table(reg, 50, 4);
    struct mosaic_list list = {0};
    const struct mosaic_row *row;

    (void)state;
    cover(reg, &table, &list);
    row = find(&list, MOSAIC_FILTER, "birth");
    assert_non_null(row);
    assert_true(slice_is(row->detail, "1950..1959") && !row->personal);
    mosaic_list_clear(&list);
    reg = reg_free(reg);
}

/* Every seventh person: cities, employers and births as in the register. */
static void a_fair_sample_has_no_lead(void **state)
{
    struct reg *reg = make_register();
    struct mosaic_list list = {0};

    (void)state;
    for (unsigned rest = 0; rest < 7; rest++) {
        struct coverage_table table = make_table(reg, 7, rest);

        cover(reg, &table, &list);
    }
    for (size_t i = 0; i < list.count; i++)
        assert_false(list.items[i].row.lead);
    mosaic_list_clear(&list);
    reg = reg_free(reg);
}

static void few_subjects_are_not_compared(void **state)
{
    struct reg *reg = make_register();
    struct coverage_table table = make_table(reg, 100, 1);
    struct mosaic_list list = {0};

    (void)state;
    cover(reg, &table, &list);
    assert_int_equal(list.count, 0);
    reg = reg_free(reg);
}

/* The largest effects are told, largest first, and no more than a few. */
static void only_the_largest_differences_are_told(void **state)
{
    struct reg *reg = make_register();
    struct coverage_table table = make_table(reg, 1, 0);
    struct mosaic_list list = {0};
    size_t told = 0;
    double last = 4;

    (void)state;
    table.shown.count = 0; /* seven of ten employers are not there */
    for (uint32_t i = 0; i < PERSONS; i++) {
        if (i % 10 < 3)
            table.shown.subjects[table.shown.count++] = i;
    }
    cover(reg, &table, &list);
    for (size_t i = 0; i < list.count; i++) {
        double effect = list.items[i].row.effect;

        if (!slice_is(list.items[i].row.name, "employer"))
            continue;
        told++;
        effect = effect < 0 ? -effect : effect;
        assert_true(effect <= last);
        last = effect;
    }
    assert_int_equal(told, 5);
    mosaic_list_clear(&list);
    reg = reg_free(reg);
}

static void running_out_of_memory_is_told(void **state)
{
    struct reg *reg = make_register();
    struct coverage_table table = make_table(reg, 5, 2);
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct mosaic_list list = {0};

        alloc_fail_nth(nth);
        r = coverage_test(reg, &table, 1, &list, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        mosaic_list_clear(&list);
    }
    coverage_table_clear(&table);
    reg = reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_of_the_register_is_told_by_what_it_shares),
        cmocka_unit_test(an_institution_is_named),
        cmocka_unit_test(holding_a_value_at_all_may_be_the_choice),
        cmocka_unit_test(births_are_told_by_decade),
        cmocka_unit_test(a_fair_sample_has_no_lead),
        cmocka_unit_test(few_subjects_are_not_compared),
        cmocka_unit_test(only_the_largest_differences_are_told),
        cmocka_unit_test(running_out_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
