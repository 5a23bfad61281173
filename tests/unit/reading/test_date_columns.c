/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka needs the above first */
#include <cmocka.h>

#include "base/alloc.h"
#include "memory_table.h"
#include "reading/table_reading.h"
#include "toy_register.h"
#include "toy_world.h"

static struct toy_world *world;
static struct memory_table memory;
static struct reading reading;

static int set_up(void **state)
{
    (void)state;
    world = toy_world_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world = toy_world_free(world);
    return 0;
}

/* A table of these columns of the persons [0, count). */
static void make_table(const char *const *columns, size_t column_count, int count)
{
    memory_table_init(&memory, (uint32_t)column_count);
    for (int i = 0; i < count; i++) {
        struct buf row = {0};

        for (size_t c = 0; c < column_count; c++) {
            if (c > 0)
                buf_add_byte(&row, '|');
            if (strcmp(columns[c], "#small") == 0)
                buf_format(&row, "%d", i * 7 % 12 + 1);
            else
                toy_person_cell(world, i, i, columns[c], &row);
        }
        memory_table_row(&memory, 0, (uint32_t)i + 1, row.data);
        buf_clear(&row);
    }
}

static void read_table(void)
{
    struct batch_source source = memory_table_source(&memory);
    struct tq_error err = {0};

    assert_int_equal(table_reading_find(world->reg, &memory.table, &source, &reading, &err), TQ_OK);
}

static void close_table(void)
{
    reading_clear(&reading);
    memory_table_clear(&memory);
}

/* Behind the table's columns one date is read, of these; they are not read by themselves. */
static void assert_birth_date(uint32_t own, uint16_t year, uint16_t month, uint16_t day)
{
    const struct column_reading *date = &reading.columns[own];

    assert_int_equal(reading.column_count, own + 1);
    assert_int_equal(reading.date_count, 1);
    assert_int_equal(date->status, READING_FULL);
    assert_int_equal(date->interpretation, AS_YMD);
    assert_int_equal(date->target.field, toy_field(world->reg, "person", "birth_date"));
    assert_int_equal(date->parts.count, 3);
    assert_int_equal(date->parts.columns[DATE_PART_YEAR], year);
    assert_int_equal(date->parts.columns[DATE_PART_MONTH], month);
    assert_int_equal(date->parts.columns[DATE_PART_DAY], day);
    assert_int_equal(column_source(date, own), year);
    assert_int_equal(reading.columns[year].status, READING_NONE);
    assert_int_equal(reading.columns[month].status, READING_NONE);
    assert_int_equal(reading.columns[day].status, READING_NONE);
}

static void three_columns_are_a_date(void **state)
{
    static const char *const columns[] = {"full:fg", "birth_date:year", "birth_date:month",
                                          "birth_date:day", "city"};

    (void)state;
    make_table(columns, 5, 300);
    read_table();
    assert_birth_date(5, 1, 2, 3);
    assert_true(reading.columns[5].agreed == reading.columns[5].compared);
    assert_true(reading.columns[5].filled == 1.);
    assert_int_equal(reading.columns[0].status, READING_FULL);
    assert_int_equal(reading.columns[4].status, READING_FULL);
    close_table();
}

static void they_need_not_be_neighbours_nor_in_order(void **state)
{
    static const char *const columns[] = {"birth_date:day",   "full:fg", "#small",       "city",
                                          "birth_date:month", "days@3",  "birth_date:yy"};

    (void)state;
    make_table(columns, 7, 300);
    read_table();
    assert_birth_date(7, 6, 4, 0);
    assert_int_equal(reading.columns[2].status, READING_NONE);
    close_table();
}

/* Names and dates alone: without the date nobody would be recognised. */
static void a_date_of_parts_names_subjects(void **state)
{
    static const char *const columns[] = {"family_name", "birth_date:year", "birth_date:month",
                                          "birth_date:day"};

    (void)state;
    make_table(columns, 4, 300);
    read_table();
    assert_birth_date(4, 1, 2, 3);
    assert_true(reading.sample_linked > 250);
    close_table();
}

static void a_year_and_a_month_are_a_date_without_its_day(void **state)
{
    static const char *const columns[] = {"family_name", "birth_date:month", "given_name",
                                          "birth_date:year", "#small"};
    const struct column_reading *date;

    (void)state;
    make_table(columns, 5, 300);
    read_table();
    date = &reading.columns[5];
    assert_int_equal(reading.date_count, 1);
    assert_int_equal(date->status, READING_FULL);
    assert_int_equal(date->interpretation, AS_YM);
    assert_int_equal(date->target.field, toy_field(world->reg, "person", "birth_date"));
    assert_int_equal(date->parts.count, 2);
    assert_int_equal(column_source(date, 5), 3);
    assert_int_equal(reading.columns[1].status, READING_NONE);
    assert_int_equal(reading.columns[3].status, READING_NONE);
    close_table();
}

