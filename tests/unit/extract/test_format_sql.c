/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "recorder.h"

static void read_sample(struct recorder *recorder, const char *name)
{
    struct buf sample = corpus_load(name);

    assert_int_equal(recorder_read(recorder, buf_slice(&sample), "x.txt"), TQ_OK);
    buf_clear(&sample);
}

static void a_dump_of_mysql_is_read(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "sql/mysql.sql");
    assert_true(recorder_has(
        &recorder,
        "type sql\n"
        "table assures [immat] [nom] [adresse] [photo] [actif] [solde]\n"
        "row 1 @21 0 | 800000001 | O'HARA; (x) | 1 rue A\\u{000A}Fès | 0xFFD8FF00 | 1 | -12.50\n"
        "row 2 @21 0 | 800000002 | L'ALAOUI | 2, rue \"B\" | ab | 0 | \n"
        "row 3 @22 0 | 800000003 | TAZI |  |  |  | \n"
        "row 4 @23 0 | 800000004 | RAMI |  |  |  | \n"
        "table codes [code] [label] [value]\n"
        "row 5 @32 0 | AB | Été | é\n"
        "row 6 @33 0 | M | MariaDB | 1.5e-3\n"
        "fact encoding = UTF-8\n"));
    recorder_clear(&recorder);
}

static void a_dump_of_postgres_is_read(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "sql/postgres.sql");
    assert_true(recorder_has(&recorder,
                             "note @28 a blank line among rows, not a record\n"
                             "row 1 @25 0 | 800000001 | ALAOUI | \n"
                             "row 2 @26 0 | 800000002 | BEN\\u{0009}NANI | line one\\u{000A}line "
                             "two \\ end\n"
                             "row 3 @27 1 | 800000003 | O'HARA | \n"
                             "table salaires [immat] [mois] [brut]\n"
                             "row 4 @31 0 | 800000001 | 2024-01-01 | -1500.00\n"
                             "row 5 @32 0 | 800000002 | 2024\\u{0009}02 | \n"
                             "row 6 @32 0 | back\\slash | it's | a; b\n"
                             "table paie.Primes [] [] []\n"
                             "row 7 @33 0 | 1 | true | xy\n"
                             "fact encoding = UTF-8\n"));
    recorder_clear(&recorder);
}

static void a_script_of_sql_server_is_read(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "sql/sqlserver.sql");
    assert_true(recorder_has(&recorder, "table Assures [Immat] [Nom complet] [Naissance]\n"
                                        "row 1 @23 0 | 800000001 | D'ALAOUI [x] | "
                                        "1990-01-01 12:00:00\n"
                                        "row 2 @24 0 | 800000002 | C:\\ | "
                                        "1990-05-01T00:00:00.000\n"
                                        "table Soldes [] []\n"));
    assert_true(recorder_has(&recorder, "row 3 @27 0 | 1 | un\nrow 4 @28 0 | 2 | deux\n"));
    assert_true(recorder_has(&recorder, "note @30 an INSERT whose rows are not told\n"));
    recorder_clear(&recorder);
}

static void an_export_of_oracle_is_read(void **state)
{
    struct recorder recorder = {0};

    (void)state;
    read_sample(&recorder, "sql/oracle.sql");
    assert_true(recorder_has(&recorder, "table RH.ASSURES [IMMAT] [NOM] [DDN]\n"
                                        "row 1 @3 0 | 800000001 | L'ALAOUI | 01/05/80\n"
                                        "row 2 @4 0 | 800000002 | A&B | 02/05/80 10:00\n"
                                        "table codes [c] [l]\n"
                                        "row 3 @6 0 | 1 | un\n"
                                        "row 4 @7 0 | 2 | deux\n"
                                        "fact encoding"));
    recorder_clear(&recorder);
}

static void expect(const char *text, const char *wanted)
{
    struct recorder recorder = {0};

    assert_int_equal(recorder_read(&recorder, slice_of(text), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, wanted));
    recorder_clear(&recorder);
}

