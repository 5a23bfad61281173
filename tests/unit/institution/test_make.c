/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../scratch.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "institution/institution.h"

static int make(const char *profile, const char *folder, uint64_t seed,
                struct drill_summary *summary, struct tq_error *err)
{
    struct drill_request request = {
        .folder = folder, .persons = 600, .rows = 200, .documents = -1, .seed = seed};

    return institution_drill(profile, &request, summary, err);
}

static void must_make(const char *profile, const char *folder, uint64_t seed)
{
    struct drill_summary summary;
    struct tq_error err;

    if (make(profile, folder, seed, &summary, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(summary.records, 400);
    assert_int_equal(summary.leak_files, 2);
}

/* The content of folder/name; the caller clears it. */
static struct buf content(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    struct buf text = {0};
    struct tq_error err;

    assert_non_null(path);
    assert_int_equal(file_load(path, (size_t)1 << 28, &text, &err), 0);
    free(path);
    return text;
}

static bool same(const char *a, const char *b, const char *name)
{
    struct buf one = content(a, name), two = content(b, name);
    bool equal = slice_equal(buf_slice(&one), buf_slice(&two));

    buf_clear(&one);
    buf_clear(&two);
    return equal;
}

static void the_same_request_gives_the_same_bytes_and_another_seed_others(void **state)
{
    static const char *const files[] = {"register/patients.csv", "leak/patients.tsv",
                                        "leak/rappels.csv", "truth/records.csv"};

    must_make("clinic", scratch_path(state, "a"), 3);
    must_make("clinic", scratch_path(state, "b"), 3);
    must_make("clinic", scratch_path(state, "c"), 6);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        assert_true(same(scratch_path(state, "a"), scratch_path(state, "b"), files[i]));
        assert_false(same(scratch_path(state, "a"), scratch_path(state, "c"), files[i]));
    }
}

static void a_drill_is_its_own_perfect_case(void **state)
{
    const struct profile *profile;

    for (size_t i = 0; (profile = profile_at(i)); i++) {
        struct drill_score *score = NULL;
        struct tq_error err;

        must_make(profile->name, scratch_path(state, profile->name), 2);
        char *truth = file_join(scratch_path(state, profile->name), "truth");

        assert_int_equal(drill_score(scratch_path(state, profile->name), truth, &score, &err), 0);
        assert_int_equal(score->records_true, 400);
        assert_true(score->all.macro_f1 == 1 && score->all.precision == 1);
        assert_int_equal(score->missing + score->extra, 0);
        assert_int_equal(score->exhibits_found, 2);
        drill_score_free(score);
        free(truth);
    }
}

/* Every line after the first has `sign` in it. */
static void each_line_has(const char *folder, const char *name, const char *sign)
{
    struct buf text = content(folder, name);
    char *line = strtok(text.data, "\n");

    while ((line = strtok(NULL, "\n")))
        if (!strstr(line, sign))
            fail_msg("%s is not in '%s'", sign, line);
    buf_clear(&text);
}

/* Identifiers that no real person can have (domain.md 2.9). */
static void identifiers_are_of_safe_ranges(void **state)
{
    const char *folder = scratch_path(state, "a");

    must_make("university", folder, 1);
    each_line_has(folder, "register/alumnos.csv", ";99");
    each_line_has(folder, "register/telefonos.csv", ";+999");
    each_line_has(folder, "register/correos.csv", "@alumnos.invalid");
    each_line_has(folder, "register/cuentas.csv", ";ES");
    struct buf text = content(folder, "register/cuentas.csv");

    for (char *at = strstr(text.data, ";ES"); at; at = strstr(at + 1, ";ES"))
        assert_memory_equal(at + 5, "9999", 4);
    buf_clear(&text);
}

static void what_an_institution_does_not_have_is_refused(void **state)
{
    struct drill_request request = {
        .folder = scratch_path(state, "a"), .persons = 600, .documents = -1, .months = 3};
    struct drill_summary summary;
    struct tq_error err;

    assert_int_equal(make("nosuch", request.folder, 1, &summary, &err), TQ_E_USAGE);
    assert_non_null(strstr(err.message, "university"));
    assert_int_equal(institution_drill("clinic", &request, &summary, &err), TQ_E_USAGE);
    request.months = 0;
    request.persons = 20;
    assert_int_equal(institution_drill("clinic", &request, &summary, &err), TQ_E_USAGE);
    request.persons = 600;
    request.rows = 500;
    assert_int_equal(institution_drill("clinic", &request, &summary, &err), TQ_E_USAGE);
    must_make("clinic", request.folder, 1);
    assert_int_equal(make("clinic", request.folder, 1, &summary, &err), TQ_E_USAGE);
}

static void running_out_of_memory_is_reported(void **state)
{
    struct drill_request request = {
        .folder = scratch_path(state, "a"), .persons = 100, .rows = 12, .documents = -1, .seed = 4};
    unsigned failures = 0;
    int r = TQ_E_NOMEM;

    for (unsigned n = 1; r != TQ_OK; n += 1 + n / 20) {
        struct drill_summary summary;
        struct tq_error err;

        (void)scratch_teardown(state);
        assert_int_equal(scratch_setup(state), 0);
        request.folder = scratch_path(state, "a");
        alloc_fail_nth(n);
        r = institution_drill("university", &request, &summary, &err);
        alloc_fail_nth(0);
        failures += r == TQ_E_NOMEM;
        assert_true(r == TQ_OK || r == TQ_E_NOMEM);
    }
    assert_true(failures > 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_request_gives_the_same_bytes_and_another_seed_others),
        TEST(a_drill_is_its_own_perfect_case),
        TEST(identifiers_are_of_safe_ranges),
        TEST(what_an_institution_does_not_have_is_refused),
        TEST(running_out_of_memory_is_reported),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
