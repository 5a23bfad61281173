/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/piece.h"

static void assert_piece(unsigned part, enum piece_words words, const char *cell,
                         const char *expected)
{
    struct cell_piece piece = {(uint8_t)part, (uint8_t)words};
    struct slice found = piece_of(piece, slice_of(cell));

    if (!slice_is(found, expected))
        print_error("'%s' gives '%.*s', not '%s'\n", cell, (int)found.length, found.data, expected);
    assert_true(slice_is(found, expected));
}

static void parts_go_by_commas(void **state)
{
    (void)state;
    assert_piece(1, PIECE_ALL, "Hauptstr. 12, 10115 Berlin", "Hauptstr. 12");
    assert_piece(2, PIECE_ALL, "Hauptstr. 12, 10115 Berlin", "10115 Berlin");
    assert_piece(PIECE_LAST_PART, PIECE_ALL, "5 rue A; B\xc3\xa2t B; 75011 Paris", "75011 Paris");
    assert_piece(PIECE_LAST_PART, PIECE_ALL, "Hauptstr. 12", "");
    assert_piece(2, PIECE_ALL, "Hauptstr. 12", "");
    assert_piece(2, PIECE_ALL, "Hauptstr. 12,", "");
    assert_piece(1, PIECE_ALL, " , 10115 Berlin", ""); /* the street is missing */
    assert_piece(2, PIECE_ALL, " , 10115 Berlin", "10115 Berlin");
    assert_piece(PIECE_LAST_PART, PIECE_ALL, ", 10115 Berlin", "10115 Berlin");
    assert_piece(PIECE_WHOLE, PIECE_BEFORE_NUMBER, ", 10115 Berlin", "");
    assert_piece(1, PIECE_ALL, "", "");
}

static void words_of_a_part_are_pieces_of_their_own(void **state)
{
    (void)state;
    assert_piece(1, PIECE_FIRST_WORD, "12 Main St, Raleigh", "12");
    assert_piece(1, PIECE_BUT_FIRST, "12 Main St, Raleigh", "Main St");
    assert_piece(1, PIECE_LAST_WORD, "Am Markt 7, Bonn", "7");
    assert_piece(1, PIECE_BUT_LAST, "Am Markt 7, Bonn", "Am Markt");
    assert_piece(1, PIECE_BUT_FIRST, "Main", "");
    assert_piece(1, PIECE_BUT_LAST, "Main", "");
}

static void a_postal_code_parts_a_street_from_its_town(void **state)
{
    (void)state;
    assert_piece(PIECE_WHOLE, PIECE_BEFORE_NUMBER, "12 rue A 75011 Paris", "12 rue A");
    assert_piece(PIECE_WHOLE, PIECE_NUMBER, "12 rue A, 75011 Paris", "75011");
    assert_piece(PIECE_WHOLE, PIECE_AFTER_NUMBER, "12 rue A 75011 Paris", "Paris");
    assert_piece(PIECE_LAST_PART, PIECE_NUMBER, "1 Oak Ave, Raleigh, NC 27601-1234", "27601-1234");
    assert_piece(PIECE_WHOLE, PIECE_NUMBER, "12 rue A Paris", "");
}

static void a_value_may_stand_behind_words(void **state)
{
    (void)state;
    assert_piece(PIECE_WHOLE, PIECE_FROM_DIGIT, "born 12 March 1980", "12 March 1980");
    assert_piece(2, PIECE_FROM_DIGIT, "born 1/2/80, call +33 6 01 02", "+33 6 01 02");
    assert_piece(1, PIECE_FROM_DIGIT, "born 1/2/80, call +33 6 01 02", "1/2/80");
    assert_piece(PIECE_WHOLE, PIECE_FROM_DIGIT, "12 March 1980", ""); /* no words */
    assert_piece(PIECE_WHOLE, PIECE_FROM_DIGIT, "unknown", "");
    assert_piece(3, PIECE_FROM_DIGIT, "a, b, c 12", "12");
}

static void the_whole_cell_is_left_as_it_is(void **state)
{
    (void)state;
    assert_piece(PIECE_WHOLE, PIECE_ALL, " a, b ", " a, b ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_go_by_commas),
        cmocka_unit_test(words_of_a_part_are_pieces_of_their_own),
        cmocka_unit_test(a_value_may_stand_behind_words),
        cmocka_unit_test(a_postal_code_parts_a_street_from_its_town),
        cmocka_unit_test(the_whole_cell_is_left_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
