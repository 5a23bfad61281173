/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "mosaic/form.h"
#include "toy_register.h"

enum {
    ORDER,   /* rising numbers */
    NUMBER,  /* seven digits with zeros in front */
    NAME,    /* capitals, NULL for nothing */
    BIRTH,   /* 31/12/1999 */
    SALARY,  /* 1 234,50 */
    COMMENT, /* small letters between blanks */
    OFFICE,  /* the same in every row */
    COLUMNS
};

static const char text[] = "kind person\n"
                           "field person birth date identity\n"
                           "field person salary amount financial\n"
                           "1 | birth | 1999-12-31\n1 | salary | 1234.50\n";

struct fixture {
    struct reg *reg;
    struct table table;
    struct reading reading;
    struct batch_builder rows;
};

static void add_cell(struct fixture *fixture, const char *cell)
{
    struct tq_error err;

    assert_int_equal(batch_builder_cell(&fixture->rows, slice_of(cell), &err), TQ_OK);
}

static void add_row(struct fixture *fixture, unsigned i)
{
    struct tq_error err;
    char cell[64];

    (void)snprintf(cell, sizeof(cell), "%u", i + 8);
    add_cell(fixture, cell);
    (void)snprintf(cell, sizeof(cell), "%07u", i * 7919 % 5000);
    add_cell(fixture, cell);
    add_cell(fixture, i % 4 == 3 ? "NULL" : i % 2 ? "RAMI" : "EL ALAOUI");
    (void)snprintf(cell, sizeof(cell), "%02u/%02u/19%02u", i % 28 + 1, i % 12 + 1, 60 + i % 40);
    add_cell(fixture, cell);
    (void)snprintf(cell, sizeof(cell), "%u %03u,%02u", i % 9 + 1, i * 37 % 1000, i % 100);
    add_cell(fixture, cell);
    add_cell(fixture, i % 2 ? " none so far " : "");
    add_cell(fixture, "Agence 7");
    assert_int_equal(batch_builder_row(&fixture->rows, 1, i + 1, i + 2, 0, &err), TQ_OK);
}

static void start(struct fixture *fixture, unsigned rows)
{
    static const char *const headers[COLUMNS] = {"N",       "IMMAT", "NOM",   "Naissance",
                                                 "Salaire", "",      "OFFICE"};
    struct tq_error err;

    *fixture = (struct fixture){.reg = toy_register(text)};
    assert_int_equal(
        table_init(&fixture->table, SLICE_LITERAL("a.csv"), SLICE_LITERAL("csv"), COLUMNS, &err),
        TQ_OK);
    assert_int_equal(reading_init(&fixture->reading, COLUMNS, &err), TQ_OK);
    batch_builder_init(&fixture->rows, COLUMNS);
    for (uint32_t i = 0; i < COLUMNS; i++)
        assert_int_equal(table_set_header(&fixture->table, i, slice_of(headers[i]), &err), TQ_OK);
    for (unsigned i = 0; i < rows; i++)
        add_row(fixture, i);
    fixture->reading.columns[BIRTH].status = READING_FULL;
    fixture->reading.columns[BIRTH].target = toy_target(fixture->reg, "person", NULL, "birth");
    fixture->reading.columns[SALARY].status = READING_FULL;
    fixture->reading.columns[SALARY].target = toy_target(fixture->reg, "person", NULL, "salary");
}

static void end(struct fixture *fixture)
{
    batch_builder_clear(&fixture->rows);
    reading_clear(&fixture->reading);
    table_clear(&fixture->table);
    fixture->reg = reg_free(fixture->reg);
}

static int tell(struct fixture *fixture, struct mosaic_list *list, struct tq_error *err)
{
    struct form_tally *tally = NULL;
    int r = form_tally_new(COLUMNS, &tally, err);

    if (r < 0)
        return r;
    form_tally_add(tally, &fixture->rows.batch);
    r = form_tell(tally, &fixture->table, &fixture->reading, fixture->reg, 3, list, err);
    (void)form_tally_free(tally);
    return r;
}

/* The columns that have a form; "" if none has. */
static void assert_form(const struct mosaic_list *list, const char *name, const char *detail,
                        const char *columns)
{
    struct slice found = SLICE_LITERAL("");

    for (size_t i = 0; i < list->count; i++) {
        const struct mosaic_row *row = &list->items[i].row;

        if (slice_is(row->name, name) && slice_is(row->detail, detail))
            found = row->columns;
    }
    if (!slice_is(found, columns))
        fail_msg("%s %s: columns '%.*s', not '%s'", name, detail, (int)found.length, found.data,
                 columns);
}

static void forms_are_told_with_their_columns(void **state)
{
    struct fixture fixture;
    struct mosaic_list list = {0};
    struct tq_error err;

    (void)state;
    start(&fixture, 200);
    assert_int_equal(tell(&fixture, &list, &err), TQ_OK);
    assert_form(&list, "headers", "upper", "1;2;3;7");
    assert_form(&list, "headers", "mixed", "4;5");
    assert_form(&list, "order", "rising", "1");
    assert_form(&list, "order", "falling", "");
    assert_form(&list, "values", "as before", "7");
    assert_form(&list, "padding", "zeros to 7 digits", "2");
    assert_form(&list, "padding", "blanks", "6");
    assert_form(&list, "null", "NULL", "3");
    assert_form(&list, "letters", "upper", "3");
    assert_form(&list, "letters", "lower", "6");
    assert_form(&list, "date", "99/99/9999", "4");
    assert_form(&list, "decimal", "comma", "5");
    assert_form(&list, "decimal", "dot", "");
    assert_form(&list, "thousands", "set apart", "5");
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(list.items[i].row.part, MOSAIC_FORMAT);
        assert_int_equal(list.items[i].row.table, 3);
        assert_true(list.items[i].row.rows <= list.items[i].row.of);
        assert_false(list.items[i].row.personal || list.items[i].row.lead);
    }
    mosaic_list_clear(&list);
    end(&fixture);
}

/* No value of the evidence is told, only its shape: a table of one row tells hardly any. */
static void few_cells_tell_nothing_but_headers(void **state)
{
    struct fixture fixture;
    struct mosaic_list list = {0};
    struct tq_error err;

    (void)state;
    start(&fixture, 3);
    assert_int_equal(tell(&fixture, &list, &err), TQ_OK);
    assert_form(&list, "order", "rising", "");
    assert_form(&list, "date", "99/99/9999", "");
    assert_form(&list, "decimal", "comma", "");
    mosaic_list_clear(&list);
    end(&fixture);
}

static void a_cut_column_tells_its_width(void **state)
{
    struct fixture fixture;
    struct mosaic_list list = {0};
    struct tq_error err;

    (void)state;
    start(&fixture, 50);
    fixture.reading.columns[SALARY].interpretation = AS_CUT;
    fixture.reading.columns[SALARY].redaction =
        (struct redaction){.unit = REDACTION_CUT, .head = 20};
    assert_int_equal(tell(&fixture, &list, &err), TQ_OK);
    assert_form(&list, "cut", "20 characters", "5");
    mosaic_list_clear(&list);
    end(&fixture);
}

static void running_out_of_memory_is_told(void **state)
{
    struct fixture fixture;
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    start(&fixture, 50);
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct mosaic_list list = {0};

        alloc_fail_nth(nth);
        r = tell(&fixture, &list, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        mosaic_list_clear(&list);
    }
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_told_with_their_columns),
        cmocka_unit_test(few_cells_tell_nothing_but_headers),
        cmocka_unit_test(a_cut_column_tells_its_width),
        cmocka_unit_test(running_out_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
