/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "normalise/scheme.h"

/* The vectors' names of kinds, where they differ from ours by more than '_' for '-'. */
static const char *scheme_name(char *kind)
{
    if (strcmp(kind, "ma_cnss_immat") == 0)
        return "ma-cnss-person";
    if (strcmp(kind, "ma_cnss_affil") == 0)
        return "ma-cnss-employer";
    for (char *p = kind; *p; p++) {
        if (*p == '_')
            *p = '-';
    }
    return kind;
}

static void every_vector_is_judged_right(void **state)
{
    CLEANUP(fclose_cleanup) FILE *file = fopen(TESTS_DATA "/id_vectors.tsv", "r");
    char line[256];
    unsigned count = 0;

    (void)state;
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof(line), file)); /* header */
    while (fgets(line, sizeof(line), file)) {
        char kind[64], value[64], expected[64];
        const struct scheme *scheme;

        assert_int_equal(sscanf(line, "%63[^\t]\t%63[^\t]\t%63[^\t]", kind, value, expected), 3);
        scheme = scheme_find(slice_of(scheme_name(kind)));
        if (!scheme)
            fail_msg("no scheme for %s", kind);
        else if (scheme->is_valid(slice_of(value)) != (strcmp(expected, "valid") == 0))
            fail_msg("%s: %s should be %s", kind, value, expected);
        count++;
    }
    assert_int_equal(count, 63);
}

static bool accepts(const char *scheme, const char *value)
{
    const struct scheme *found = scheme_find(slice_of(scheme));

    assert_non_null(found);
    return scheme_accepts(found, slice_of(value));
}

static void written_forms_are_accepted(void **state)
{
    (void)state;
    assert_true(accepts("iban", "MA64 0115 1900 0001 2050 0053 4921"));
    assert_true(accepts("ma-cnss-person", "123 456 785"));
    assert_true(accepts("ma-cnss-person", "١٢٣٤٥٦٧٨٥"));
    assert_true(accepts("ma-ice", "1561191000066"));    /* two zeros lost */
    assert_true(accepts("ma-cnss-employer", "000018")); /* one */
    assert_false(accepts("ma-cnss-employer", "18"));    /* five are too many */
    assert_true(accepts("ma-cin", "zz123456"));
    assert_false(accepts("ma-cin", "Z"));
    assert_false(accepts("ma-cin", "ABC12345"));
    assert_true(accepts("tn-mf", "1182431M/A/M/000"));
    assert_false(accepts("tn-mf", "1234567/M/A/M/001"));
    assert_true(accepts("verhoeff", "2363"));
    assert_false(accepts("verhoeff", "2364"));
    assert_false(accepts("luhn", ""));
    assert_false(accepts("luhn", "no digits"));
}

static void drill_numbers_follow_the_same_rule_in_their_own_range(void **state)
{
    (void)state;
    assert_true(accepts("ma-cnss-person-drill", "823456785"));
    assert_false(accepts("ma-cnss-person-drill", "823456786"));
    assert_false(accepts("ma-cnss-person-drill", "123456785"));
    assert_false(accepts("ma-cnss-person", "823456785"));
}

static void addresses_of_mail_have_two_parts(void **state)
{
    (void)state;
    assert_true(accepts("email", " a.b+c@example.org "));
    assert_true(accepts("email", "a@sub.example-x.org"));
    assert_false(accepts("email", "a@localhost"));
    assert_false(accepts("email", "@example.org"));
    assert_false(accepts("email", "a..b@example.org"));
    assert_false(accepts("email", "a b@example.org"));
    assert_false(accepts("email", "a@-x.org"));
    assert_false(accepts("email", "example.org"));
}

static void every_scheme_is_found_by_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < scheme_count(); i++)
        assert_ptr_equal(scheme_find(slice_of(scheme_at(i)->name)), scheme_at(i));
    assert_null(scheme_at(scheme_count()));
    assert_null(scheme_find(slice_of("no-such")));
}

/* Nothing may read past the end of what it is given, whatever its length. */
static void every_rule_stands_every_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < scheme_count(); i++) {
        for (size_t length = 0; length < 40; length++) {
            for (unsigned kind = 0; kind < 3; kind++) {
                char *exact = malloc(length + 1);

                assert_non_null(exact);
                memset(exact, "0A9"[kind], length);
                (void)scheme_accepts(scheme_at(i), slice_make(exact, length));
                if (length > 0)
                    (void)scheme_at(i)->is_valid(slice_make(exact, length));
                free(exact);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged_right),
        cmocka_unit_test(written_forms_are_accepted),
        cmocka_unit_test(drill_numbers_follow_the_same_rule_in_their_own_range),
        cmocka_unit_test(addresses_of_mail_have_two_parts),
        cmocka_unit_test(every_scheme_is_found_by_its_name),
        cmocka_unit_test(every_rule_stands_every_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
