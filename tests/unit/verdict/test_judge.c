/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "judge_table.h"
#include "toy_register.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char register_text[] =
    "country MA\n"
    "kind employer\n"
    "field employer number id identity\n"
    "field employer name text identity\n"
    "field employer phone phone contact\n"
    "kind person\n"
    "field person number id identity\n"
    "field person family_name family-name identity\n"
    "field person given_name given-name identity\n"
    "field person birth_date date identity\n"
    "field person phone phone contact\n"
    "field person account account financial\n"
    "field person address address contact\n"
    "field person city text contact\n"
    "field person employer ref employment to=employer\n"
    "field person salary amount financial periodic\n"
    "field person payer ref employment to=employer periodic\n"
    "kind employer\n"
    "100 | number | 100\n"
    "100 | name | ATLAS TEXTILE\n"
    "100 | phone | 0522000001\n"
    "200 | number | 200\n"
    "200 | name | SOUSS AGRO\n"
    "200 | name | Süß Großhandel\n"
    "kind person\n"
    "1001 | number | 0001001\n"
    "1001 | family_name | EL ALAOUI\n"
    "1001 | given_name | Mohamed Amine\n"
    "1001 | birth_date | 1980-05-17\n"
    "1001 | phone | 0612345678 | known ..2023-01-10\n"
    "1001 | phone | 0699887766 | known 2023-01-10..\n"
    "1001 | account | 011780000012345678901234\n"
    "1001 | address | 12 Rue Ibn Sina\n"
    "1001 | city | Rabat | known ..2023-06-01\n"
    "1001 | city | Casablanca | known 2023-06-01..2024-09-01\n"
    "1001 | city | Tanger | known 2024-09-01..\n"
    "1001 | employer | 100 | known ..2024-02-01\n"
    "1001 | employer | 200 | known 2024-02-01..\n"
    "1001 | salary | 4120.55 | period 2024-03 | known 2024-04-10..\n"
    "1001 | salary | 4350.75 | period 2024-04 | known 2024-05-10..\n"
    "1001 | salary | 5233.10 | period 2024-05 | known 2024-06-10..\n"
    "1001 | payer | 100 | period 2024-03 | known 2024-04-10..\n"
    "1001 | payer | 200 | period 2024-04 | known 2024-05-10..\n"
    "1002 | number | 1002\n"
    "1002 | family_name | BENNANI\n"
    "1002 | given_name | Fatima\n"
    "1002 | birth_date | 1975-11-02\n"
    "1002 | phone | 0655443322\n"
    "1002 | account | 022810000098765432109876\n"
    "1002 | address | 7 Avenue Hassan II\n"
    "1002 | city | Rabat\n"
    "1002 | employer | 100\n"
    "1002 | salary | 9871.33 | period 2024-03 | known 2024-04-10..\n"
    "1002 | salary | 9872.44 | period 2024-04 | known 2024-05-10..\n"
    "1002 | salary | 9912.27 | period 2024-05 | known 2024-06-10..\n"
    "1003 | number | 1003\n"
    "1003 | family_name | TAZI\n"
    "1003 | given_name | Karim\n"
    "1003 | birth_date | 1990-01-01\n"
    "1003 | city | Rabat\n"
    "1003 | employer | 200\n";

/* Many more, so that shares and densities mean something. */
static char *large_register(void)
{
    static char text[1 << 20];
    size_t length = (size_t)snprintf(text, sizeof(text), "%s", register_text);

    for (unsigned i = 0; i < 60; i++)
        length += (size_t)snprintf(
            text + length, sizeof(text) - length,
            "%u | number | %u\n%u | family_name | FAMILY%c%c\n%u | birth_date | 19%02u-03-%02u\n"
            "%u | phone | 06%08u\n%u | account | 0337800000%014u\n%u | city | Fes\n"
            "%u | address | %u Bd Zerktouni\n",
            2000 + i, 2000 + i, 2000 + i, (int)('A' + i / 26), (int)('A' + i % 26), 2000 + i,
            50 + i % 40, 1 + i % 28, 2000 + i, 77000000 + i * 104729, 2000 + i, 5550000 + i * 7919,
            2000 + i, 2000 + i, i + 1);
    return text;
}

enum {
    NUMBER,
    FAMILY,
    GIVEN,
    BORN,
    PHONE,
    ACCOUNT,
    CITY,
    FIRM,
    COLUMNS
};

static const struct test_column columns[COLUMNS] = {
    [NUMBER] = {NULL, "number", AS_ID},      [FAMILY] = {NULL, "family_name", AS_NAME},
    [GIVEN] = {NULL, "given_name", AS_NAME}, [BORN] = {NULL, "birth_date", AS_DMY},
    [PHONE] = {NULL, "phone", AS_PHONE},     [ACCOUNT] = {NULL, "account", AS_ID},
    [CITY] = {NULL, "city", AS_TEXT},        [FIRM] = {"employer", "name", AS_TEXT},
};

/* Cells that agree at the snapshot of 2024-06-01. */
static const char *const right[COLUMNS] = {"0001001",    "EL ALAOUI",  "Mohamed Amine",
                                           "17/05/1980", "0699887766", "011780000012345678901234",
                                           "Casablanca", "Souss Agro"};

