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

#define COLUMNS_MAX 24

/* A column of a test table: what is in it, and what it must be read as ("-": nothing fully). */
struct column {
    const char *shows, *read_as;
    enum interpretation as;
};

struct fixture {
    struct toy_world *world;
    struct memory_table memory;
    struct reading reading;
    bool open;
};

static int set_up(void **state)
{
    struct fixture *fixture = alloc_zeroed(1, sizeof(*fixture));

    fixture->world = toy_world_new();
    *state = fixture;
    return 0;
}

static void close_table(struct fixture *fixture)
{
    if (!fixture->open)
        return;
    reading_clear(&fixture->reading);
    memory_table_clear(&fixture->memory);
    fixture->open = false;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    close_table(fixture);
    toy_world_free(fixture->world);
    free(fixture);
    return 0;
}

static void open_table(struct fixture *fixture, size_t columns)
{
    close_table(fixture);
    memory_table_init(&fixture->memory, (uint32_t)columns);
    fixture->open = true;
}

/* Add one row about `person`, with cells as the columns show them. */
static void add_person(struct fixture *fixture, const struct column *columns, size_t count,
                       int person, int row, uint32_t exhibit, uint32_t record)
{
    struct buf text = {0};

    for (size_t c = 0; c < count; c++) {
        if (c > 0)
            buf_add_byte(&text, '|');
        toy_person_cell(fixture->world, person, row, columns[c].shows, &text);
    }
    memory_table_row(&fixture->memory, exhibit, record, text.data);
    buf_clear(&text);
}

static void read_table(struct fixture *fixture)
{
    struct batch_source source = memory_table_source(&fixture->memory);
    struct tq_error err;
    int r = table_reading_find(fixture->world->reg, &fixture->memory.table, &source,
                               &fixture->reading, &err);

    assert_int_equal(r, TQ_OK);
}

static void assert_column(const struct fixture *fixture, uint32_t number,
                          const struct column *expected)
{
    const struct column_reading *column = &fixture->reading.columns[number];
    struct buf name = {0};

    if (column->status == READING_FULL)
        target_format(fixture->world->reg, &column->target, &name);
    if (strcmp(name.data ? name.data : "-", expected->read_as) != 0)
        print_error("column %u shows %s, is read as %s\n", number, expected->shows,
                    name.data ? name.data : "-");
    assert_string_equal(name.data ? name.data : "-", expected->read_as);
    if (column->status == READING_FULL)
        assert_string_equal(interpretation_name(column->interpretation),
                            interpretation_name(expected->as));
    buf_clear(&name);
}

static void assert_columns(const struct fixture *fixture, const struct column *columns,
                           size_t count)
{
    for (size_t c = 0; c < count; c++)
        assert_column(fixture, (uint32_t)c, &columns[c]);
}

