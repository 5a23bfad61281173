/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <zlib.h>
#include <zstd.h>

#include "register/import_csv.h"
#include "scratch_folder.h"
#include "toy_register.h"

#define TABLE                                                         \
    "register: {name: x, country: MA, timezone: Africa/Casablanca}\n" \
    "subjects: [person]\n"                                            \
    "tables:\n"                                                       \
    "  - name: t\n"                                                   \
    "    subject: person\n"                                           \
    "    key: k\n"                                                    \
    "    file: t.csv\n"

#define COLUMNS                                                         \
    "    columns:\n"                                                    \
    "      nom: {field: name, type: family-name, category: identity}\n" \
    "      ddn: {field: born, type: date, category: identity}\n"        \
    "      brut: {field: pay, type: amount, category: financial}\n"

struct heard {
    char text[2000];
};

static void hear(void *state, const char *message)
{
    struct heard *heard = state;
    size_t length = strlen(heard->text);

    (void)snprintf(heard->text + length, sizeof(heard->text) - length, "%s\n", message);
}

struct outcome {
    int status;
    struct tq_error err;
    struct import_counts counts;
    struct heard heard;
    struct reg *reg;
};

/* Import one table; the register is the caller's to free. */
static struct outcome import(const char *yaml, struct slice csv, unsigned threads)
{
    struct outcome outcome = {0};
    struct scratch scratch;
    struct description *description = NULL;
    struct assemble *assemble = NULL;
    struct assemble_head head = {.country_code = SLICE_LITERAL("MA")};
    struct import_request request = {.threads = threads, .complain = hear, .state = &outcome.heard};
    uint16_t fields[16];
    uint8_t kind;
    char path[128];

    scratch_make(&scratch);
    (void)scratch_bytes(&scratch, "t.csv", csv);
    (void)snprintf(path, sizeof(path), "%s/r.yaml", scratch.folder);
    if (description_parse(slice_of(yaml), path, &description, &outcome.err) < 0)
        fail_msg("%s", outcome.err.message);
    assert_int_equal(assemble_new(&head, &assemble, &outcome.err), TQ_OK);
    assert_int_equal(assemble_kind(assemble, SLICE_LITERAL("person"), &kind, &outcome.err), TQ_OK);
    for (size_t i = 0; i < description->field_count; i++) {
        struct field_definition definition = {.name = slice_of(description->fields[i].name),
                                              .type = description->fields[i].type,
                                              .periodic = description->fields[i].periodic,
                                              .ref_kind = KIND_NONE};

        assert_int_equal(assemble_field(assemble, &definition, &fields[i], &outcome.err), TQ_OK);
    }
    request.description = description;
    request.assemble = assemble;
    request.fields = fields;
    outcome.status = import_csv(&request, &description->tables[0], &outcome.counts, &outcome.err);
    if (outcome.status == TQ_OK)
        assert_int_equal(
            assemble_finish(assemble, FINISH_TO_ASK, threads, &outcome.reg, &outcome.err), TQ_OK);
    (void)assemble_free(assemble);
    (void)description_free(description);
    scratch_remove(&scratch);
    return outcome;
}

static struct slice first_value(const struct reg *reg, const char *field)
{
    const struct field *f = reg_field(reg, toy_field(reg, "person", field));

    assert_true(f->fact_count > 0);
    return field_value_text(f, f->fact_value[0]);
}

static void reads_quotes_line_ends_and_marks(void **state)
{
    struct outcome o = import(TABLE COLUMNS,
                              SLICE_LITERAL("\xef\xbb\xbf"
                                            "ddn,k,\"nom\",brut\r\n"
                                            "12/05/1980,\"1\",\"EL \"\"A\"\",\nB\",\"1 234,50\"\r\n"
                                            "\r\n"
                                            "1980-05-13,2,RAMI,99.5"),
                              2);
    const struct field *name;

    (void)state;
    assert_int_equal(o.status, TQ_OK);
    assert_string_equal(o.heard.text, "");
    assert_int_equal(o.counts.rows_read, 2);
    assert_int_equal(o.counts.rows_refused, 0);
    name = reg_field(o.reg, toy_field(o.reg, "person", "name"));
    assert_true(slice_is(field_value_text(name, name->fact_value[0]), "EL \"A\",\nB"));
    assert_true(slice_is(first_value(o.reg, "born"), "1980-05-12"));
    assert_true(slice_is(first_value(o.reg, "pay"), "1234.50"));
    (void)reg_free(o.reg);
}