/* One changed cell: what comes out for it and for the record. The examples of DESIGN section 6. */
static const struct golden {
    unsigned column;
    const char *cell, *verdict, *record;
    enum ground ground;
} golden[] = {
    {NUMBER, "0001001", "agrees", "authentic", GROUND_NONE},
    {NUMBER, "1001", "variant", "authentic", GROUND_OTHER_FORMAT}, /* lost leading zeros */
    {NUMBER, "0001081", "contradicts", "altered", GROUND_ONE_EDIT},
    {NUMBER, "0007381", "contradicts", "altered", GROUND_NONE},
    {FAMILY, "el alaoui", "agrees", "authentic", GROUND_NONE},
    {FAMILY, "ELALAOUI", "variant", "authentic", GROUND_OTHER_SPELLING},
    {FAMILY, "EL ALAOUY", "variant", "authentic", GROUND_OTHER_SPELLING},
    {FAMILY, "BENNANI", "contradicts", "altered", GROUND_NONE},
    {GIVEN, "Mohamed", "truncated", "incomplete", GROUND_PREFIX},
    {GIVEN, "Amine", "truncated", "incomplete", GROUND_MISSING_NAME},
    {GIVEN, "Mohammed Amine", "variant", "authentic", GROUND_OTHER_SPELLING},
    {GIVEN, "Moh\xef\xbf\xbdmed Amine", "truncated", "incomplete", GROUND_UNDECODABLE},
    {BORN, "17.05.80", "agrees", "authentic", GROUND_NONE},
    {BORN, "1980-05-17", "variant", "authentic", GROUND_OTHER_FORMAT},
    {BORN, "18/05/1980", "contradicts", "altered", GROUND_ONE_EDIT},
    {BORN, "02/11/1991", "contradicts", "altered", GROUND_NONE},
    {PHONE, "+212 6 99 88 77 66", "agrees", "authentic", GROUND_NONE},
    {PHONE, "0612345678", "agrees-earlier", "stale", GROUND_NONE},
    {PHONE, "0655443322", "other-subject", "misattributed", GROUND_RARE_VALUE},
    {PHONE, "0699887767", "contradicts", "altered", GROUND_ONE_EDIT},
    {PHONE, "06998", "truncated", "incomplete", GROUND_PREFIX},
    {PHONE, "", "missing", "incomplete", GROUND_NONE},
    {PHONE, "NULL", "missing", "incomplete", GROUND_NONE},
    {PHONE, "06******66", "truncated", "incomplete", GROUND_MASKED},
    {PHONE, "06******67", "contradicts", "altered", GROUND_NONE},
    {FAMILY, "EL A*****", "truncated", "incomplete", GROUND_MASKED},
    {FAMILY, "B*****", "contradicts", "altered", GROUND_NONE},
    {BORN, "05/1980", "truncated", "incomplete", GROUND_COARSER},
    {BORN, "mai 1980", "truncated", "incomplete", GROUND_COARSER},
    {BORN, "1980-05-00", "truncated", "incomplete", GROUND_COARSER},
    {BORN, "1980", "truncated", "incomplete", GROUND_COARSER},
    {BORN, "06/1980", "contradicts", "altered", GROUND_NONE},
    {BORN, "01/05/1980", "contradicts", "altered", GROUND_NONE}, /* a day, and not his */
    {BORN, "**/05/1980", "truncated", "incomplete", GROUND_MASKED},
    {BORN, "**/06/1980", "contradicts", "altered", GROUND_NONE},
    {ACCOUNT, "022810000098765432109876", "other-subject", "misattributed", GROUND_RARE_VALUE},
    {ACCOUNT, "1.178E+22", "truncated", "incomplete", GROUND_SPREADSHEET},
    {ACCOUNT, "9.178E+22", "contradicts", "altered", GROUND_NONE},
    {ACCOUNT, "11780000012345600000000", "truncated", "incomplete", GROUND_SPREADSHEET},
    {ACCOUNT, "########", "truncated", "incomplete", GROUND_SPREADSHEET},
    {CITY, "Rabat", "agrees-earlier", "stale", GROUND_NONE},
    {CITY, "Tanger", "agrees-later", "authentic", GROUND_NONE},
    {CITY, "Agadir", "contradicts", "altered", GROUND_NONE},
    {FIRM, "ATLAS TEXTILE", "agrees-earlier", "stale", GROUND_NONE},
    {FIRM, "Souss Agro, Agadir", "variant", "authentic", GROUND_OTHER_FORMAT}, /* says more */
    {FIRM, "Souss Agro Agadir", "contradicts", "altered", GROUND_ONE_EDIT},
    {FIRM, "SOUSS", "truncated", "incomplete", GROUND_PREFIX},
    {FIRM, "S OUSS AGRO", "variant", "authentic", GROUND_OTHER_SPELLING},
    {FIRM, "SOUS SAGRO", "contradicts", "altered", GROUND_ONE_EDIT},
    {FIRM, "SUESS GROSSHANDEL", "variant", "authentic", GROUND_OTHER_SPELLING},
    {FIRM, "SUSS GROSSHANDEL", "agrees", "authentic", GROUND_NONE},
    {FIRM, "SAHARA IMPORT", "contradicts", "altered", GROUND_NONE},
};