/* A table of persons [first, end), read and compared with what is expected. */
static void check_persons(struct fixture *fixture, const struct column *columns, size_t count,
                          int first, int end)
{
    open_table(fixture, count);
    for (int i = first; i < end; i++)
        add_person(fixture, columns, count, i, i - first, 0, (uint32_t)(i - first + 1));
    read_table(fixture);
    assert_columns(fixture, columns, count);
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct column wide[] = {
    {"registration_no", "registration_no", AS_ID},
    {"national_id", "national_id", AS_ID},
    {"full:fg", "full_name", AS_TOKENS},
    {"birth_date:dmy", "birth_date", AS_DMY},
    {"phone:intl", "phone", AS_PHONE},
    {"address", "address", AS_TEXT},
    {"city", "city", AS_TEXT},
    {"account", "account", AS_ID},
    {"employer", "employer", AS_ID},
    {"employer>employer_name", "employer>employer_name", AS_TEXT},
    {"email", "email", AS_TEXT},
    {"sex:coded", "sex", AS_CODEBOOK},
    {"marital:coded", "marital", AS_CODEBOOK},
    {"salary:comma", "salary@2024-04", AS_COMMA},
    {"spouse>national_id", "spouse>national_id", AS_ID},
    {"#row", "-", AS_ID},
    {"#junk", "-", AS_ID},
};

static void every_column_of_a_headless_table_is_read(void **state)
{
    struct fixture *fixture = *state;

    check_persons(fixture, wide, COUNT(wide), 0, 400);
    assert_int_equal(fixture->reading.kind,
                     reg_find_kind(fixture->world->reg, SLICE_LITERAL("person")));
    assert_false(fixture->reading.repeated_subject);
    assert_false(fixture->reading.single_anchor);
    assert_int_equal(fixture->reading.month_column, UINT16_MAX);
    assert_true(fixture->reading.columns[13].month_inferred);
    assert_int_equal(fixture->reading.columns[11].codebook_count, 4); /* 1, 2, and M, F */
    assert_int_equal(fixture->reading.columns[12].codebook_count, 8);
    assert_true(fixture->reading.columns[0].filled == 1.);
}

static void the_order_of_columns_does_not_matter(void **state)
{
    struct column turned[COUNT(wide)];

    for (size_t i = 0; i < COUNT(wide); i++)
        turned[i] = wide[(i * 5 + 3) % COUNT(wide)];
    check_persons(*state, turned, COUNT(wide), 100, 500);
}

static void dates_are_read_in_every_order(void **state)
{
    static const struct column columns[] = {
        {"registration_no", "registration_no", AS_ID},  {"birth_date:dmy", "birth_date", AS_DMY},
        {"birth_date:mdy", "birth_date", AS_MDY},       {"birth_date:ymd", "birth_date", AS_YMD},
        {"birth_date:digits", "birth_date", AS_YMD},    {"birth_date:short", "birth_date", AS_DMY},
        {"birth_date:serial", "birth_date", AS_SERIAL}, {"birth_date:year", "birth_date", AS_YEAR},
        {"national_id", "national_id", AS_ID},
    };

    check_persons(*state, columns, COUNT(columns), 0, 300);
}

static void dates_are_read_that_show_a_part(void **state)
{
    static const struct column columns[] = {
        {"registration_no", "registration_no", AS_ID}, {"birth_date:ym", "birth_date", AS_YM},
        {"birth_date:my", "birth_date", AS_MY},        {"birth_date:age", "birth_date", AS_AGE},
        {"birth_date:ymd", "birth_date", AS_YMD},
    };
    struct fixture *fixture = *state;

    check_persons(fixture, columns, COUNT(columns), 0, 300);
    assert_in_range(fixture->reading.columns[3].age_day, days_from_civil(2024, 6, 20),
                    days_from_civil(2024, 7, 5));
}

static void a_small_number_is_no_age_of_an_employer(void **state)
{
    static const struct column columns[] = {
        {"registration_no", "registration_no", AS_ID},
        {"full:GF", "full_name", AS_TOKENS},
        {"employer>employer_name", "employer>employer_name", AS_TEXT},
        {"affiliation:age", "-", AS_AGE},
    };

    check_persons(*state, columns, COUNT(columns), 0, 300);
}

static void amounts_are_read_with_either_mark_and_as_hundredths(void **state)
{
    static const struct column columns[] = {
        {"salary:comma", "salary@2024-04", AS_COMMA}, {"salary:dot", "salary@2024-04", AS_DOT},
        {"salary:cents", "salary@2024-04", AS_CENTS}, {"national_id", "national_id", AS_ID},
        {"full:GF", "full_name", AS_TOKENS},
    };

    check_persons(*state, columns, COUNT(columns), 0, 300);
}

static void monthly_columns_are_read_as_their_months(void **state)
{
    static const struct column columns[] = {
        {"full:GF", "full_name", AS_TOKENS},    {"registration_no", "registration_no", AS_ID},
        {"salary@1", "salary@2024-01", AS_DOT}, {"salary@3", "salary@2024-03", AS_DOT},
        {"salary@6", "salary@2024-06", AS_DOT}, {"days@2", "days@2024-02", AS_DOT},
    };

    check_persons(*state, columns, COUNT(columns), 0, 300);
}

static void two_phones_are_both_phones(void **state)
{
    static const struct column columns[] = {
        {"phone", "phone", AS_PHONE},
        {"family_name", "family_name", AS_NAME},
        {"other_phone", "phone", AS_PHONE},
        {"given_name", "given_name", AS_NAME},
    };

    check_persons(*state, columns, COUNT(columns), 0, 200);
}

static void cut_columns_are_read_cut(void **state)
{
    static const struct column columns[] = {
        {"national_id", "national_id", AS_ID},
        {"address:cut", "address", AS_CUT},
        {"birth_date:dmy", "birth_date", AS_DMY},
    };
    struct fixture *fixture = *state;

    check_persons(fixture, columns, COUNT(columns), 0, 300);
    assert_int_equal(fixture->reading.columns[1].redaction.head, 14);
}

static void pieces_of_a_column_are_read_beyond_the_last(void **state)
{
    static const struct column columns[] = {
        {"registration_no", "registration_no", AS_ID},
        {"address, city", "-", AS_ID},
        {"birth_date:dmy", "birth_date", AS_DMY},
    };
    static const struct column pieces[] = {{"", "address", AS_TEXT}, {"", "city", AS_TEXT}};
    struct fixture *fixture = *state;

    check_persons(fixture, columns, COUNT(columns), 0, 300);
    assert_int_equal(fixture->reading.column_count, COUNT(columns) + COUNT(pieces));
    for (uint32_t i = 0; i < COUNT(pieces); i++) {
        assert_column(fixture, COUNT(columns) + i, &pieces[i]);
        assert_int_equal(column_source(&fixture->reading.columns[COUNT(columns) + i], 9), 1);
    }
}

/* "J. Smith" is the only name there, and no name of the register: both are read, and anchor. */
static void initials_with_a_name_are_two_columns(void **state)
{
    static const char *const shown[] = {"initial family", "family, initial"};
    static const struct column pieces[] = {{"", "given_name", AS_MASKED},
                                           {"", "family_name", AS_NAME}};
    struct fixture *fixture = *state;

    for (size_t k = 0; k < COUNT(shown); k++) {
        const struct column columns[] = {{shown[k], "-", AS_ID},
                                         {"birth_date:dmy", "birth_date", AS_DMY},
                                         {"phone", "phone", AS_PHONE}};

        check_persons(fixture, columns, COUNT(columns), 0, 300);
        assert_int_equal(fixture->reading.column_count, COUNT(columns) + COUNT(pieces));
        for (uint32_t i = 0; i < COUNT(pieces); i++) {
            assert_column(fixture, COUNT(columns) + i, &pieces[i]);
            assert_int_equal(column_source(&fixture->reading.columns[COUNT(columns) + i], 9), 0);
        }
    }
}

/* Nothing but sentences: what stands behind their labels names the persons. */
static void values_behind_labels_are_read(void **state)
{
    static const struct column columns[] = {{"full (remark)", "-", AS_ID},
                                            {"born, call", "-", AS_ID}};
    static const struct column pieces[] = {
        {"", "full_name", AS_TOKENS}, {"", "birth_date", AS_DMY}, {"", "phone", AS_PHONE}};
    static const uint32_t sources[] = {0, 1, 1};
    struct fixture *fixture = *state;

    check_persons(fixture, columns, COUNT(columns), 0, 300);
    assert_int_equal(fixture->reading.column_count, COUNT(columns) + COUNT(pieces));
    for (uint32_t i = 0; i < COUNT(pieces); i++) {
        assert_column(fixture, COUNT(columns) + i, &pieces[i]);
        assert_int_equal(column_source(&fixture->reading.columns[COUNT(columns) + i], 9),
                         sources[i]);
    }
}

static void a_table_of_companies_is_about_companies(void **state)
{
    static const struct column columns[] = {
        {"employer_no", "employer_no", AS_ID},
        {"employer_name", "employer_name", AS_TEXT},
        {"tax_id", "tax_id", AS_ID},
        {"employer_city", "employer_city", AS_TEXT},
        {"employer_phone", "employer_phone", AS_PHONE},
        {"affiliation_date:digits", "affiliation_date", AS_YMD},
    };
    struct fixture *fixture = *state;

    open_table(fixture, COUNT(columns));
    for (int i = 0; i < TOY_EMPLOYERS; i++) {
        struct buf text = {0};

        for (size_t c = 0; c < COUNT(columns); c++) {
            if (c > 0)
                buf_add_byte(&text, '|');
            toy_employer_cell(fixture->world, i, columns[c].shows, &text);
        }
        memory_table_row(&fixture->memory, 0, (uint32_t)i + 1, text.data);
        buf_clear(&text);
    }
    read_table(fixture);
    assert_int_equal(fixture->reading.kind,
                     reg_find_kind(fixture->world->reg, SLICE_LITERAL("employer")));
    assert_columns(fixture, columns, COUNT(columns));
}

/* Lines of the declarations of a few employers: much is said of the employer, little of whom it
 * employs, but each line is about another person. */
static void lines_of_a_few_employers_are_about_their_employees(void **state)
{
    static const struct column columns[] = {
        {"registration_no", "registration_no", AS_ID},
        {"employer_no", "employer", AS_ID},
        {"employer_name", "employer>employer_name", AS_TEXT},
        {"tax_id", "employer>tax_id", AS_ID},
        {"employer_city", "employer>employer_city", AS_TEXT},
        {"employer_phone", "employer>employer_phone", AS_PHONE},
        {"affiliation_date:digits", "employer>affiliation_date", AS_YMD},
        {"salary:dot", "salary@2024-04", AS_DOT},
    };
    struct fixture *fixture = *state;
    const struct toy_world *world = fixture->world;

    open_table(fixture, COUNT(columns));
    for (int i = 0; i < TOY_INSIDE; i++) {
        struct buf text = {0};

        if (world->persons[i].employer >= 5)
            continue;
        toy_person_cell(world, i, 0, columns[0].shows, &text);
        for (size_t c = 1; c + 1 < COUNT(columns); c++) {
            buf_add_byte(&text, '|');
            toy_employer_cell(world, world->persons[i].employer, columns[c].shows, &text);
        }
        buf_add_byte(&text, '|');
        toy_person_cell(world, i, 0, columns[COUNT(columns) - 1].shows, &text);
        memory_table_row(&fixture->memory, 0, (uint32_t)i + 1, text.data);
        buf_clear(&text);
    }
    read_table(fixture);
    assert_int_equal(fixture->reading.kind, reg_find_kind(world->reg, SLICE_LITERAL("person")));
    assert_columns(fixture, columns, COUNT(columns));
}

/* One person in `in` of strangers otherwise: persons from TOY_INSIDE on, used again and again with
 * other numbers so that no stranger's identifier is in the register. */
static void three_rows_of_a_hundred_are_enough(void **state)
{
    static const struct column columns[] = {
        {"national_id", "national_id", AS_ID},
        {"full:fg", "full_name", AS_TOKENS},
        {"birth_date:dmy", "birth_date", AS_DMY},
        {"phone", "phone", AS_PHONE},
        {"account", "account", AS_ID},
        {"employer", "employer", AS_ID},
    };
    struct fixture *fixture = *state;

    open_table(fixture, COUNT(columns));
    for (int i = 0; i < 600; i++)
        add_person(fixture, columns, COUNT(columns),
                   i % 33 == 0 ? i / 2 : TOY_INSIDE + i % (TOY_PERSONS - TOY_INSIDE), i, 0,
                   (uint32_t)i + 1);
    read_table(fixture);
    assert_int_equal(fixture->reading.kind,
                     reg_find_kind(fixture->world->reg, SLICE_LITERAL("person")));
    assert_columns(fixture, columns, COUNT(columns));
}

static void of_strangers_nothing_is_read(void **state)
{
    static const struct column columns[] = {
        {"national_id", "-", AS_ID},     {"full:fg", "-", AS_ID},
        {"birth_date:dmy", "-", AS_ID},  {"phone", "-", AS_ID},
        {"employer", "-", AS_ID},        {"employer>employer_name", "-", AS_ID},
        {"employer>tax_id", "-", AS_ID}, {"city", "-", AS_ID},
    };
    struct fixture *fixture = *state;

    check_persons(fixture, columns, COUNT(columns), TOY_INSIDE, TOY_PERSONS);
    assert_int_equal(fixture->reading.kind,
                     reg_find_kind(fixture->world->reg, SLICE_LITERAL("person")));
    assert_int_equal(fixture->reading.sample_linked, 0);
}

static void a_table_of_strangers_is_not_about_their_guarantors(void **state)
{
    static const struct column columns[] = {
        {"full:fg", "-", AS_ID}, {"#guarantor", "-", AS_ID}, {"#guarantor>account", "-", AS_ID}};
    struct fixture *fixture = *state;

    check_persons(fixture, columns, COUNT(columns), TOY_INSIDE, TOY_PERSONS);
    assert_int_equal(fixture->reading.sample_linked, 0);
    assert_int_equal(fixture->reading.columns[1].status, READING_REFERS_TO);
}

static void a_list_of_addresses_of_mail_stands_alone(void **state)
{
    static const struct column mail[] = {{"email", "email", AS_TEXT}};
    static const struct column rows[] = {{"#row", "-", AS_ID}};

    check_persons(*state, mail, 1, 0, 100);
    assert_true(((struct fixture *)*state)->reading.single_anchor);
    check_persons(*state, rows, 1, 0, 100);
    assert_int_equal(((struct fixture *)*state)->reading.kind, KIND_NONE);
}

static void two_columns_are_enough(void **state)
{
    static const struct column mail_phone[] = {{"email", "email", AS_TEXT},
                                               {"phone", "phone", AS_PHONE}};
    static const struct column account_name[] = {{"account", "account", AS_ID},
                                                 {"family_name", "family_name", AS_NAME}};
    static const struct column number_salary[] = {{"national_id", "national_id", AS_ID},
                                                  {"salary:comma", "salary@2024-04", AS_COMMA}};

    check_persons(*state, mail_phone, 2, 0, 200);
    check_persons(*state, account_name, 2, 0, 200);
    check_persons(*state, number_salary, 2, 0, 200);
}

static void identifiers_of_others_are_only_reported(void **state)
{
    static const struct column columns[] = {
        {"registration_no", "registration_no", AS_ID},
        {"#guarantor", "-", AS_ID},
        {"full:fg", "full_name", AS_TOKENS},
    };
    struct fixture *fixture = *state;

    check_persons(fixture, columns, COUNT(columns), 0, 200);
    assert_int_equal(fixture->reading.columns[1].status, READING_REFERS_TO);
    assert_int_equal(fixture->reading.columns[1].target.field,
                     toy_field(fixture->world->reg, "person", "national_id"));
}

static void masked_values_are_read_by_what_they_show(void **state)
{
    static const struct column columns[] = {
        {"registration_no", "registration_no", AS_ID},
        {"national:masked", "national_id", AS_MASKED},
        {"phone", "phone", AS_PHONE},
        {"given:initial", "given_name", AS_MASKED},
        {"born:masked", "birth_date", AS_MASKED},
    };
    struct fixture *fixture = *state;

    check_persons(fixture, columns, COUNT(columns), 0, 200);
    assert_int_equal(fixture->reading.columns[1].redaction.head, 4);
    assert_int_equal(fixture->reading.columns[1].redaction.tail, 0);
    assert_int_equal(fixture->reading.columns[4].redaction.unit, REDACTION_DATE);
    assert_int_equal(fixture->reading.columns[4].redaction.order, AS_DMY);
    assert_int_equal(fixture->reading.columns[4].redaction.tail, 6);
}

static const struct column masked[] = {
    {"full:masked", "full_name", AS_MASKED},       {"born:masked", "birth_date", AS_MASKED},
    {"phone:masked", "phone", AS_MASKED},          {"account:masked", "account", AS_MASKED},
    {"national:masked", "national_id", AS_MASKED},
};

/* No column names anybody; all of them together do. */
static void a_table_of_nothing_but_masked_values_is_read(void **state)
{
    check_persons(*state, masked, COUNT(masked), 0, 300);
}

static void masked_strangers_are_not_read(void **state)
{
    struct column unread[COUNT(masked)];

    for (size_t i = 0; i < COUNT(masked); i++)
        unread[i] = (struct column){masked[i].shows, "-", AS_ID};
    check_persons(*state, unread, COUNT(unread), TOY_INSIDE, TOY_INSIDE + 200);
}

static void a_file_of_a_few_lines_is_read_where_chance_is_excluded(void **state)
{
    static const struct column columns[] = {
        {"national_id", "national_id", AS_ID},
        {"full:fg", "full_name", AS_TOKENS},
        {"birth_date:dmy", "birth_date", AS_DMY},
        {"account", "account", AS_ID},
        {"sex", "-", AS_ID},
        {"#junk", "-", AS_ID},
    };

    check_persons(*state, columns, COUNT(columns), 10, 13);
    check_persons(*state, columns, COUNT(columns), 10, 18);
}

/* Neither column holds without the other; that both name the same persons is no accident. */
static void three_lines_of_two_columns_read_each_other(void **state)
{
    static const struct column mail_phone[] = {{"email", "email", AS_TEXT},
                                               {"phone", "phone", AS_PHONE}};
    static const struct column name_date[] = {{"full:fg", "full_name", AS_TOKENS},
                                              {"birth_date:dmy", "birth_date", AS_DMY}};

    check_persons(*state, mail_phone, 2, 10, 13);
    check_persons(*state, name_date, 2, 20, 24);
}

static void a_single_line_without_evidence_is_not_read(void **state)
{
    static const struct column columns[] = {
        {"family_name", "-", AS_ID}, {"city", "-", AS_ID}, {"sex", "-", AS_ID}};

    check_persons(*state, columns, COUNT(columns), 10, 11);
    check_persons(*state, columns, COUNT(columns), 10, 10);
}

/* A row a month: "03/2024|salary|days" after the person's own columns. */
static void add_months(struct fixture *fixture, const struct column *columns, size_t count,
                       int person, bool as_document)
{
    for (int m = 0; m < TOY_MONTHS; m++) {
        const struct toy_person *p = &fixture->world->persons[person];
        struct buf text = {0};

        for (size_t c = 0; c < count; c++) {
            toy_person_cell(fixture->world, person, person, columns[c].shows, &text);
            buf_add_byte(&text, '|');
        }
        buf_format(&text, "%02d/2024|%d,%02d|%d", m + 1, p->cents[m] / 100, p->cents[m] % 100,
                   p->days[m]);
        memory_table_row(&fixture->memory, as_document ? (uint32_t)person : 0,
                         as_document ? 1 : (uint32_t)(person * TOY_MONTHS + m + 1), text.data);
        buf_clear(&text);
    }
}

static void a_row_a_month_is_compared_with_its_month(void **state)
{
    static const struct column columns[] = {{"registration_no", "registration_no", AS_ID},
                                            {"employer", "employer", AS_ID}};
    static const struct column salary = {"salary", "salary@row", AS_COMMA};
    static const struct column days = {"days", "days@row", AS_DOT};
    struct fixture *fixture = *state;

    open_table(fixture, 5);
    for (int i = 0; i < 150; i++)
        add_months(fixture, columns, 2, i, false);
    read_table(fixture);
    assert_columns(fixture, columns, 2);
    assert_int_equal(fixture->reading.month_column, 2);
    assert_int_equal(fixture->reading.month_interpretation, AS_MY);
    assert_int_equal(fixture->reading.columns[2].role, ROLE_MONTH);
    assert_column(fixture, 3, &salary);
    assert_column(fixture, 4, &days);
    assert_false(fixture->reading.columns[3].month_inferred);
    assert_true(fixture->reading.repeated_subject);
    assert_int_equal(fixture->reading.anchor_column, 0);
}

static void a_single_month_is_the_month_its_column_names(void **state)
{
    static const struct column salary = {"salary", "salary@row", AS_DOT};
    struct fixture *fixture = *state;

    open_table(fixture, 3);
    for (int i = 0; i < 200; i++) {
        const struct toy_person *p = &fixture->world->persons[i];
        char row[96];

        (void)snprintf(row, sizeof(row), "%s|202405|%d.%02d", p->registration, p->cents[4] / 100,
                       p->cents[4] % 100);
        memory_table_row(&fixture->memory, 0, (uint32_t)i + 1, row);
    }
    read_table(fixture);
    assert_column(fixture, 2, &salary);
    assert_int_equal(fixture->reading.month_column, 1);
    assert_int_equal(fixture->reading.month_interpretation, AS_YM);
}

static void months_in_documents_are_inner_lines(void **state)
{
    static const struct column slots[] = {
        {"full:fg", "full_name", AS_TOKENS},
        {"national_id", "national_id", AS_ID},
        {"employer>employer_name", "employer>employer_name", AS_TEXT}};
    static const struct column salary = {"salary", "salary@row", AS_COMMA};
    static const struct column days = {"days", "days@row", AS_DOT};
    struct fixture *fixture = *state;

    open_table(fixture, 6);
    fixture->memory.table.shape = SHAPE_DOCUMENTS;
    fixture->memory.table.slot_count = 3;
    for (int i = 0; i < 100; i++)
        add_months(fixture, slots, 3, i, true);
    read_table(fixture);
    assert_columns(fixture, slots, 3);
    assert_column(fixture, 4, &salary);
    assert_column(fixture, 5, &days);
    assert_int_equal(fixture->reading.month_column, 3);
    assert_false(fixture->reading.lines_are_records);
    assert_false(fixture->reading.repeated_subject);
    assert_int_equal(fixture->reading.kind,
                     reg_find_kind(fixture->world->reg, SLICE_LITERAL("person")));
    assert_true(fixture->reading.columns[0].compared <= 100); /* a slot counts once a document */
}

static void persons_in_documents_are_records(void **state)
{
    static const struct column columns[] = {{"employer", "employer", AS_ID},
                                            {"full:fg", "full_name", AS_TOKENS},
                                            {"registration_no", "registration_no", AS_ID},
                                            {"birth_date:dmy", "birth_date", AS_DMY}};
    struct fixture *fixture = *state;

    open_table(fixture, COUNT(columns));
    fixture->memory.table.shape = SHAPE_DOCUMENTS;
    fixture->memory.table.slot_count = 1;
    for (int e = 0; e < TOY_EMPLOYERS; e++) {
        for (int i = 0; i < TOY_INSIDE; i++) {
            if (fixture->world->persons[i].employer == e)
                add_person(fixture, columns, COUNT(columns), i, i, (uint32_t)e, 1);
        }
    }
    read_table(fixture);
    assert_columns(fixture, columns, COUNT(columns));
    assert_true(fixture->reading.lines_are_records);
    assert_int_equal(fixture->reading.kind,
                     reg_find_kind(fixture->world->reg, SLICE_LITERAL("person")));
}

static void a_large_table_is_sampled_and_read_the_same_each_time(void **state)
{
    static const struct column columns[] = {
        {"national_id", "national_id", AS_ID},
        {"full:fg", "full_name", AS_TOKENS},
        {"salary:comma", "salary@2024-04", AS_COMMA},
    };
    struct fixture *fixture = *state;
    double first;

    open_table(fixture, COUNT(columns));
    fixture->memory.batch_rows = 500;
    for (int i = 0; i < 20000; i++)
        add_person(fixture, columns, COUNT(columns), i % TOY_INSIDE, i, 0, (uint32_t)i + 1);
    read_table(fixture);
    assert_columns(fixture, columns, COUNT(columns));
    assert_true(fixture->reading.sample_rows <= 2000);
    first = fixture->reading.columns[2].gain_nats;
    reading_clear(&fixture->reading);
    read_table(fixture);
    assert_true(fixture->reading.columns[2].gain_nats == first);
}

static void a_header_breaks_a_tie_and_nothing_else(void **state)
{
    static const char text[] = "kind person\n"
                               "field person number id identity\n"
                               "field person home_town text contact\n"
                               "field person work_town text contact\n";
    struct fixture *fixture = *state;
    struct buf description = {0};
    struct reg *own;
    struct reg *kept = fixture->world->reg;

    buf_add_text(&description, text);
    for (int i = 0; i < 300; i++)
        buf_format(&description,
                   "%d | number | N%07u\n%d | home_town | town%d\n%d | work_town | town%d\n", i,
                   1000000u + (unsigned)i * 7919, i, i % 29, i, i % 29);
    own = toy_register(description.data);
    buf_clear(&description);

    for (int named = 0; named < 2; named++) {
        struct tq_error err;

        open_table(fixture, 2);
        assert_int_equal(
            table_set_header(&fixture->memory.table, 0, SLICE_LITERAL("work town"), &err), TQ_OK);
        if (named)
            assert_int_equal(
                table_set_header(&fixture->memory.table, 1, SLICE_LITERAL("WORK_TOWN"), &err),
                TQ_OK);
        for (int i = 0; i < 300; i++) {
            char row[64];

            (void)snprintf(row, sizeof(row), "N%07u|town%d", 1000000u + (unsigned)i * 7919, i % 29);
            memory_table_row(&fixture->memory, 0, (uint32_t)i + 1, row);
        }
        fixture->world->reg = own;
        read_table(fixture);
        fixture->world->reg = kept;
        assert_int_equal(fixture->reading.columns[0].target.field,
                         toy_field(own, "person", "number"));
        assert_int_equal(fixture->reading.columns[1].target.field,
                         toy_field(own, "person", named ? "work_town" : "home_town"));
    }
    reg_free(own);
}

/* A few registered persons among many of their relatives, who share phone, family name and town.
 */
static void relatives_do_not_spoil_the_reading(void **state)
{
    static const struct column columns[] = {
        {"phone", "phone", AS_PHONE},
        {"family_name", "family_name", AS_NAME},
        {"given_name", "given_name", AS_NAME},
        {"city", "city", AS_TEXT},
        {"birth_date:dmy", "birth_date", AS_DMY},
        {"address", "address", AS_TEXT},
    };
    struct fixture *fixture = *state;

    open_table(fixture, COUNT(columns));
    for (int i = 0; i < 400; i++) {
        int insider = i % 20 == 0 || i % 12 == 1 ? i : TOY_INSIDE + i % 300;
        struct buf text = {0};

        for (size_t c = 0; c < COUNT(columns); c++) {
            bool own = c == 2 || c >= 4; /* what relatives do not share */

            if (c > 0)
                buf_add_byte(&text, '|');
            toy_person_cell(fixture->world, own && i % 12 == 1 ? TOY_INSIDE + i % 300 : insider, i,
                            columns[c].shows, &text);
        }
        memory_table_row(&fixture->memory, 0, (uint32_t)i + 1, text.data);
        buf_clear(&text);
    }
    read_table(fixture);
    assert_columns(fixture, columns, COUNT(columns));
}

static void a_field_without_periods_explains_more_simply(void **state)
{
    struct fixture *fixture = *state;
    struct reg *kept = fixture->world->reg, *own;
    struct buf text = {0};

    buf_add_text(&text, "kind person\nkind employer\n"
                        "field person number id identity\n"
                        "field person declared_by ref employment to=employer periodic\n"
                        "field person employer ref employment to=employer\n"
                        "field employer employer_no id identity\n"
                        "kind employer\n");
    for (int i = 0; i < 50; i++)
        buf_format(&text, "%d | employer_no | %d\n", 1000 + i * 17, 1000 + i * 17);
    buf_add_text(&text, "kind person\n");
    for (int i = 0; i < 300; i++) {
        int now = 1000 + i * 7 % 50 * 17, before = 1000 + i * 11 % 50 * 17;

        buf_format(&text, "%d | number | N%d\n%d | employer | %d\n%d | employer | %d\n", i,
                   1000000 + i * 7919, i, now, i, before);
        buf_format(&text, "%d | declared_by | %d | period 2024-01\n", i, now);
    }
    own = toy_register(text.data);
    buf_clear(&text);

    open_table(fixture, 2);
    for (int i = 0; i < 300; i++) {
        char row[64];

        (void)snprintf(row, sizeof(row), "N%d|%d", 1000000 + i * 7919, 1000 + i * 7 % 50 * 17);
        memory_table_row(&fixture->memory, 0, (uint32_t)i + 1, row);
    }
    fixture->world->reg = own;
    read_table(fixture);
    fixture->world->reg = kept;
    assert_int_equal(fixture->reading.columns[1].target.field,
                     toy_field(own, "person", "employer"));
    reg_free(own);
}

/* Rows of a salary and the same up to a ceiling, which one in `share` of those persons exceeds. */
static void open_capped(struct fixture *fixture, int rows, int share)
{
    int cents[TOY_INSIDE], above = 0, ceiling;

    for (int i = 0; i < rows; i++)
        cents[i] = fixture->world->persons[i].cents[4];
    ceiling = cents[0];
    while (above * share < rows) { /* lower it until so many earn more */
        ceiling -= ceiling / 50;
        above = 0;
        for (int i = 0; i < rows; i++)
            above += cents[i] > ceiling;
    }
    open_table(fixture, 4);
    for (int i = 0; i < rows; i++) {
        int capped = cents[i] < ceiling ? cents[i] : ceiling;
        char row[96];

        (void)snprintf(row, sizeof(row), "%s|202405|%d.%02d|%d.%02d",
                       fixture->world->persons[i].registration, cents[i] / 100, cents[i] % 100,
                       capped / 100, capped % 100);
        memory_table_row(&fixture->memory, 0, (uint32_t)i + 1, row);
    }
}

/* A salary and the same up to a ceiling: the second is no claim about the salary. */
static void a_capped_column_is_only_reported(void **state)
{
    static const struct column salary = {"salary", "salary@row", AS_DOT};
    struct fixture *fixture = *state;

    open_capped(fixture, 200, 3);
    read_table(fixture);
    assert_column(fixture, 2, &salary);
    assert_int_equal(fixture->reading.columns[3].status, READING_WEAK);
}

static void so_is_one_of_a_small_table_that_few_exceed(void **state)
{
    static const struct column salary = {"salary", "salary@row", AS_DOT};
    struct fixture *fixture = *state;

    open_capped(fixture, 60, 12);
    read_table(fixture);
    assert_column(fixture, 2, &salary);
    assert_int_equal(fixture->reading.columns[3].status, READING_WEAK);
}

/* Two columns show one subject's number and phone throughout; a third names many subjects. */
static void constant_columns_name_nobody_where_others_name_many(void **state)
{
    static const struct column columns[] = {{"national_id", "national_id", AS_ID},
                                            {"full:fg", "full_name", AS_TOKENS}};
    struct fixture *fixture = *state;
    const struct toy_person *default_person = &fixture->world->persons[7];

    open_table(fixture, 4);
    for (int i = 20; i < 220; i++) {
        struct buf row = {0};

        for (size_t c = 0; c < COUNT(columns); c++) {
            toy_person_cell(fixture->world, i, i, columns[c].shows, &row);
            buf_add_byte(&row, '|');
        }
        buf_format(&row, "%s|%s", default_person->registration, default_person->phone);
        memory_table_row(&fixture->memory, 0, (uint32_t)i, row.data);
        buf_clear(&row);
    }
    read_table(fixture);
    assert_columns(fixture, columns, COUNT(columns));
    assert_int_not_equal(fixture->reading.columns[2].status, READING_FULL);
    assert_int_not_equal(fixture->reading.columns[3].status, READING_FULL);
}

/* Reading a table fails at the n-th allocation, for every n up to success. */
static void run_out_of_memory(struct fixture *fixture, const struct column *columns, size_t count)
{
    struct batch_source source;
    unsigned failures = 0;
    int r = TQ_E_NOMEM;

    check_persons(fixture, columns, count, 0, 60);
    reading_clear(&fixture->reading);
    source = memory_table_source(&fixture->memory);
    for (unsigned n = 1; r != TQ_OK; n += 1 + n / 40) {
        struct tq_error err = {0};

        alloc_fail_nth(n);
        r = table_reading_find(fixture->world->reg, &fixture->memory.table, &source,
                               &fixture->reading, &err);
        alloc_fail_nth(0);
        failures += r == TQ_E_NOMEM;
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
    }
    assert_true(failures > 20);
}

static void running_out_of_memory_is_reported(void **state)
{
    static const struct column columns[] = {
        {"national_id", "national_id", AS_ID},
        {"full:fg", "full_name", AS_TOKENS},
        {"sex:coded", "sex", AS_CODEBOOK},
        {"salary:comma", "salary@2024-04", AS_COMMA},
    };

    run_out_of_memory(*state, columns, COUNT(columns));
    run_out_of_memory(*state, masked, COUNT(masked));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_column_of_a_headless_table_is_read),
        cmocka_unit_test(the_order_of_columns_does_not_matter),
        cmocka_unit_test(dates_are_read_in_every_order),
        cmocka_unit_test(dates_are_read_that_show_a_part),
        cmocka_unit_test(a_small_number_is_no_age_of_an_employer),
        cmocka_unit_test(amounts_are_read_with_either_mark_and_as_hundredths),
        cmocka_unit_test(monthly_columns_are_read_as_their_months),
        cmocka_unit_test(two_phones_are_both_phones),
        cmocka_unit_test(cut_columns_are_read_cut),
        cmocka_unit_test(pieces_of_a_column_are_read_beyond_the_last),
        cmocka_unit_test(initials_with_a_name_are_two_columns),
        cmocka_unit_test(values_behind_labels_are_read),
        cmocka_unit_test(a_table_of_companies_is_about_companies),
        cmocka_unit_test(lines_of_a_few_employers_are_about_their_employees),
        cmocka_unit_test(three_rows_of_a_hundred_are_enough),
        cmocka_unit_test(of_strangers_nothing_is_read),
        cmocka_unit_test(a_table_of_strangers_is_not_about_their_guarantors),
        cmocka_unit_test(a_list_of_addresses_of_mail_stands_alone),
        cmocka_unit_test(two_columns_are_enough),
        cmocka_unit_test(identifiers_of_others_are_only_reported),
        cmocka_unit_test(masked_values_are_read_by_what_they_show),
        cmocka_unit_test(a_table_of_nothing_but_masked_values_is_read),
        cmocka_unit_test(masked_strangers_are_not_read),
        cmocka_unit_test(a_file_of_a_few_lines_is_read_where_chance_is_excluded),
        cmocka_unit_test(three_lines_of_two_columns_read_each_other),
        cmocka_unit_test(a_single_line_without_evidence_is_not_read),
        cmocka_unit_test(a_row_a_month_is_compared_with_its_month),
        cmocka_unit_test(a_single_month_is_the_month_its_column_names),
        cmocka_unit_test(months_in_documents_are_inner_lines),
        cmocka_unit_test(persons_in_documents_are_records),
        cmocka_unit_test(a_large_table_is_sampled_and_read_the_same_each_time),
        cmocka_unit_test(a_header_breaks_a_tie_and_nothing_else),
        cmocka_unit_test(relatives_do_not_spoil_the_reading),
        cmocka_unit_test(a_field_without_periods_explains_more_simply),
        cmocka_unit_test(a_capped_column_is_only_reported),
        cmocka_unit_test(so_is_one_of_a_small_table_that_few_exceed),
        cmocka_unit_test(constant_columns_name_nobody_where_others_name_many),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