static void values_are_texts(void **state)
{
    static const struct {
        const char *value, *cell;
    } cases[] = {
        {"NULL", " | \n"},
        {"- 5", " | -5\n"},
        {"now()", " | \n"},
        {"CURRENT_DATE", " | CURRENT_DATE\n"},
        {"'O'Brien'", " | O'Brien\n"},
        {"CAST(5 AS decimal(3, 1))", " | 5\n"},
        {"CONVERT(varchar(10), N'a', 103)", " | a\n"},
        {"DATE '2024-05-01'", " | 2024-05-01\n"},
        {"x'00ff'", " | 00ff\n"},
        {"0x68C3A9", " | hé\n"},
        {"'a' || chr(10) || 'b'", " | a\\u{000A}b\n"},
        {"$$it's$$", " | it's\n"},
        {"CAST(0x4C320B00 AS Date)", " | 2010-01-01\n"},
        {"CAST(0x9CF102D0 AS SmallDateTime)", " | 2010-01-01 12:00:00\n"},
        {"CAST(0xFFFFFFFFFFFFFFFF AS DateTime)", " | 0xFFFFFFFFFFFFFFFF\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf text = {0};

        buf_format(&text, "INSERT INTO t VALUES (%s);", cases[i].value);
        expect(text.data, cases[i].cell);
        buf_clear(&text);
    }
}

static void a_torn_dump_is_read_as_far_as_it_goes(void **state)
{
    (void)state;
    expect("INSERT INTO `t` VALUES (1,'a'),(2,'b", "row 1 @1 0 | 1 | a\nrow 2 @1 1 | 2 | b\n");
    expect("INSERT INTO `t` VALUES (1,'a'),(2,'b\nINSERT INTO `t` VALUES (3,'c');",
           "row 1 @1 0 | 1 | a\nrow 2 @1 1 | 2 | b\nrow 3 @2 0 | 3 | c\n");
    expect("INSERT INTO t VALUES (1,'a'),(2,\nINSERT INTO t VALUES (3,'c');",
           "row 2 @1 1 | 2 | \nrow 3 @2 0 | 3 | c\n");
    expect("COPY t (a, b) FROM stdin;\n1\t2\nCOPY u (c) FROM stdin;\n3\n\\.\n",
           "row 1 @2 0 | 1 | 2\ntable u [c]\nrow 2 @4 0 | 3\n");
    expect("x','y'),(2,'b');\nINSERT INTO t (a,b) VALUES ('1','a');\n",
           "note @1 a statement that is not known\n");
    expect("INSERT INTO t (a) VALUES ('1');\nblah blah; INSERT INTO t (a) VALUES ('2');\n",
           "row 2 @2 0 | 2\n");
}

static void a_script_without_rows_is_searched_as_text(void **state)
{
    (void)state;
    expect("USE fonds;\nSET x = 1;\nUPDATE t SET nom = 'TAZI' WHERE immat = '800000001';\n",
           "note @3 a statement that changes or deletes rows, not followed\n"
           "note @0 no rows were found: searched as text\n");
    expect("USE fonds;\nSET x = 1;\nUPDATE t SET nom = 'TAZI' WHERE immat = '800000001';\n",
           "page 1 16 words: USE fonds; SET x = 1; UPDATE t SET nom = 'TAZI' WHERE");
}

static void one_line_of_many_megabytes_is_read(void **state)
{
    struct recorder recorder = {.quiet = true};
    struct buf text = {0};
    const unsigned rows = 200000;

    (void)state;
    buf_add_text(&text, "/*!40101 SET NAMES utf8 */;\nINSERT INTO `t` VALUES ");
    for (unsigned i = 0; i < rows; i++)
        buf_format(&text, "%s(%u,'nom \\'%u\\'','1 rue, %u')", i ? "," : "", i, i, i);
    buf_add_text(&text, ";\n");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_int_equal(recorder.rows, rows);
    assert_int_equal(recorder.notes, 0);
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void a_string_of_many_megabytes_is_cut(void **state)
{
    struct recorder recorder = {.quiet = true};
    struct buf text = {0};

    (void)state;
    buf_add_text(&text, "INSERT INTO t VALUES (1,'");
    for (unsigned i = 0; i < 400000; i++)
        buf_add_text(&text, "0123456789");
    buf_add_text(&text, "'),(2,'b');");
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_int_equal(recorder.rows, 2);
    assert_int_equal(recorder.notes, 1);
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void tables_that_alternate_without_end_share_one(void **state)
{
    struct recorder recorder = {0};
    struct buf text = {0};

    (void)state;
    for (unsigned i = 0; i < 10000; i++)
        buf_format(&text, "INSERT INTO t%u VALUES (%u,'x');\n", i % 2, i);
    assert_int_equal(recorder_read(&recorder, buf_slice(&text), "x"), TQ_OK);
    assert_int_equal(recorder.rows, 10000);
    assert_true(recorder_has(&recorder, "table (mixed) [table] [values]\n"));
    assert_true(recorder_has(&recorder, "row 10000 @10000 0 | t1 | 9999; x\n"));
    recorder_clear(&recorder);
    buf_clear(&text);
}

static void what_only_speaks_of_sql_is_something_else(void **state)
{
    static const struct {
        const char *text, *type;
    } cases[] = {
        {"id,action,table\n1,INSERT INTO x VALUES (1),users\n2,DELETE FROM y,users\n"
         "3,UPDATE z,users\n",
         "type csv\n"},
        {"action,id\nINSERT INTO x VALUES (1),1\nINSERT INTO y VALUES (2),2\n"
         "INSERT INTO z VALUES (3),3\n",
         "type csv\n"},
        {"2024-05-01 10:00:00 INFO  INSERT INTO users (id) VALUES (1);\n"
         "2024-05-01 10:00:01 INFO  connection closed by peer\n",
         "type text\n"},
        {"{\"query\": \"INSERT INTO t VALUES (1);\"}\n{\"query\": \"CREATE TABLE t (a);\"}\n",
         "type jsonl\n"},
        {"Dear colleagues,\n\nplease run\n\nINSERT INTO t (a) VALUES (1);\n\nbefore you leave. "
         "Select what you need; set it aside; begin anew.\n",
         "type text\n"},
        {"Create an account, then insert your card into the reader and use it;\nit works.\n",
         "type text\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        expect(cases[i].text, cases[i].type);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    static const char *const names[] = {"sql/mysql.sql", "sql/postgres.sql", "sql/sqlserver.sql",
                                        "sql/oracle.sql"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct buf sample = corpus_load(names[i]);

        torture(buf_slice(&sample), "x.sql", (unsigned)sample.length, 400);
        buf_clear(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dump_of_mysql_is_read),
        cmocka_unit_test(a_dump_of_postgres_is_read),
        cmocka_unit_test(a_script_of_sql_server_is_read),
        cmocka_unit_test(an_export_of_oracle_is_read),
        cmocka_unit_test(values_are_texts),
        cmocka_unit_test(a_torn_dump_is_read_as_far_as_it_goes),
        cmocka_unit_test(a_script_without_rows_is_searched_as_text),
        cmocka_unit_test(one_line_of_many_megabytes_is_read),
        cmocka_unit_test(a_string_of_many_megabytes_is_cut),
        cmocka_unit_test(tables_that_alternate_without_end_share_one),
        cmocka_unit_test(what_only_speaks_of_sql_is_something_else),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
