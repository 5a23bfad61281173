/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "recorder.h"

/* The bytes of the database that `sql` makes. */
static struct buf make_database(const char *sql)
{
    sqlite3 *database;
    sqlite3_int64 length;
    unsigned char *bytes;
    struct buf out = {0};

    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    bytes = sqlite3_serialize(database, "main", &length, 0);
    assert_non_null(bytes);
    buf_add(&out, bytes, (size_t)length);
    sqlite3_free(bytes);
    (void)sqlite3_close(database);
    return out;
}

static const char *const fund =
    "PRAGMA page_size=512;"
    "CREATE TABLE assures (immat TEXT, \"nom \"\"x\"\"\" TEXT, solde REAL, photo BLOB);"
    "INSERT INTO assures VALUES ('800000001', 'ALAOUI', 12.5, x'41c3a9'),"
    " ('800000002', CAST(x'c974e9' AS TEXT), NULL, x'00ff'), ('800000003', '', 7, zeroblob(100));"
    "CREATE TABLE codes (code TEXT PRIMARY KEY, label TEXT) WITHOUT ROWID;"
    "INSERT INTO codes VALUES ('b', 'second'), ('a', 'first');"
    "CREATE TABLE vide (x);"
    "CREATE VIEW v AS SELECT * FROM assures;"
    "CREATE INDEX i ON assures (immat, solde);"
    "CREATE VIRTUAL TABLE texte USING fts5(corps);"
    "CREATE TABLE odd (rowid TEXT, y);"
    "INSERT INTO odd VALUES ('zz', 1), ('aa', 2);";