static void counts_and_names_what_it_cannot_use(void **state)
{
    struct outcome o = import(TABLE "    known: [kf, kt]\n" COLUMNS,
                              SLICE_LITERAL("k,nom,ddn,brut,kf,kt\n"
                                            "1,RAMI,1980-05-12,5,2020-01-01,\n"
                                            ",X,,,,\n"
                                            "2,X,1980-02-30,x5,,\n"
                                            "3,X\n"
                                            "4,-,,,,\n"
                                            "5,X,,,2020-01-02,2020-01-01\n"
                                            "6,X,,,soon,\n"
                                            "7,\"X\"Y,,,,\n"
                                            "8,\xff,,,,\n"
                                            "9,\"X,,,,\n"
                                            "10,Z,,,,\n"),
                              1);

    (void)state;
    assert_int_equal(o.status, TQ_OK);
    assert_string_equal(
        o.heard.text, "t.csv line 3 column 1: the key is empty\n"
                      "t.csv line 4 column 3: not a date: '1980-02-30'\n"
                      "t.csv line 4 column 4: not a number: 'x5'\n"
                      "t.csv line 5: not the 6 cells of the header\n"
                      "t.csv line 6 column 2: nothing that could be compared: '-'\n"
                      "t.csv line 7: the known interval is empty or runs backwards\n"
                      "t.csv line 8 column 5: 'known from' is no date or time from 1800 to 5000: '"
                      "soon'\n"
                      "t.csv line 9: a quoted cell is not closed, or text follows it\n"
                      "t.csv line 10 column 2: not valid UTF-8: '\\xFF'\n"
                      "t.csv line 11: a quoted cell is not closed, or text follows it\n");
    assert_int_equal(o.counts.rows_read, 11);
    assert_int_equal(o.counts.rows_refused, 6);
    assert_int_equal(o.counts.cells_refused, 4);
    assert_true(slice_is(reg_subject_key(o.reg, 0, 1), "10")); /* reading went on */
    assert_int_equal(o.reg->kinds[0].subject_count, 5);
    (void)reg_free(o.reg);
}

static void refuses_a_table_of_which_nothing_can_be_used(void **state)
{
    struct outcome o =
        import(TABLE "    known: [kf, kt]\n" COLUMNS,
               SLICE_LITERAL("k,nom,ddn,brut,kf,kt\n1,RAMI,,,soon,\n2,X,,,late,\n"), 1);

    (void)state;
    assert_int_equal(o.status, TQ_E_SYNTAX);
    (void)reg_free(o.reg);
}

static void takes_times_in_the_zone_of_the_register(void **state)
{
    struct outcome o = import(TABLE "    known: [kf, kt]\n" COLUMNS,
                              SLICE_LITERAL("k,nom,ddn,brut,kf,kt\n"
                                            "1,RAMI,,,2021-01-01,2021-01-01T12:30:59Z\n"
                                            "2,RAMI,,,2021-01-02 10:00,\n"),
                              1);
    const struct field *name = reg_field(o.reg, toy_field(o.reg, "person", "name"));

    (void)state;
    assert_string_equal(o.heard.text, "");
    assert_int_equal(name->known_from[0], toy_moment("2020-12-31T23:00")); /* UTC+1 */
    assert_int_equal(name->known_to[0], toy_moment("2021-01-01T12:30"));
    assert_int_equal(name->known_from[1], toy_moment("2021-01-02T09:00"));
    assert_int_equal(name->known_to[1], MOMENT_MAX);
    (void)reg_free(o.reg);
}

static void reads_periods_in_any_form(void **state)
{
    struct outcome o = import(TABLE "    period: m\n" COLUMNS,
                              SLICE_LITERAL("k,m,nom,ddn,brut\n"
                                            "1,2024-01,A,,1\n1,202402,A,,2\n1,2024-03-31,A,,3\n"
                                            "1,2024-13,A,,4\n1,,A,,5\n"),
                              1);
    const struct field *pay = reg_field(o.reg, toy_field(o.reg, "person", "pay"));

    (void)state;
    assert_string_equal(o.heard.text, "t.csv line 5 column 2: the period is not a month: "
                                      "'2024-13'\n"
                                      "t.csv line 6 column 2: the period is not a month\n");
    assert_int_equal(pay->fact_count, 3);
    assert_int_equal(pay->fact_period[1], month_number(2024, 2));
    assert_int_equal(pay->fact_period[2], month_number(2024, 3));
    (void)reg_free(o.reg);
}