static void small_numbers_that_are_no_date_are_none(void **state)
{
    static const char *const columns[] = {"registration_no", "full:fg",         "days@2",
                                          "#small",          "birth_date:year", "days@4"};

    (void)state;
    make_table(columns, 6, 300);
    read_table();
    assert_int_equal(reading.column_count, 6);
    assert_int_equal(reading.date_count, 0);
    assert_int_equal(reading.columns[4].interpretation, AS_YEAR);
    assert_int_equal(reading.columns[4].status, READING_FULL);
    close_table();
}

static void a_year_and_a_month_name_the_period_of_a_row(void **state)
{
    (void)state;
    memory_table_init(&memory, 4);
    for (int i = 0; i < 150; i++) {
        for (int m = 0; m < TOY_MONTHS; m++) {
            const struct toy_person *p = &world->persons[i];
            char row[96];

            (void)snprintf(row, sizeof(row), "%s|2024|%d|%d.%02d", p->registration, m + 1,
                           p->cents[m] / 100, p->cents[m] % 100);
            memory_table_row(&memory, 0, (uint32_t)(i * TOY_MONTHS + m) + 1, row);
        }
    }
    read_table();
    assert_int_equal(reading.month_column, 4);
    assert_int_equal(reading.month_interpretation, AS_YM);
    assert_int_equal(reading.columns[4].role, ROLE_MONTH);
    assert_int_equal(reading.columns[4].parts.count, 2);
    assert_int_equal(reading.columns[3].status, READING_FULL);
    assert_int_equal(reading.columns[3].target.period_mode, PERIOD_ROW);
    close_table();
}

/* What column_cell() and reading_month_cell() say of a batch. */
static void cells_of_a_date_are_joined(void **state)
{
    static const char *const columns[] = {"full:fg", "birth_date:year", "birth_date:month",
                                          "birth_date:day"};
    struct batch_source source;
    struct joined_cells joined = {0};
    const struct batch *loaded;
    struct batch batch;
    struct tq_error err = {0};
    void *scratch;
    char expected[16];

    (void)state;
    make_table(columns, 4, 300);
    read_table();
    source = memory_table_source(&memory);
    scratch = source.scratch_new(source.state);
    assert_int_equal(source.load(source.state, 0, scratch, &loaded, &err), TQ_OK);
    batch = *loaded;
    alloc_fail_nth(1);
    assert_int_equal(reading_join_dates(&reading, &batch, &joined, &err), TQ_E_NOMEM);
    alloc_fail_nth(2);
    assert_int_equal(reading_join_dates(&reading, &batch, &joined, &err), TQ_E_NOMEM);
    alloc_fail_nth(0);
    assert_null(batch.joined);
    assert_int_equal(reading_join_dates(&reading, &batch, &joined, &err), TQ_OK);
    for (uint32_t row = 0; row < batch.row_count; row++) {
        const struct toy_person *p = &world->persons[row];

        (void)snprintf(expected, sizeof(expected), "%04u-%02u-%02u", (unsigned)p->year % 10000,
                       (unsigned)p->month % 100, (unsigned)p->day % 100);
        assert_true(slice_is(column_cell(&reading.columns[4], &batch, row, 4), expected));
    }
    joined_cells_clear(&joined);
    source.scratch_free(scratch);
    close_table();
}

static void running_out_of_memory_is_reported(void **state)
{
    static const char *const columns[] = {"full:fg", "birth_date:year", "birth_date:month",
                                          "birth_date:day", "initial family"};
    struct batch_source source;
    unsigned failures = 0;
    int r = TQ_E_NOMEM;

    (void)state;
    make_table(columns, 5, 60);
    source = memory_table_source(&memory);
    for (unsigned n = 1; r != TQ_OK; n += 1 + n / 60) {
        struct tq_error err = {0};

        alloc_fail_nth(n);
        r = table_reading_find(world->reg, &memory.table, &source, &reading, &err);
        alloc_fail_nth(0);
        failures += r == TQ_E_NOMEM;
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
    }
    assert_true(failures > 20);
    assert_int_equal(reading.date_count, 1);
    close_table();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_columns_are_a_date),
        cmocka_unit_test(they_need_not_be_neighbours_nor_in_order),
        cmocka_unit_test(a_date_of_parts_names_subjects),
        cmocka_unit_test(a_year_and_a_month_are_a_date_without_its_day),
        cmocka_unit_test(small_numbers_that_are_no_date_are_none),
        cmocka_unit_test(a_year_and_a_month_name_the_period_of_a_row),
        cmocka_unit_test(cells_of_a_date_are_joined),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