static void each_table_is_read_in_the_order_of_the_file(void **state)
{
    struct buf sample = make_database(fund);
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x.csv"), TQ_OK);
    assert_true(recorder_has(&recorder, "type sqlite\n"
                                        "table assures [immat] [nom \"x\"] [solde] [photo]\n"
                                        "row 1 @1 0 | 800000001 | ALAOUI | 12.5 | Aé\n"
                                        "row 2 @2 0 | 800000002 | Été |  | 0x00FF\n"
                                        "row 3 @3 0 | 800000003 |  | 7.0 | \n"
                                        "table codes [code] [label]\n"
                                        "row 4 @1 0 | a | first\n"
                                        "row 5 @2 0 | b | second\n"
                                        "table vide [x]\n"));
    assert_true(recorder_has(&recorder, "table odd [rowid] [y]\n"));
    assert_true(recorder_has(&recorder, " | zz | 1\n"));
    assert_true(recorder_has(&recorder, "note @0 1 views, not run\n"
                                        "note @0 1 virtual tables, not run\n"
                                        "note @0 1 blobs that are no text, left out\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void a_database_in_wal_mode_is_read_and_its_log_noted(void **state)
{
    struct buf sample = make_database(fund);
    struct recorder recorder = {0};

    (void)state;
    sample.data[18] = sample.data[19] = 2;
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "row 1 @1 0 | 800000001 | ALAOUI"));
    assert_true(recorder_has(&recorder, "write-ahead log"));
    recorder_clear(&recorder);
    buf_clear(&sample);

    assert_int_equal(recorder_read(&recorder, slice_make("\x37\x7f\x06\x82\0\0\0\0", 8), "x-wal"),
                     TQ_OK);
    assert_true(recorder_has(&recorder, "type sqlite-wal\nnote @0 not read"));
    recorder_clear(&recorder);
}

static struct buf make_long_table(unsigned rows)
{
    struct buf sql = {0}, sample;

    buf_add_text(&sql, "PRAGMA page_size=512; CREATE TABLE t (id INTEGER PRIMARY KEY, nom TEXT);"
                       "BEGIN;");
    for (unsigned i = 1; i <= rows; i++)
        buf_format(&sql, "INSERT INTO t VALUES (%u, 'name number %u');", i, i);
    buf_add_text(&sql, "COMMIT;");
    sample = make_database(sql.data);
    buf_clear(&sql);
    return sample;
}

static void behind_a_damaged_page_reading_goes_on(void **state)
{
    struct buf sample = make_long_table(1000);
    struct recorder recorder = {0};

    (void)state;
    memset(sample.data + 512 * (size_t)20, 0xAA, 512);
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder.rows > 900 && recorder.rows < 1000);
    assert_true(recorder_has(&recorder, " | 1000 | name number 1000\n"));
    assert_true(recorder_has(&recorder, "a table is damaged: rows of it are missing\n"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void a_truncated_database_is_read_as_far_as_it_goes(void **state)
{
    struct buf sample = make_long_table(1000);
    struct recorder recorder = {0};

    (void)state;
    assert_int_equal(recorder_read(&recorder, slice_make(sample.data, sample.length / 2), "x"),
                     TQ_OK);
    assert_true(recorder.rows > 300 && recorder.rows < 1000);
    assert_true(recorder_has(&recorder, "truncated"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void a_damaged_schema_costs_only_what_it_must(void **state)
{
    struct buf sample = make_database("CREATE TABLE a (x); INSERT INTO a VALUES ('kept');"
                                      "CREATE TABLE bbbbbb (y); INSERT INTO bbbbbb VALUES (2);");
    struct recorder recorder = {0};
    char *broken = memmem(sample.data, sample.length, "CREATE TABLE bbbbbb", 19);

    (void)state;
    assert_non_null(broken);
    memcpy(broken, "CREATE TROUBLE !!!!", 19);
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder_has(&recorder, "row 1 @1 0 | kept\n"));
    assert_true(recorder_has(&recorder, "its schema is damaged"));
    recorder_clear(&recorder);
    buf_clear(&sample);
}

/* Let all children of a page be one other page. */
static void point_to(unsigned char *page, unsigned target)
{
    unsigned cells = (unsigned)page[3] << 8 | page[4];

    for (unsigned i = 0; i < cells; i++) {
        unsigned at = (unsigned)page[12 + 2 * i] << 8 | page[13 + 2 * i];

        page[at + 2] = (unsigned char)(target >> 8);
        page[at + 3] = (unsigned char)target;
    }
    page[10] = (unsigned char)(target >> 8);
    page[11] = (unsigned char)target;
}

static void shared_pages_multiply_no_rows(void **state)
{
    struct buf sample = make_long_table(6000);
    struct recorder recorder = {.quiet = true};
    unsigned last = 2, levels = 0;
    unsigned char *pages = (unsigned char *)sample.data;

    (void)state;
    for (unsigned i = 3; i <= sample.length / 512 && levels < 4; i++) {
        if (pages[512 * (size_t)(i - 1)] != 5)
            continue;
        point_to(pages + 512 * (size_t)(last - 1), i);
        last = i;
        levels++;
    }
    assert_int_equal(levels, 4);
    assert_int_equal(recorder_read(&recorder, buf_slice(&sample), "x"), TQ_OK);
    assert_true(recorder.rows > 0 && recorder.rows <= sample.length / 2 + 1);
    recorder_clear(&recorder);
    buf_clear(&sample);
}

static void damaged_samples_are_read_to_the_end(void **state)
{
    struct buf sample = make_database(fund);

    (void)state;
    torture(buf_slice(&sample), "x.db", 300, 1500);
    buf_clear(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_table_is_read_in_the_order_of_the_file),
        cmocka_unit_test(a_database_in_wal_mode_is_read_and_its_log_noted),
        cmocka_unit_test(behind_a_damaged_page_reading_goes_on),
        cmocka_unit_test(a_truncated_database_is_read_as_far_as_it_goes),
        cmocka_unit_test(a_damaged_schema_costs_only_what_it_must),
        cmocka_unit_test(shared_pages_multiply_no_rows),
        cmocka_unit_test(damaged_samples_are_read_to_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