static void a_table_has_its_own_dates_and_periods(void **state)
{
    struct outcome o = import(TABLE "    period: [y, m]\n    dates: mdy\n" COLUMNS,
                              SLICE_LITERAL("k,y,m,nom,ddn,brut\n"
                                            "1,2024,1,A,05/03/1980,1\n1,2024,Feb,A,,2\n"
                                            "1,2024,13,A,,4\n"),
                              1);
    const struct field *pay = reg_field(o.reg, toy_field(o.reg, "person", "pay"));
    const struct field *born = reg_field(o.reg, toy_field(o.reg, "person", "born"));

    (void)state;
    assert_string_equal(o.heard.text,
                        "t.csv line 4 column 2: the period is not a year and a month: '2024'\n");
    assert_int_equal(pay->fact_count, 2);
    assert_int_equal(pay->fact_period[0], month_number(2024, 1));
    assert_int_equal(pay->fact_period[1], month_number(2024, 2));
    assert_true(slice_is(field_value_text(born, born->fact_value[0]), "1980-05-03"));
    (void)reg_free(o.reg);
}

#define PARTS                                                          \
    "    columns:\n"                                                   \
    "      [y, m, d]: {field: born, type: date, category: identity}\n" \
    "      [sy, sm]: {field: since, type: month, category: employment}\n"

static void joins_the_parts_of_dates(void **state)
{
    struct outcome o = import(TABLE "    dates: dmy\n" PARTS,
                              SLICE_LITERAL("d,k,m,y,sm,sy\n"
                                            "5,1,3,1980,2,2019\n"
                                            "07.0,2,mars,1980.0,,\n"
                                            ",3,,,11,1999\n"
                                            "31,4,2,1980,0,0\n"
                                            ",5,2,1980,13,2001\n"),
                              1);
    const struct field *born = reg_field(o.reg, toy_field(o.reg, "person", "born"));
    const struct field *since = reg_field(o.reg, toy_field(o.reg, "person", "since"));

    (void)state;
    assert_int_equal(o.status, TQ_OK);
    assert_string_equal(o.heard.text, "t.csv line 5 column 4: not a date: '1980-02-31'\n"
                                      "t.csv line 6 column 4: not a date: '1980-02'\n"
                                      "t.csv line 6 column 6: not a month: '2001-13'\n");
    assert_int_equal(born->fact_count, 2);
    assert_true(slice_is(field_value_text(born, born->fact_value[0]), "1980-03-05"));
    assert_true(slice_is(field_value_text(born, born->fact_value[1]), "1980-03-07"));
    assert_int_equal(since->fact_count, 2);
    assert_true(slice_is(field_value_text(since, since->fact_value[0]), "2019-02"));
    (void)reg_free(o.reg);
}

static void names_the_part_that_is_missing(void **state)
{
    struct outcome o = import(TABLE PARTS, SLICE_LITERAL("k,y,d,sy,sm\n1,1980,3,1,1\n"), 1);

    (void)state;
    assert_int_equal(o.status, TQ_E_SYNTAX);
    assert_non_null(strstr(o.err.message, "r.yaml:9: table 't': 't.csv' has no column 'm'"));
}

static void converts_encodings_and_delimiters(void **state)
{
    struct outcome o = import(TABLE "    encoding: WINDOWS-1252\n    delimiter: tab\n" COLUMNS,
                              SLICE_LITERAL("k\tnom\tddn\tbrut\n1\tAB\xc9\t\t1,5\n"), 1);

    (void)state;
    assert_true(slice_is(first_value(o.reg, "name"), "AB\xc3\x89"));
    assert_true(slice_is(first_value(o.reg, "pay"), "1.5"));
    (void)reg_free(o.reg);
}

static void unpacks_gzip_and_zstd(void **state)
{
    const char text[] = "k,nom,ddn,brut\n1,RAMI,,7\n";
    unsigned char packed[512];
    z_stream gzip = {.next_in = (Bytef *)(uintptr_t)text,
                     .avail_in = sizeof(text) - 1,
                     .next_out = packed,
                     .avail_out = sizeof(packed)};
    struct outcome o;
    size_t length;

    (void)state;
    assert_int_equal(deflateInit2(&gzip, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&gzip), Z_OK);
    o = import(TABLE COLUMNS, slice_make((char *)packed, gzip.total_out), 1);
    assert_true(slice_is(first_value(o.reg, "pay"), "7"));
    (void)reg_free(o.reg);
    o = import(TABLE COLUMNS, slice_make((char *)packed, gzip.total_out - 12), 1);
    assert_int_equal(o.status, TQ_E_SYNTAX);
    assert_non_null(strstr(o.err.message, "cut short"));

    length = ZSTD_compress(packed, sizeof(packed), text, sizeof(text) - 1, 1);
    assert_false(ZSTD_isError(length));
    o = import(TABLE COLUMNS, slice_make((char *)packed, length), 1);
    assert_true(slice_is(first_value(o.reg, "pay"), "7"));
    (void)reg_free(o.reg);
    o = import(TABLE COLUMNS, slice_make((char *)packed, length - 3), 1);
    assert_int_equal(o.status, TQ_E_SYNTAX);
}

