/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "mosaic/source_rows.h"
#include "toy_register.h"

/* Two kinds; person 3 has no phone, person 4 no employer. */
static const char text[] = "kind person\n"
                           "field person number id identity\n"
                           "field person family_name family-name identity\n"
                           "field person given_name given-name identity\n"
                           "field person phone phone contact\n"
                           "field person employer ref employment to=employer\n"
                           "field person job text employment\n"
                           "kind employer\n"
                           "field employer employer_no id identity\n"
                           "field employer name text identity\n"
                           "E1 | employer_no | E1\n"
                           "E1 | name | ATLAS\n"
                           "kind person\n"
                           "1 | number | 1\n1 | family_name | RAMI\n1 | given_name | Sara\n"
                           "1 | phone | 0612345678\n1 | employer | E1\n"
                           "2 | number | 2\n2 | family_name | NAJI\n2 | given_name | Omar\n"
                           "2 | phone | 0612345679\n2 | employer | E1\n"
                           "3 | number | 3\n3 | family_name | SAID\n3 | given_name | Ali\n"
                           "3 | employer | E1\n"
                           "4 | number | 4\n4 | family_name | BADI\n4 | given_name | Aya\n"
                           "4 | phone | 0612345670 | known 2021-01-01..2022-01-01\n";

#define TABLES_MAX 20

struct fixture {
    struct reg *reg;
    struct reg_table tables[TABLES_MAX];
    uint16_t fields[TABLES_MAX][4];
    struct reading reading;
    struct mosaic_sources sources;
};

/* A table of the register with up to four fields; NULL ends them. */
static void add_table(struct fixture *fixture, const char *kind, const char *name,
                      const char *const *fields)
{
    unsigned number = fixture->reg->table_count++;
    struct reg_table *table = &fixture->tables[number];
    const char *key = strcmp(kind, "person") == 0 ? "number" : "employer_no";

    *table = (struct reg_table){.name = name,
                                .key = "id",
                                .kind = reg_find_kind(fixture->reg, slice_of(kind)),
                                .key_field = toy_field(fixture->reg, kind, key),
                                .fields = fixture->fields[number]};
    for (; fields[table->field_count]; table->field_count++)
        fixture->fields[number][table->field_count] =
            toy_field(fixture->reg, kind, fields[table->field_count]);
    fixture->reg->tables = fixture->tables;
}

#define ADD_TABLE(fixture, kind, name, ...) \
    add_table(fixture, kind, name, (const char *const[]){__VA_ARGS__, NULL})

static void start(struct fixture *fixture, uint32_t columns)
{
    struct tq_error err;

    *fixture = (struct fixture){.reg = toy_register(text)};
    assert_int_equal(reading_init(&fixture->reading, columns, &err), TQ_OK);
    fixture->reading.kind = reg_find_kind(fixture->reg, SLICE_LITERAL("person"));
}

static void read_column(struct fixture *fixture, uint32_t column, const char *through,
                        const char *field)
{
    fixture->reading.columns[column].status = READING_FULL;
    fixture->reading.columns[column].target = toy_target(fixture->reg, "person", through, field);
}

static void find(struct fixture *fixture)
{
    struct tq_error err;

    assert_int_equal(mosaic_sources_find(fixture->reg, &fixture->reading, &fixture->sources, &err),
                     TQ_OK);
}

static void assert_sources(const struct fixture *fixture, const char *names)
{
    struct buf got = {0};

    buf_add_text(&got, "");
    for (unsigned i = 0; i < fixture->sources.count; i++)
        buf_format(&got, i ? " %s" : "%s", fixture->reg->tables[fixture->sources.tables[i]].name);
    assert_string_equal(got.data, names);
    buf_clear(&got);
}

static void end(struct fixture *fixture)
{
    mosaic_sources_clear(&fixture->sources);
    reading_clear(&fixture->reading);
    fixture->reg = reg_free(fixture->reg);
}

static void a_column_takes_the_only_table_that_has_it(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, 3);
    ADD_TABLE(&fixture, "person", "contact", "phone");
    ADD_TABLE(&fixture, "person", "insured", "number", "family_name", "given_name");
    read_column(&fixture, 0, NULL, "number");
    read_column(&fixture, 1, NULL, "phone");
    find(&fixture);
    assert_sources(&fixture, "contact"); /* its key is the number */
    assert_true(mosaic_is_explained(&fixture.sources, 0));
    assert_true(mosaic_is_explained(&fixture.sources, 1));
    assert_false(mosaic_is_explained(&fixture.sources, 2));
    assert_int_equal(fixture.sources.alternatives, 1);
    end(&fixture);
}

static void a_full_name_needs_the_names(void **state)
{
    struct fixture fixture;
    uint16_t full;

    (void)state;
    start(&fixture, 1);
    ADD_TABLE(&fixture, "person", "families", "family_name");
    ADD_TABLE(&fixture, "person", "givens", "given_name");
    ADD_TABLE(&fixture, "person", "contact", "phone");
    full = fixture.reg->kinds[fixture.reading.kind].full_name;
    assert_int_not_equal(full, FIELD_NONE);
    fixture.reading.columns[0].status = READING_FULL;
    fixture.reading.columns[0].target = (struct target){.field = full, .through = FIELD_NONE};
    find(&fixture);
    assert_sources(&fixture, "families givens");
    end(&fixture);
}

