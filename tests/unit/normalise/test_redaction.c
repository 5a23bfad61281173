/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "normalise/redaction.h"

static void marks_hide_and_letters_do_not(void **state)
{
    static const char *const masked[] = {"B***",          "06####12", "XXXX1234", "xxx@mail.com",
                                         "B\u2022\u2022", "B\u2026",  "B..."};
    static const char *const plain[] = {"",
                                        "Bennani",
                                        "Maxx",
                                        "M. Bennani",
                                        "12/03/1980",
                                        "\u0628\u0646\u0627\u0646\u064a",
                                        "a.b@mail.com"};

    (void)state;
    for (size_t i = 0; i < sizeof(masked) / sizeof(*masked); i++)
        assert_true(redaction_hides(slice_of(masked[i])));
    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        assert_false(redaction_hides(slice_of(plain[i])));
}

/* Whether cell and value show the same under the redaction. */
static bool same(struct redaction redaction, enum value_type type, const char *cell,
                 const char *value)
{
    CLEANUP(buf_clear_cleanup) struct buf a = {0};
    CLEANUP(buf_clear_cleanup) struct buf b = {0};

    return redaction_cell(&redaction, slice_of(cell), &a)
           && redaction_value(&redaction, type, slice_of(value), &b)
           && slice_equal(buf_slice(&a), buf_slice(&b));
}

static void a_whole_value_shows_its_ends(void **state)
{
    struct redaction ends = {.unit = REDACTION_WHOLE, .head = 2, .tail = 2};
    struct redaction last = {.unit = REDACTION_WHOLE, .tail = 4};

    (void)state;
    assert_true(same(ends, TYPE_PHONE, "06******12", "06 99 88 77 12"));
    assert_true(same(ends, TYPE_PHONE, "0699887712", "06 99 88 77 12"));
    assert_false(same(ends, TYPE_PHONE, "06******13", "06 99 88 77 12"));
    assert_false(same(ends, TYPE_PHONE, "0********2", "0699887712")); /* shows less */
    assert_true(same(last, TYPE_ACCOUNT, "XXXX XXXX 1234", "0117-8000-1234"));
    assert_true(same(ends, TYPE_GIVEN_NAME, "\u00c9l**ne", "Elene"));
}

static void words_show_their_ends_in_any_order(void **state)
{
    struct redaction words = {.unit = REDACTION_WORDS, .head = 1};

    (void)state;
    assert_true(same(words, TYPE_FULL_NAME, "M***** EL A****", "El Alaoui Mohamed"));
    assert_true(same(words, TYPE_GIVEN_NAME, "J.P.", "Jean Pierre"));
    assert_true(same(words, TYPE_GIVEN_NAME, "J*********", "Jean-Pierre"));
    assert_false(same(words, TYPE_GIVEN_NAME, "J***", "Jean Pierre"));
    assert_false(same(words, TYPE_GIVEN_NAME, "**** P*****", "Jean Pierre"));
}

static void dates_show_digits_in_their_order(void **state)
{
    struct redaction month = {.unit = REDACTION_DATE, .order = AS_DMY, .tail = 6};
    struct redaction year = {.unit = REDACTION_DATE, .order = AS_YMD, .head = 4};

    (void)state;
    assert_true(same(month, TYPE_DATE, "**/05/1980", "1980-05-17"));
    assert_false(same(month, TYPE_DATE, "**/06/1980", "1980-05-17"));
    assert_true(same(year, TYPE_DATE, "1980-**-**", "1980-05-17"));
    assert_false(same(year, TYPE_DATE, "1980-**-**", "unknown"));
}

static void widths_are_counted_in_characters(void **state)
{
    uint32_t head, tail;

    (void)state;
    assert_true(redaction_measure(REDACTION_WHOLE, slice_of("\u00c9l***.z@m.fr"), &head, &tail));
    assert_int_equal(head, 2);
    assert_int_equal(tail, 4);
    assert_true(redaction_measure(REDACTION_WORDS, slice_of("Mo*** EL A**i"), &head, &tail));
    assert_int_equal(head, 1);
    assert_int_equal(tail, 0);
    assert_false(redaction_measure(REDACTION_WHOLE, slice_of("Mohamed"), &head, &tail));
}

static void initials_are_single_letters(void **state)
{
    (void)state;
    assert_true(redaction_is_initials(slice_of("J")));
    assert_true(redaction_is_initials(slice_of("J.-P.")));
    assert_false(redaction_is_initials(slice_of("Jo")));
    assert_false(redaction_is_initials(slice_of("1")));
    assert_false(redaction_is_initials(slice_of("J. Martin")));
    assert_false(redaction_is_initials(slice_of("")));
}

static bool agrees(enum value_type type, const char *cell, const char *value)
{
    return redaction_agrees(type, slice_of(cell), slice_of(value));
}

static void a_single_cell_agrees_if_all_that_it_shows_is_there(void **state)
{
    (void)state;
    assert_true(agrees(TYPE_FAMILY_NAME, "B*****i", "Bennani"));
    assert_true(agrees(TYPE_FULL_NAME, "B** M****", "Bennani Mohamed"));
    assert_true(agrees(TYPE_EMAIL, "ab***@mail.com", "abdel.k@mail.com"));
    assert_true(agrees(TYPE_DATE, "12/**/****", "1980-05-12"));
    assert_false(agrees(TYPE_FAMILY_NAME, "B*****a", "Bennani"));
    assert_false(agrees(TYPE_FAMILY_NAME, "Benn***nani", "Bennani")); /* more than there is */
    assert_false(agrees(TYPE_FAMILY_NAME, "****", "Bennani"));        /* shows nothing */
    assert_false(agrees(TYPE_FAMILY_NAME, "Bennani", "Bennani"));     /* hides nothing */
    assert_false(agrees(TYPE_DATE, "13/**/****", "1980-05-12"));
}

static void running_out_of_memory_is_remembered(void **state)
{
    struct redaction words = {.unit = REDACTION_WORDS, .head = 1};
    bool done = false;

    (void)state;
    for (unsigned n = 1; !done; n++) {
        CLEANUP(buf_clear_cleanup) struct buf out = {0};

        alloc_fail_nth(n);
        done = redaction_cell(&words, slice_of("M***** EL A****"), &out);
        alloc_fail_nth(0);
        assert_true(done ? !out.failed : out.failed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_hide_and_letters_do_not),
        cmocka_unit_test(a_whole_value_shows_its_ends),
        cmocka_unit_test(words_show_their_ends_in_any_order),
        cmocka_unit_test(dates_show_digits_in_their_order),
        cmocka_unit_test(widths_are_counted_in_characters),
        cmocka_unit_test(initials_are_single_letters),
        cmocka_unit_test(a_single_cell_agrees_if_all_that_it_shows_is_there),
        cmocka_unit_test(running_out_of_memory_is_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
