/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "drill/text.h"
#include "institution/plain_text.h"
#include "institution/profile.h"

static void words_are_numbered_in_both_scripts(void **state)
{
    static const struct words words = {"eins|zwei|drei", "واحد|اثنان|ثلاثة"};

    (void)state;
    assert_int_equal(words_count(&words), 3);
    assert_true(slice_is(words_at(&words, 1, SCRIPT_LATIN), "zwei"));
    assert_true(slice_is(words_at(&words, 2, SCRIPT_ARABIC), "ثلاثة"));
    assert_int_equal(words_count(&(struct words){0}), 0);
}

static void compounds_come_after_the_plain_names_and_have_no_capitals_inside(void **state)
{
    static const struct compound compound = {{"Sassi", NULL},
                                             {{"|Ben |Bou", NULL}, {"Salem", NULL}, {"|i", NULL}}};
    static const char *const expected[] = {"Sassi",  "Salem",      "Ben Salem", "Bousalem",
                                           "Salemi", "Ben Salemi", "Bousalemi"};

    (void)state;
    assert_int_equal(compound_count(&compound), 7);
    for (uint32_t i = 0; i < 7; i++) {
        TEXT_SCRATCH(name);

        compound_add(&compound, i, SCRIPT_LATIN, &name);
        assert_string_equal(name.data, expected[i]);
    }
}

/* The profiles' lists in two scripts stand side by side: a word too few would shift all names. */
static void lists_in_two_scripts_have_as_many_words(void **state)
{
    const struct profile *profile;

    (void)state;
    for (size_t i = 0; (profile = profile_at(i)); i++) {
        const struct words *all[] = {&profile->surnames.plain,
                                     &profile->surnames.parts[0],
                                     &profile->surnames.parts[1],
                                     &profile->surnames.parts[2],
                                     &profile->given[0],
                                     &profile->given[1],
                                     &profile->strange};

        for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
            struct words other = {all[k]->arabic, NULL};

            if (all[k]->arabic)
                assert_int_equal(words_count(all[k]), words_count(&other));
        }
        assert_true(compound_count(&profile->surnames) > 1000);
        assert_ptr_equal(profile_find(profile->name), profile);
    }
    assert_null(profile_find("fund"));
}

static void letters_lose_accents_become_capitals_and_change_encoding(void **state)
{
    TEXT_SCRATCH(bare);
    TEXT_SCRATCH(upper);
    TEXT_SCRATCH(ascii);
    TEXT_SCRATCH(latin);
    TEXT_SCRATCH(wide);

    (void)state;
    plain_add_bare(&bare, slice_of("Núñez Groß"));
    assert_string_equal(bare.data, "Nunez Gross");
    plain_add_upper(&upper, slice_of("Núñez Groß"));
    assert_string_equal(upper.data, "NÚÑEZ GROß");
    plain_add_ascii(&ascii, slice_of("Lucía.Núñez"));
    assert_string_equal(ascii.data, "lucia.nunez");
    plain_add_encoded(&latin, slice_of("Ñu"), ENCODING_WINDOWS);
    assert_string_equal(latin.data, "\xd1u");
    plain_add_encoded(&wide, slice_of("Ñu"), ENCODING_UTF16);
    assert_int_equal(wide.length, 4);
    assert_memory_equal(wide.data, "\xd1\0u", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_numbered_in_both_scripts),
        cmocka_unit_test(compounds_come_after_the_plain_names_and_have_no_capitals_inside),
        cmocka_unit_test(lists_in_two_scripts_have_as_many_words),
        cmocka_unit_test(letters_lose_accents_become_capitals_and_change_encoding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