/* What a column shows of each date agrees; a month or an age that is not his is altered. */
static void parts_of_dates_agree_where_a_column_shows_them(void **state)
{
    static const struct test_column parts[] = {
        {NULL, "number", AS_ID},
        {NULL, "birth_date", AS_MY},
        {NULL, "birth_date", AS_AGE, .age_day = 19875}, /* 2024-06-01 */
    };
    static const struct {
        const char *row, *cells;
        enum ground ground;
    } rows[] = {
        {"0001001|05/1980|44", "agrees agrees agrees", GROUND_NONE},
        {"0001001|mai 80|45 ans", "agrees agrees variant", GROUND_AGE_BESIDE},
        {"0001001|1980|17/05/1980", "agrees truncated variant", GROUND_OTHER_FORMAT},
        {"0001001|11/1975|48", "agrees contradicts contradicts", GROUND_OTHER_AGE},
        {"0001001|17/05/1980|19", "agrees variant contradicts", GROUND_OTHER_AGE},
    };
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", parts, LENGTH(parts));
    judge_table_snapshot(&table, "2024-05-30", "2024-06-02");
    for (size_t i = 0; i < LENGTH(rows); i++)
        judge_table_row(&table, rows[i].row, "1001", false);
    judge_table_run(&table, 1);
    for (uint32_t i = 0; i < LENGTH(rows); i++) {
        assert_string_equal(judge_table_cells(&table, i, 0), rows[i].cells);
        assert_int_equal(judge_table_cell(&table, i, 0, 2)->ground, rows[i].ground);
    }
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void add_changed(struct judge_table *table, unsigned column, const char *cell)
{
    char row[512];
    size_t length = 0;

    for (unsigned i = 0; i < COLUMNS; i++)
        length += (size_t)snprintf(row + length, sizeof(row) - length, "%s%s", i > 0 ? "|" : "",
                                   i == column ? cell : right[i]);
    judge_table_row(table, row, "1001", false);
}

static void gives_each_changed_cell_its_verdict(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    judge_table_snapshot(&table, "2024-05-30", "2024-06-02");
    for (size_t i = 0; i < LENGTH(golden); i++)
        add_changed(&table, golden[i].column, golden[i].cell);
    judge_table_run(&table, 1);
    for (uint32_t i = 0; i < LENGTH(golden); i++) {
        const struct cell_finding *cell = judge_table_cell(&table, i, 0, golden[i].column);

        if (!cell || cell->ground != golden[i].ground
            || strcmp(cell_verdict_name(cell->verdict), golden[i].verdict) != 0
            || strcmp(judge_table_verdict(&table, i), golden[i].record) != 0)
            fail_msg("'%s' is %s (%s), ground %d", golden[i].cell, judge_table_cells(&table, i, 0),
                     judge_table_verdict(&table, i), cell ? cell->ground : -1);
    }
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* The same rows, but read by OCR: what may be misread is no alteration, anything else still is. */
static const struct golden scanned[] = {
    {NUMBER, "0001081", "truncated", "incomplete", GROUND_MISREAD}, /* 0 and 8 */
    {NUMBER, "OOO1OO1", "truncated", "incomplete", GROUND_MISREAD},
    {NUMBER, "0007381", "contradicts", "altered", GROUND_NONE},
    {NUMBER, "x1", "truncated", "incomplete", GROUND_MISREAD}, /* a part of something */
    {FAMILY, "BENNANI", "contradicts", "altered", GROUND_NONE},
    {GIVEN, "Mohamecl Arnine", "truncated", "incomplete", GROUND_MISREAD},
    {BORN, "18/05/1980", "contradicts", "altered", GROUND_ONE_EDIT}, /* 7 and 8 are not alike */
    {BORN, "17/06/1980", "truncated", "incomplete", GROUND_MISREAD},
    {BORN, "02/11/1991", "contradicts", "altered", GROUND_NONE},
    {PHONE, "0655443322", "other-subject", "misattributed", GROUND_RARE_VALUE},
    {PHONE, "069988776", "truncated", "incomplete", GROUND_PREFIX},
    {PHONE, "06998B7766", "truncated", "incomplete", GROUND_MISREAD},
    {CITY, "Agadir", "contradicts", "altered", GROUND_NONE},
    {CITY, "Casab1anca 12", "truncated", "incomplete", GROUND_MISREAD},
    {FIRM, "Souss Agro Agadir", "truncated", "incomplete", GROUND_MISREAD},
    {FIRM, "SAHARA IMPORT", "contradicts", "altered", GROUND_NONE},
};

static void what_ocr_may_have_misread_is_no_alteration(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    table.row_flags = ROW_BY_OCR;
    judge_table_snapshot(&table, "2024-05-30", "2024-06-02");
    for (size_t i = 0; i < LENGTH(scanned); i++)
        add_changed(&table, scanned[i].column, scanned[i].cell);
    judge_table_run(&table, 1);
    for (uint32_t i = 0; i < LENGTH(scanned); i++) {
        const struct cell_finding *cell = judge_table_cell(&table, i, 0, scanned[i].column);

        if (!cell || cell->ground != scanned[i].ground
            || strcmp(cell_verdict_name(cell->verdict), scanned[i].verdict) != 0
            || strcmp(judge_table_verdict(&table, i), scanned[i].record) != 0)
            fail_msg("'%s' is %s (%s), ground %d", scanned[i].cell, judge_table_cells(&table, i, 0),
                     judge_table_verdict(&table, i), cell ? cell->ground : -1);
    }
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void the_owner_of_a_swapped_value_is_named(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    add_changed(&table, PHONE, "0655443322");
    judge_table_run(&table, 0);
    assert_int_equal(judge_table_cell(&table, 0, 0, PHONE)->other,
                     toy_subject(reg, "person", "1002"));
    assert_int_equal(judge_table_cell(&table, 0, 0, FIRM)->other,
                     toy_subject(reg, "employer", "200"));
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* A name proves no swap; beside an account of the same person it is part of one. */
static void a_common_value_follows_a_rare_one_of_the_same_subject(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    judge_table_row(&table,
                    "0001001|BENNANI|Mohamed Amine|17/05/1980|0699887766|"
                    "022810000098765432109876|Casablanca|Souss Agro",
                    "1001", false);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_cells(&table, 0, 0),
                        "agrees other-subject agrees agrees agrees other-subject agrees agrees");
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void a_row_is_judged_at_the_snapshot_that_most_cells_allow(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    judge_table_snapshot(&table, "2024-05-30", "2024-06-02");
    judge_table_snapshot(&table, "2022-03-01", "2022-03-02");
    judge_table_row(&table,
                    "0001001|EL ALAOUI|Mohamed Amine|17/05/1980|0612345678|"
                    "011780000012345678901234|Rabat|Atlas Textile",
                    "1001", false);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_verdict(&table, 0), "authentic");
    assert_int_equal(table.findings.records[0].snapshot, 1);
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void records_of_nobody_have_only_unknown_cells(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    for (unsigned i = 0; i < 3; i++)
        judge_table_row(&table, "777|NOBODY||||||", NULL, false);
    table.links[0].nobody = table.links[1].nobody = NOBODY_MIN;
    table.links[0].recognisable = table.links[2].recognisable = true;
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_cells(&table, 0, 0), "unknown unknown - - - - - -");
    assert_string_equal(judge_table_verdict(&table, 0), "unfounded");
    assert_string_equal(judge_table_verdict(&table, 1), "unverifiable");
    assert_string_equal(judge_table_verdict(&table, 2), "unverifiable");
    assert_int_equal(table.findings.records[0].posterior, NOBODY_MIN);
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void a_subject_without_any_of_the_values_is_unverifiable(void **state)
{
    static const struct test_column few[] = {{NULL, "phone", AS_PHONE}, {NULL, "account", AS_ID}};
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", few, LENGTH(few));
    judge_table_row(&table, "0611111111|", "1003", false);
    judge_table_run(&table, 20);
    assert_string_equal(judge_table_cells(&table, 0, 0), "unknown -");
    assert_string_equal(judge_table_verdict(&table, 0), "unverifiable");
    assert_int_equal(table.findings.records[0].subject, toy_subject(reg, "person", "1003"));
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* Who has no telephone in the register has not got the one that is another's. */
static void a_rare_value_is_anothers_also_where_the_subject_holds_none(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    judge_table_row(&table, "1003|TAZI|Karim|01/01/1990|0655443322||Rabat|", "1003", false);
    judge_table_row(&table, "1003|TAZI|Karim|01/01/1990|0611111111||Rabat|", "1003", false);
    judge_table_run(&table, 0);
    assert_int_equal(judge_table_cell(&table, 0, 0, PHONE)->other,
                     toy_subject(reg, "person", "1002"));
    assert_string_equal(judge_table_verdict(&table, 0), "misattributed");
    assert_string_equal(judge_table_verdict(&table, 1), "authentic");
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void a_second_subject_named_by_identity_makes_it_misattributed(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    judge_table_row(&table, "0001001|BENNANI|Fatima|||||", "1001", false);
    judge_table_row(&table, "0001001|BENNANI|Fatima|||||", "1001", false);
    table.links[1].other = toy_subject(reg, "person", "1002");
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_verdict(&table, 0), "altered");
    assert_string_equal(judge_table_verdict(&table, 1), "misattributed");
    assert_string_equal(judge_table_cells(&table, 1, 0),
                        "agrees other-subject other-subject - - - - -");
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* ---- periods ---- */

static const struct test_column statement[] = {
    {NULL, "number", AS_ID},
    {NULL, "family_name", AS_NAME},
    {NULL, NULL, AS_MY, .is_month = true},
    {NULL, "salary", AS_COMMA, PERIOD_ROW},
};

static void lines_are_compared_with_their_own_month(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", statement, LENGTH(statement));
    judge_table_set_slots(&table, 2);
    judge_table_row(&table, "0001001|EL ALAOUI|03/2024|4.120,55", "1001", false);
    judge_table_row(&table, "0001001|EL ALAOUI|04/2024|4350,75", NULL, true);
    judge_table_row(&table, "0001001|EL ALAOUI|03/2024|4350,75", "1001", false);
    judge_table_row(&table, "0001001|EL ALAOUI|01/2019|4350,75", NULL, true);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_verdict(&table, 0), "authentic");
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees agrees agrees");
    assert_string_equal(judge_table_cells(&table, 0, 1), "- - agrees"); /* slots once */
    assert_int_equal(judge_table_cell(&table, 0, 1, 3)->period, month_number(2024, 4));
    assert_string_equal(judge_table_verdict(&table, 1), "altered");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees agrees contradicts");
    assert_int_equal(judge_table_cell(&table, 1, 1, 3)->ground, GROUND_NO_SUCH_PERIOD);
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* A document with two tables: a row of one is silent about the columns of the other, and a row that
 * names no month misses nothing of any month. What is reached through the payer of a month is of
 * that month. */
static void a_row_claims_only_in_the_columns_of_its_own_table(void **state)
{
    static const struct test_column two_tables[] = {
        {NULL, "number", AS_ID},
        {NULL, "account", AS_ID},
        {NULL, "city", AS_TEXT},
        {NULL, NULL, AS_MY, .is_month = true},
        {"payer", "name", AS_TEXT, PERIOD_ROW},
        {NULL, "salary", AS_COMMA, PERIOD_ROW},
    };
    static const uint16_t blocks[] = {0, 1, 1, 2, 2, 2};
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", two_tables, LENGTH(two_tables));
    judge_table_set_slots(&table, 1);
    memcpy(table.head.blocks, blocks, sizeof(blocks));
    judge_table_snapshot(&table, "2024-06-14", "2024-06-15");
    judge_table_row(&table, "0001001|011780000012345678901234|Casablanca|||", "1001", false);
    judge_table_row(&table, "0001001|||03/2024|Atlas Textile|4120,55", NULL, true);
    judge_table_row(&table, "0001001|||04/2024|Souss Agro|4350,75", NULL, true);
    judge_table_row(&table, "0001001||Casablanca|||", "1001", false);
    judge_table_row(&table, "0001001||||Atlas Textile|", NULL, true);
    judge_table_row(&table, "0001001|||03/2024||4120,55", NULL, true);
    judge_table_run(&table, 20);
    assert_string_equal(judge_table_verdict(&table, 0), "authentic");
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees agrees agrees - -");
    assert_string_equal(judge_table_cells(&table, 0, 1), "- - - agrees agrees");
    assert_int_equal(judge_table_cell(&table, 0, 1, 4)->period, month_number(2024, 3));
    assert_int_equal(judge_table_cell(&table, 0, 2, 4)->period, month_number(2024, 4));
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* ... but where its own table is filled elsewhere, an empty cell is missing. */
static void an_empty_cell_within_its_own_table_is_missing(void **state)
{
    static const struct test_column two_tables[] = {
        {NULL, "number", AS_ID},
        {NULL, "account", AS_ID},
        {NULL, "city", AS_TEXT},
        {NULL, NULL, AS_MY, .is_month = true},
        {"payer", "name", AS_TEXT, PERIOD_ROW},
        {NULL, "salary", AS_COMMA, PERIOD_ROW},
    };
    static const uint16_t blocks[] = {0, 1, 1, 2, 2, 2};
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", two_tables, LENGTH(two_tables));
    judge_table_set_slots(&table, 1);
    memcpy(table.head.blocks, blocks, sizeof(blocks));
    judge_table_snapshot(&table, "2024-06-14", "2024-06-15");
    for (unsigned i = 0; i < 20; i++) {
        judge_table_row(&table, "0001001|011780000012345678901234|Casablanca|||", "1001", false);
        judge_table_row(&table, "0001001|||03/2024|Atlas Textile|4120,55", NULL, true);
    }
    judge_table_row(&table, "0001001||Casablanca|||", "1001", false);
    judge_table_row(&table, "0001001|||03/2024||4120,55", NULL, true);
    judge_table_row(&table, "0001001|||||4120,55", NULL, true);
    judge_table_run(&table, 1);
    assert_string_equal(judge_table_cells(&table, 20, 0), "agrees missing agrees - -");
    assert_string_equal(judge_table_cells(&table, 20, 1), "- - - missing agrees");
    assert_int_equal(judge_table_cell(&table, 20, 1, 4)->period, month_number(2024, 3));
    assert_string_equal(judge_table_cells(&table, 20, 2), "- - - - agrees");
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void three_lines_of_another_are_that_others(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", statement, LENGTH(statement));
    judge_table_set_slots(&table, 2);
    judge_table_row(&table, "0001001|EL ALAOUI|03/2024|9871,33", "1001", false);
    judge_table_row(&table, "0001001|EL ALAOUI|04/2024|9872,44", NULL, true);
    judge_table_row(&table, "0001001|EL ALAOUI|05/2024|9912,27", NULL, true);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_verdict(&table, 0), "misattributed");
    for (unsigned line = 0; line < 3; line++) {
        const struct cell_finding *cell = judge_table_cell(&table, 0, line, 3);

        assert_int_equal(cell->verdict, CELL_OTHER_SUBJECT);
        assert_int_equal(cell->other, toy_subject(reg, "person", "1002"));
    }
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* The month is inferred: the snapshot's last. An older snapshot shows an earlier one, or, when the
 * month was not declared yet, none. */
static void last_months_salary_of_an_older_snapshot_is_stale(void **state)
{
    static const struct test_column last[] = {
        {NULL, "number", AS_ID},
        {NULL, "salary", AS_DOT, PERIOD_FIXED, "2024-05", .inferred = true},
    };
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", last, LENGTH(last));
    judge_table_snapshot(&table, "2024-06-14", "2024-06-15");
    judge_table_row(&table, "0001001|5233.10", "1001", false);
    judge_table_row(&table, "0001001|4350.75", "1001", false);
    judge_table_row(&table, "0001001|7777.75", "1001", false);
    judge_table_row(&table, "0001001|", "1001", false);
    for (unsigned i = 0; i < 16; i++)
        judge_table_row(&table, "0001001|5233.10", "1001", false);
    judge_table_run(&table, 1);
    assert_string_equal(judge_table_verdict(&table, 0), "authentic");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees agrees-earlier");
    assert_string_equal(judge_table_verdict(&table, 2), "altered");
    assert_string_equal(judge_table_verdict(&table, 3), "stale");
    assert_int_equal(judge_table_cell(&table, 3, 0, 1)->ground, GROUND_NOT_YET);
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* When empty last months are no more frequent than values are missing otherwise, they are missing
 * like any other. */
static void last_months_salary_is_missing_where_values_are_missing(void **state)
{
    static const struct test_column last[] = {
        {NULL, "number", AS_ID},
        {NULL, "account", AS_ID},
        {NULL, "salary", AS_DOT, PERIOD_FIXED, "2024-05", .inferred = true},
    };
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", last, LENGTH(last));
    judge_table_snapshot(&table, "2024-06-14", "2024-06-15");
    judge_table_row(&table, "0001001|011780000012345678901234|", "1001", false);
    for (unsigned i = 0; i < 16; i++)
        judge_table_row(&table,
                        i < 2 ? "0001001||5233.10" : "0001001|011780000012345678901234|5233.10",
                        "1001", false);
    judge_table_run(&table, 1);
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees agrees missing");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees missing agrees");
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* Columns of fixed width: what fills the column agrees, what does not was cut. */
static void a_cut_column_agrees_with_what_fits_into_it(void **state)
{
    static const struct test_column cut[] = {
        {NULL, "number", AS_ID},
        {NULL, "given_name", AS_CUT, .redaction = {.head = 10}},
        {NULL, "address", AS_CUT, .redaction = {.head = 10}}};
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", cut, LENGTH(cut));
    judge_table_row(&table, "0001001|Mohamed Am|12 Rue Ibn", "1001", false);
    judge_table_row(&table, "0001001|Moham|12 Rue", "1001", false);
    judge_table_row(&table, "0001001|Abdelkader|15 Bd Anfa", "1001", false);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees agrees agrees");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees truncated truncated");
    assert_string_equal(judge_table_cells(&table, 2, 0), "agrees contradicts contradicts");
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* The register joins the names of several fields: two of them, and all three. */
static void a_spelling_of_one_name_is_no_part_of_a_longer_one(void **state)
{
    static const struct test_column names[] = {{NULL, "number", AS_ID}, {NULL, "name", AS_NAME}};
    struct reg *reg = toy_register("kind person\n"
                                   "field person number id identity\n"
                                   "field person name given-name identity\n"
                                   "1 | number | 4711\n"
                                   "1 | name | Rezgi Amel\n"
                                   "1 | name | Rezgi Amel Mohamed\n");
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", names, LENGTH(names));
    judge_table_row(&table, "4711|Rezgui Amal", "1", false);
    judge_table_row(&table, "4711|Rezgui Mohamed", "1", false);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees variant");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees truncated");
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void exchanged_names_are_variants_if_both_are_there(void **state)
{
    static const struct test_column names[] = {
        {NULL, "number", AS_ID}, {NULL, "family_name", AS_NAME}, {NULL, "given_name", AS_NAME}};
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", names, LENGTH(names));
    judge_table_row(&table, "1003|Karim|Tazi", "1003", false);
    judge_table_row(&table, "1003|Karim|Karim", "1003", false);
    judge_table_row(&table, "1003|Tazi|Tazi", "1003", false);
    judge_table_row(&table, "1003|Tazi|K.", "1003", false);
    judge_table_row(&table, "1003|Karim|T.", "1003", false);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees variant variant");
    assert_int_equal(judge_table_cell(&table, 0, 0, 1)->ground, GROUND_EXCHANGED);
    assert_int_equal(judge_table_cell(&table, 0, 0, 2)->ground, GROUND_EXCHANGED);
    assert_string_equal(judge_table_verdict(&table, 0), "authentic");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees contradicts agrees");
    assert_string_equal(judge_table_cells(&table, 2, 0), "agrees agrees contradicts");
    assert_string_equal(judge_table_cells(&table, 3, 0), "agrees agrees truncated");
    assert_int_equal(judge_table_cell(&table, 3, 0, 2)->ground, GROUND_INITIALS);
    assert_string_equal(judge_table_cells(&table, 4, 0), "agrees contradicts contradicts");
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* Columns of masked values: what they show agrees or not; a cell may show less than the others. */
static void a_masked_column_agrees_with_what_it_shows(void **state)
{
    static const struct test_column masked[] = {
        {NULL, "number", AS_ID},
        {NULL, "given_name", AS_MASKED, .redaction = {REDACTION_WORDS, .head = 2}},
        {NULL, "phone", AS_MASKED, .redaction = {REDACTION_WHOLE, .head = 2, .tail = 2}},
        {NULL, "birth_date", AS_MASKED, .redaction = {REDACTION_DATE, AS_DMY, .tail = 6}},
    };
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", masked, LENGTH(masked));
    judge_table_row(&table, "0001001|Mo***** Am***|06******66|**/05/1980", "1001", false);
    judge_table_row(&table, "0001001|M****** A****|*********6|**/**/1980", "1001", false);
    judge_table_row(&table, "0001001|Ma***** Am***|06******67|**/06/1980", "1001", false);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees agrees agrees agrees");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees agrees agrees agrees");
    assert_string_equal(judge_table_cells(&table, 2, 0),
                        "agrees contradicts contradicts contradicts");
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* One cell, two claims; an empty piece is an empty claim. */
static void pieces_of_a_cell_are_judged_each_by_itself(void **state)
{
    static const struct test_column pieces[] = {
        {NULL, "number", AS_ID},
        {NULL, NULL, AS_TEXT},
        {NULL, "address", AS_TEXT, .piece = {1, PIECE_ALL}, .source = 1},
        {NULL, "city", AS_TEXT, .piece = {PIECE_LAST_PART, PIECE_ALL}, .source = 1}};
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start_beyond(&table, reg, "person", pieces, LENGTH(pieces), 2);
    judge_table_snapshot(&table, "2024-05-30", "2024-06-02");
    judge_table_row(&table, "0001001|12 Rue Ibn Sina, Casablanca", "1001", false);
    judge_table_row(&table, "0001001|12 Rue Ibn Sina, Agadir", "1001", false);
    judge_table_row(&table, "0001001|12 Rue Ibn Sina", "1001", false);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees agrees agrees");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees agrees contradicts");
    assert_string_equal(judge_table_cells(&table, 2, 0), "agrees agrees -");
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* A date without century, an amount within a group of thousands. */
static void cuts_are_seen_in_the_form_in_which_the_column_writes(void **state)
{
    static const struct test_column written[] = {
        {NULL, "number", AS_ID},
        {NULL, "birth_date", AS_YMD},
        {NULL, "salary", AS_DOT, PERIOD_FIXED, "2024-05"},
    };
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", written, LENGTH(written));
    judge_table_row(&table, "0001001|8005|5,2", "1001", false);
    judge_table_row(&table, "0001001|8006|5,3", "1001", false);
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_cells(&table, 0, 0), "agrees truncated truncated");
    assert_string_equal(judge_table_cells(&table, 1, 0), "agrees contradicts contradicts");
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* ---- whole columns and blocks ---- */

static void a_column_mostly_empty_misses_nothing(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    for (unsigned i = 0; i < 20; i++)
        add_changed(&table, PHONE, i % 2 ? "" : "0699887766");
    judge_table_run(&table, 1);
    assert_string_equal(judge_table_verdict(&table, 1), "authentic");
    assert_null(judge_table_cell(&table, 1, 0, PHONE));
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void a_column_of_previous_values_makes_nothing_stale(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    judge_table_snapshot(&table, "2024-05-30", "2024-06-02");
    for (unsigned i = 0; i < 25; i++)
        add_changed(&table, PHONE, "0612345678");
    judge_table_run(&table, 1);
    assert_true(judge_is_previous(table.judge, PHONE));
    assert_false(judge_is_previous(table.judge, CITY));
    assert_string_equal(judge_table_verdict(&table, 0), "authentic");
    assert_int_equal(judge_table_cell(&table, 0, 0, PHONE)->ground, GROUND_PREVIOUS);
    judge_table_end(&table);
    reg = reg_free(reg);
}

/* Number and name of one, phone, account and address of the next row's. */
static void a_slipped_join_shows_as_a_row_lag(void **state)
{
    static const struct test_column joined[] = {{NULL, "number", AS_ID},
                                                {NULL, "family_name", AS_NAME},
                                                {NULL, "birth_date", AS_YMD},
                                                {NULL, "phone", AS_PHONE}};
    struct reg *reg = toy_register(large_register());
    struct judge_table table;

    (void)state;
    judge_table_start(&table, reg, "person", joined, LENGTH(joined));
    for (unsigned i = 0; i < 30; i++) {
        char row[200], key[16];
        unsigned j = i >= 10 && i < 20 ? i + 1 : i;

        snprintf(key, sizeof(key), "%u", 2000 + i);
        snprintf(row, sizeof(row), "%u|FAMILY%c%c|19%02u-03-%02u|06%08u", 2000 + i,
                 (int)('A' + i / 26), (int)('A' + i % 26), 50 + j % 40, 1 + j % 28,
                 77000000 + j * 104729);
        judge_table_row(&table, row, key, false);
    }
    judge_table_run(&table, 0);
    assert_string_equal(judge_table_verdict(&table, 9), "authentic");
    assert_string_equal(judge_table_verdict(&table, 20), "authentic");
    for (uint32_t i = 10; i < 20; i++) {
        assert_string_equal(judge_table_cells(&table, i, 0),
                            "agrees agrees other-subject other-subject");
        assert_int_equal(judge_table_cell(&table, i, 0, 2)->ground, GROUND_ROW_LAG);
        assert_int_equal(judge_table_cell(&table, i, 0, 3)->ground, GROUND_ROW_LAG);
    }
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void intervals_are_those_in_which_all_agreeing_cells_held(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;
    struct dated_row rows[3];
    struct linked_batch linked;
    struct tq_error err;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    add_changed(&table, CITY, "Casablanca"); /* city to 2024-09-01, employer from 2024-02-01 */
    add_changed(&table, CITY, "Rabat");      /* never at one time with this employer */
    judge_table_row(&table, "0001001|EL ALAOUI||||||", NULL, false);
    judge_table_run(&table, 0);
    linked = (struct linked_batch){.batch = &table.builder.batch, .links = table.links};
    assert_int_equal(judge_intervals(table.judge, table.scratch, &linked, rows, &err), TQ_OK);
    assert_int_equal(rows[0].from, toy_moment("2024-02-01"));
    assert_int_equal(rows[0].to, toy_moment("2024-09-01"));
    assert_true(rows[1].from >= rows[1].to);
    assert_true(rows[2].from >= rows[2].to);
    judge_table_end(&table);
    reg = reg_free(reg);
}

static void survives_running_out_of_memory_anywhere(void **state)
{
    struct reg *reg = toy_register(large_register());
    struct judge_table table;
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    judge_table_start(&table, reg, "person", columns, COLUMNS);
    for (size_t i = 0; i < LENGTH(golden); i++)
        add_changed(&table, golden[i].column, golden[i].cell);
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        struct judge *judge = NULL;
        struct judge_scratch *scratch = NULL;
        struct finding_batch findings = {0};
        struct batch_claims claims = {0};
        struct linked_batch linked = {
            .batch = &table.builder.batch, .links = table.links, .claims = &claims};

        alloc_fail_nth(nth);
        r = judge_new(reg, &table.head, &table.reading, &judge, &err);
        if (r == TQ_OK) {
            scratch = judge_scratch_new(judge);
            r = scratch ? judge_learn(judge, scratch, &linked, &table.dating, &err) : TQ_E_NOMEM;
        }
        if (r == TQ_OK)
            r = judge_batch(judge, scratch, &linked, &table.dating, &findings, &err);
        alloc_fail_nth(0);
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
        assert_true(r == TQ_E_NOMEM || nth > 10);
        batch_claims_clear(&claims);
        finding_batch_clear(&findings);
        scratch = judge_scratch_free(scratch);
        judge = judge_free(judge);
    }
    judge_table_end(&table);
    reg = reg_free(reg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_changed_cell_its_verdict),
        cmocka_unit_test(parts_of_dates_agree_where_a_column_shows_them),
        cmocka_unit_test(what_ocr_may_have_misread_is_no_alteration),
        cmocka_unit_test(the_owner_of_a_swapped_value_is_named),
        cmocka_unit_test(a_common_value_follows_a_rare_one_of_the_same_subject),
        cmocka_unit_test(a_row_is_judged_at_the_snapshot_that_most_cells_allow),
        cmocka_unit_test(records_of_nobody_have_only_unknown_cells),
        cmocka_unit_test(a_subject_without_any_of_the_values_is_unverifiable),
        cmocka_unit_test(a_rare_value_is_anothers_also_where_the_subject_holds_none),
        cmocka_unit_test(a_second_subject_named_by_identity_makes_it_misattributed),
        cmocka_unit_test(lines_are_compared_with_their_own_month),
        cmocka_unit_test(a_row_claims_only_in_the_columns_of_its_own_table),
        cmocka_unit_test(an_empty_cell_within_its_own_table_is_missing),
        cmocka_unit_test(three_lines_of_another_are_that_others),
        cmocka_unit_test(last_months_salary_of_an_older_snapshot_is_stale),
        cmocka_unit_test(last_months_salary_is_missing_where_values_are_missing),
        cmocka_unit_test(a_cut_column_agrees_with_what_fits_into_it),
        cmocka_unit_test(a_spelling_of_one_name_is_no_part_of_a_longer_one),
        cmocka_unit_test(exchanged_names_are_variants_if_both_are_there),
        cmocka_unit_test(a_masked_column_agrees_with_what_it_shows),
        cmocka_unit_test(pieces_of_a_cell_are_judged_each_by_itself),
        cmocka_unit_test(cuts_are_seen_in_the_form_in_which_the_column_writes),
        cmocka_unit_test(a_column_mostly_empty_misses_nothing),
        cmocka_unit_test(a_column_of_previous_values_makes_nothing_stale),
        cmocka_unit_test(a_slipped_join_shows_as_a_row_lag),
        cmocka_unit_test(intervals_are_those_in_which_all_agreeing_cells_held),
        cmocka_unit_test(survives_running_out_of_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