static void a_reference_joins(void **state)
{
    struct fixture fixture;
    struct buf join = {0};

    (void)state;
    start(&fixture, 2);
    ADD_TABLE(&fixture, "employer", "employers", "employer_no", "name");
    ADD_TABLE(&fixture, "person", "insured", "number");
    ADD_TABLE(&fixture, "person", "jobs", "employer", "job");
    read_column(&fixture, 0, "employer", "name");
    find(&fixture);
    assert_sources(&fixture, "jobs employers");
    mosaic_join_format(&fixture.sources, 1, &fixture.reading, &join);
    assert_string_equal(join.data, "jobs.employer = employers.id");
    end(&fixture);
    buf_clear(&join);

    start(&fixture, 1); /* what the other table is keyed by, the reference shows itself */
    ADD_TABLE(&fixture, "employer", "employers", "employer_no", "name");
    ADD_TABLE(&fixture, "person", "jobs", "employer", "job");
    read_column(&fixture, 0, "employer", "employer_no");
    find(&fixture);
    assert_sources(&fixture, "jobs");
    end(&fixture);
}

static void the_smallest_set_is_found(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, 4);
    ADD_TABLE(&fixture, "person", "a", "phone", "family_name", "given_name");
    ADD_TABLE(&fixture, "person", "b", "phone", "family_name");
    ADD_TABLE(&fixture, "person", "c", "given_name", "job");
    ADD_TABLE(&fixture, "person", "d", "job");
    read_column(&fixture, 0, NULL, "phone");
    read_column(&fixture, 1, NULL, "family_name");
    read_column(&fixture, 2, NULL, "given_name");
    read_column(&fixture, 3, NULL, "job");
    find(&fixture);
    assert_sources(&fixture, "a c"); /* as good as a and d, or b and c */
    assert_int_equal(fixture.sources.alternatives, 3);
    end(&fixture);
}

static void many_choices_are_taken_one_by_one(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, 2);
    for (unsigned i = 0; i < 15; i++)
        ADD_TABLE(&fixture, "person", "copy", "phone");
    ADD_TABLE(&fixture, "person", "all", "phone", "job");
    ADD_TABLE(&fixture, "person", "jobs", "job");
    read_column(&fixture, 0, NULL, "phone");
    read_column(&fixture, 1, NULL, "job");
    find(&fixture);
    assert_sources(&fixture, "all");
    end(&fixture);
}

static void rows_are_counted_at_a_moment(void **state)
{
    struct fixture fixture;
    struct subject_sample sample = {0};
    struct source_rows rows;
    struct tq_error err;

    (void)state;
    start(&fixture, 3);
    ADD_TABLE(&fixture, "person", "insured", "number");
    ADD_TABLE(&fixture, "person", "contact", "phone");
    ADD_TABLE(&fixture, "person", "jobs", "employer");
    ADD_TABLE(&fixture, "employer", "employers", "employer_no", "name");
    read_column(&fixture, 1, NULL, "phone");
    read_column(&fixture, 2, "employer", "name");
    find(&fixture);
    assert_sources(&fixture, "contact jobs employers");
    assert_int_equal(subject_sample_all(4, &sample, &err), TQ_OK);
    assert_int_equal(mosaic_source_rows(&fixture.sources, &fixture.reading, &sample,
                                        toy_moment("2021-06-01"), &rows, &err),
                     TQ_OK);
    assert_int_equal(rows.subjects, 4);
    assert_int_equal(rows.in_source[0], 3);
    assert_int_equal(rows.in_source[2], 3);
    assert_int_equal(rows.in_all, 2);
    assert_int_equal(mosaic_source_rows(&fixture.sources, &fixture.reading, &sample,
                                        toy_moment("2023-01-01"), &rows, &err),
                     TQ_OK);
    assert_int_equal(rows.in_source[0], 2); /* the fourth gave the phone up */
    subject_sample_clear(&sample);
    end(&fixture);
}

static void a_register_without_tables_explains_nothing(void **state)
{
    struct fixture fixture;

    (void)state;
    start(&fixture, 1);
    read_column(&fixture, 0, NULL, "phone");
    find(&fixture);
    assert_int_equal(fixture.sources.count, 0);
    assert_int_equal(fixture.sources.need_count, 0);
    end(&fixture);
}

static void running_out_of_memory_is_told(void **state)
{
    struct fixture fixture;
    struct subject_sample sample = {0};
    struct source_rows rows;
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    start(&fixture, 2);
    ADD_TABLE(&fixture, "person", "contact", "phone");
    ADD_TABLE(&fixture, "person", "jobs", "employer");
    read_column(&fixture, 0, NULL, "phone");
    read_column(&fixture, 1, NULL, "employer");
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        alloc_fail_nth(nth);
        r = mosaic_sources_find(fixture.reg, &fixture.reading, &fixture.sources, &err);
        if (r == TQ_OK)
            r = subject_sample_all(4, &sample, &err);
        if (r == TQ_OK)
            r = mosaic_source_rows(&fixture.sources, &fixture.reading, &sample, 0, &rows, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        subject_sample_clear(&sample);
    }
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_takes_the_only_table_that_has_it),
        cmocka_unit_test(a_full_name_needs_the_names),
        cmocka_unit_test(a_reference_joins),
        cmocka_unit_test(the_smallest_set_is_found),
        cmocka_unit_test(many_choices_are_taken_one_by_one),
        cmocka_unit_test(rows_are_counted_at_a_moment),
        cmocka_unit_test(a_register_without_tables_explains_nothing),
        cmocka_unit_test(running_out_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
