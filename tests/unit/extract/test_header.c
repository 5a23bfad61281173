/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "extract/header.h"

#define COLUMNS 3

static bool has_header(const char *const *texts, uint32_t rows)
{
    struct row_cell cells[16 * COLUMNS];
    struct row_sample sample = {rows, COLUMNS, cells};

    for (uint32_t i = 0; i < rows * COLUMNS; i++)
        cells[i] = (struct row_cell){texts[i], (uint32_t)strlen(texts[i])};
    return header_is_first(&sample);
}

static void words_over_digits_are_a_header_in_any_language(void **state)
{
    const char *const odd[] = {"qux", "frob", "zig",  "12", "ALAMI",  "2001",
                               "13",  "TAZI", "2002", "14", "BENALI", "2003"};
    const char *const arabic[] = {"الرقم", "الاسم", "تاريخ", "12",  "فاطمة",
                                  "2001",  "13",    "كريم",  "2002"};

    (void)state;
    assert_true(has_header(odd, 4));
    assert_true(has_header(arabic, 3));
}

static void a_first_row_of_the_same_shapes_is_data(void **state)
{
    const char *const texts[] = {"11", "ALAMI",  "2001", "12", "TAZI",  "2002",
                                 "13", "BENALI", "2003", "14", "FASSI", "2004"};
    const char *const names[] = {"ALAMI", "KARIM", "FES", "TAZI",  "ALI",  "RABAT",
                                 "FASSI", "OMAR",  "FES", "NACIR", "SAID", "RABAT"};

    (void)state;
    assert_false(has_header(texts, 4));
    assert_false(has_header(names, 4));
}

static void names_with_digits_over_values_of_another_kind_are_a_header(void **state)
{
    const char *const texts[] = {"c1", "c2",  "2024-03", "11", "200", "1500", "12", "201", "1620",
                                 "13", "202", "1700",    "14", "203", "1800", "15", "204", "900"};
    const char *const ids[] = {"A1", "B2",  "200", "A2", "B3",  "150", "A3", "B4",  "162",
                               "A4", "B12", "170", "A5", "B13", "180", "A6", "B14", "900"};

    (void)state;
    assert_true(has_header(texts, 6));
    assert_false(has_header(ids, 6));
}

static void names_that_count_the_columns_are_a_header(void **state)
{
    const char *const numbered[] = {"champ 0", "champ 1", "champ 2", "ALAMI",    "Lot 12",
                                    "FES",     "TAZI",    "Rue 7",   "RABAT",    "FASSI",
                                    "Rue 9",   "FES",     "NACIR",   "Villa 11", "RABAT"};
    const char *const later[] = {"Lot 7", "Lot 8", "Lot 9", "Lot 3", "Lot 2", "Lot 5"};
    const char *const other[] = {"Lot 1", "Lot 2", "Rue 3", "Lot 3", "Lot 2", "Rue 5"};
    const char *const bare[] = {"1", "2", "3", "12", "7", "9"};

    (void)state;
    assert_true(has_header(numbered, 5));
    assert_false(has_header(later, 2));
    assert_false(has_header(other, 2));
    assert_false(has_header(bare, 2));
}

static void the_same_row_again_and_again_is_data(void **state)
{
    const char *const texts[] = {"a", "b", "c", "a", "b", "c", "a", "b", "c"};

    (void)state;
    assert_false(has_header(texts, 3));
}

static void header_words_decide_where_all_columns_are_words(void **state)
{
    const char *const texts[] = {"nom",  "prenom", "ville", "ALAMI", "KARIM", "FES",
                                 "TAZI", "ALI",    "RABAT", "FASSI", "OMAR",  "FES"};

    (void)state;
    assert_true(has_header(texts, 4));
}

static void titles_above_a_header_are_told_from_it(void **state)
{
    const char *const texts[] = {"LISTE 2024", "",   "",      "",     "",   "Page 1",
                                 "nom",        "no", "annee", "TAZI", "11", "2001",
                                 "FASSI",      "12", "2002",  "SEFI", "13", "2003"};
    struct row_cell cells[18];
    struct row_sample sample = {6, COLUMNS, cells};

    (void)state;
    for (uint32_t i = 0; i < 18; i++)
        cells[i] = (struct row_cell){texts[i], (uint32_t)strlen(texts[i])};
    assert_int_equal(header_titles(&sample), 2);
    sample.cells += 2 * COLUMNS;
    sample.rows -= 2;
    assert_int_equal(header_titles(&sample), 0);
    sample.cells += COLUMNS; /* records alone: a sparse one is no title */
    sample.rows--;
    assert_int_equal(header_titles(&sample), 0);
}

static void totals_leave_cells_empty(void **state)
{
    const struct row_cell total[] = {{"Total :", 7}, {"", 0}, {"12", 2}};
    const struct row_cell page[] = {{"Totale pagina 3", 15}, {"", 0}, {"", 0}, {"€ 12,50", 9}};
    const struct row_cell firm[] = {{"Total Energie", 13}, {"", 0}, {"", 0}, {"Lyon", 4}};
    const struct row_cell person[] = {{"TOTAL", 5}, {"KARIM", 5}, {"12", 2}};

    (void)state;
    assert_true(header_is_total(total, 3));
    assert_true(header_is_total(page, 4));
    assert_false(header_is_total(firm, 4));
    assert_false(header_is_total(person, 3));
}

static void a_single_row_is_all_that_is_looked_at(void **state)
{
    /* Exactly one row: what lies behind it is not the sample's. */
    struct row_cell *cells = malloc(COLUMNS * sizeof(*cells));
    const struct row_sample sample = {1, COLUMNS, cells};

    (void)state;
    assert_non_null(cells);
    cells[0] = (struct row_cell){"nom", 3};
    cells[1] = (struct row_cell){"prenom", 6};
    cells[2] = (struct row_cell){"ville", 5};
    assert_int_equal(header_rows(&sample), 1);
    free(cells);
}

/* A comment's names are put above a sample that is full already. */
static void rows_beyond_the_sample_are_not_looked_at(void **state)
{
    struct row_cell cells[HEADER_SAMPLE_ROWS + 1][2];
    struct row_sample sample = {HEADER_SAMPLE_ROWS + 1, 2, cells[0]};

    (void)state;
    for (uint32_t row = 0; row <= HEADER_SAMPLE_ROWS; row++) {
        cells[row][0] = (struct row_cell){row ? "12" : "matricule", row ? 2 : 9};
        cells[row][1] = (struct row_cell){row ? "ALAMI" : "nom", row ? 5 : 3};
    }
    assert_true(header_is_first(&sample));
    cells[HEADER_SAMPLE_ROWS][0] = cells[0][0];
    cells[HEADER_SAMPLE_ROWS][1] = cells[0][1];
    assert_true(header_is_first(&sample));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_row_is_all_that_is_looked_at),
        cmocka_unit_test(words_over_digits_are_a_header_in_any_language),
        cmocka_unit_test(a_first_row_of_the_same_shapes_is_data),
        cmocka_unit_test(names_with_digits_over_values_of_another_kind_are_a_header),
        cmocka_unit_test(the_same_row_again_and_again_is_data),
        cmocka_unit_test(header_words_decide_where_all_columns_are_words),
        cmocka_unit_test(titles_above_a_header_are_told_from_it),
        cmocka_unit_test(totals_leave_cells_empty),
        cmocka_unit_test(names_that_count_the_columns_are_a_header),
        cmocka_unit_test(rows_beyond_the_sample_are_not_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