static void wants_a_header_with_the_columns_described(void **state)
{
    struct outcome o = import(TABLE COLUMNS, SLICE_LITERAL("k,nom,dnn,brut\n"), 1);

    (void)state;
    assert_int_equal(o.status, TQ_E_SYNTAX);
    assert_string_equal(o.err.message,
                        "r.yaml:10: table 't': 't.csv' has no column 'ddn'; it has k, nom, dnn, "
                        "brut");
    o = import(TABLE COLUMNS, SLICE_LITERAL(""), 1);
    assert_int_equal(o.status, TQ_E_SYNTAX);
    o = import(TABLE COLUMNS, SLICE_LITERAL("k,nom,ddn,brut,nom\n"), 1);
    assert_string_equal(o.err.message, "r.yaml:9: table 't': 't.csv' has two columns 'nom'");
}

static void tells_when_the_delimiter_or_the_encoding_may_be_wrong(void **state)
{
    struct outcome o = import(TABLE COLUMNS, SLICE_LITERAL("k;nom;ddn;brut\n"), 1);

    (void)state;
    assert_string_equal(o.err.message,
                        "r.yaml:6: table 't': 't.csv' has no column 'k'; it has k;nom;ddn;brut; "
                        "give the 'delimiter' that parts the columns");
    o = import(TABLE COLUMNS, SLICE_LITERAL("k\0,\0n\0o\0m\0"), 1);
    assert_non_null(strstr(o.err.message, "give the 'encoding' of the file"));
}

/* More rows than a round has, so that borders are crossed; some cells bad. */
static void is_the_same_for_any_number_of_threads(void **state)
{
    struct buf csv = {0};
    struct outcome one, two;
    const struct field *a, *b;

    (void)state;
    buf_add_text(&csv, "k,nom,ddn,brut\n");
    for (int i = 0; i < 70000; i++)
        buf_format(&csv, "%d,N%c%c%d,19%02d-%02d-10,%s%d\n", i % 40000, 'A' + i % 26, 'A' + i % 25,
                   i % 7, i % 100, i % 12 + 1, i % 9973 == 5 ? "x" : "", i % 1000);
    one = import(TABLE COLUMNS, buf_slice(&csv), 1);
    two = import(TABLE COLUMNS, buf_slice(&csv), 3);
    assert_int_equal(one.counts.rows_read, 70000);
    assert_int_equal(one.counts.cells_refused, 8);
    assert_string_equal(one.heard.text, two.heard.text);
    for (uint16_t f = 0; f < one.reg->field_count; f++) {
        a = reg_field(one.reg, f);
        b = reg_field(two.reg, f);
        assert_int_equal(a->fact_count, b->fact_count);
        assert_int_equal(a->key_count, b->key_count);
        assert_memory_equal(a->fact_value, b->fact_value, a->fact_count * 4);
        assert_memory_equal(a->posting, b->posting, a->posting_start[a->key_count] * 4);
        assert_memory_equal(a->value_bytes, b->value_bytes, a->value_text[a->value_count]);
    }
    (void)reg_free(one.reg);
    (void)reg_free(two.reg);
    buf_clear(&csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_quotes_line_ends_and_marks),
        cmocka_unit_test(counts_and_names_what_it_cannot_use),
        cmocka_unit_test(refuses_a_table_of_which_nothing_can_be_used),
        cmocka_unit_test(takes_times_in_the_zone_of_the_register),
        cmocka_unit_test(reads_periods_in_any_form),
        cmocka_unit_test(a_table_has_its_own_dates_and_periods),
        cmocka_unit_test(joins_the_parts_of_dates),
        cmocka_unit_test(names_the_part_that_is_missing),
        cmocka_unit_test(converts_encodings_and_delimiters),
        cmocka_unit_test(unpacks_gzip_and_zstd),
        cmocka_unit_test(wants_a_header_with_the_columns_described),
        cmocka_unit_test(tells_when_the_delimiter_or_the_encoding_may_be_wrong),
        cmocka_unit_test(is_the_same_for_any_number_of_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
