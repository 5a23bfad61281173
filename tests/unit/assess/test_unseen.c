/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "assess/unseen.h"

static void assert_near(double value, double wanted)
{
    if (fabs(value - wanted) > 1e-9)
        fail_msg("%f is not %f", value, wanted);
}

/* Good and Toulmin: t * Q1 - t^2 * Q2 + t^3 * Q3. */
static void it_is_the_alternating_series(void **state)
{
    struct incidence incidence = {
        .subjects = {0, 100, 40, 10}, .read = 210, .unread = 21, .records = 210};

    (void)state;
    assert_near(unseen_estimate(&incidence).value, 10 - .4 + .01);
}

static void where_all_were_read_nobody_is_unseen(void **state)
{
    struct incidence incidence = {.subjects = {0, 100}, .read = 100, .records = 100};
    struct unseen unseen = unseen_estimate(&incidence);

    (void)state;
    assert_near(unseen.value, 0);
    assert_int_equal(unseen.low, 0);
    assert_int_equal(unseen.high, 0);
}

/* Who occurs again and again is known: none of ten more documents names anybody else. */
static void many_documents_of_few_leave_nobody_unseen(void **state)
{
    struct incidence incidence = {
        .subjects = {[20] = 50}, .read = 1000, .unread = 10, .records = 1000};

    (void)state;
    assert_int_equal(unseen_estimate(&incidence).high, 0);
}

static void a_document_names_no_more_than_others_do(void **state)
{
    struct incidence single = {.subjects = {0, 10}, .read = 10, .unread = 5, .records = 10};
    struct incidence lists = {.subjects = {0, 100}, .read = 10, .unread = 5, .records = 100};

    (void)state;
    assert_int_equal(unseen_estimate(&single).high, 5);
    assert_int_equal(unseen_estimate(&lists).high, 50);
}

static void where_no_document_names_the_kind_none_is_unseen(void **state)
{
    struct incidence incidence = {.read = 10, .unread = 50};

    (void)state;
    assert_int_equal(unseen_estimate(&incidence).high, 0);
}

/* The series says nothing beyond twice of what was read: a bound stands in for it. */
static void with_more_unread_than_read_each_may_name_another(void **state)
{
    struct incidence incidence = {
        .subjects = {0, 60, 20}, .read = 100, .unread = 300, .records = 100};
    struct incidence nothing = {.unread = 7};

    (void)state;
    assert_near(unseen_estimate(&incidence).value, 40);
    assert_int_equal(unseen_estimate(&incidence).high, 300);
    assert_int_equal(unseen_estimate(&nothing).low, 0);
    assert_int_equal(unseen_estimate(&nothing).high, 7);
}

static uint64_t seed = 9;

static uint64_t next_random(uint64_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed % below;
}

#define SUBJECTS  800u
#define DOCUMENTS 1000u
#define ROUNDS    400u

/* Documents of subjects who get them unevenly (the lower of two numbers): those of `unread` that
 * are left out at random name so many who occur in no other. */
static bool is_covered(unsigned unread)
{
    struct incidence incidence = {
        .read = DOCUMENTS - unread, .unread = unread, .records = DOCUMENTS - unread};
    unsigned documents[SUBJECTS] = {0};
    uint64_t more = 0;
    struct unseen unseen;

    for (unsigned i = 0; i < DOCUMENTS; i++) {
        uint64_t first = next_random(SUBJECTS), second = next_random(SUBJECTS);
        unsigned *own = &documents[first < second ? first : second];

        if (i < DOCUMENTS - unread)
            (*own)++;
        else if (*own == 0)
            *own = UINT32_MAX; /* named by unread ones alone */
    }
    for (unsigned i = 0; i < SUBJECTS; i++) {
        more += documents[i] == UINT32_MAX;
        if (documents[i] != UINT32_MAX)
            incidence.subjects[documents[i]]++;
    }
    unseen = unseen_estimate(&incidence);
    return unseen.low <= more && more <= unseen.high;
}

static void the_limits_cover_what_was_left_out(void **state)
{
    static const unsigned unread[] = {10, 50, 200, 400, 500};

    (void)state;
    for (unsigned k = 0; k < sizeof(unread) / sizeof(unread[0]); k++) {
        unsigned covered = 0;

        for (unsigned i = 0; i < ROUNDS; i++)
            covered += is_covered(unread[k]);
        if (covered < ROUNDS * 90 / 100)
            fail_msg("%u unread: %u of %u are covered", unread[k], covered, ROUNDS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_alternating_series),
        cmocka_unit_test(where_all_were_read_nobody_is_unseen),
        cmocka_unit_test(many_documents_of_few_leave_nobody_unseen),
        cmocka_unit_test(a_document_names_no_more_than_others_do),
        cmocka_unit_test(where_no_document_names_the_kind_none_is_unseen),
        cmocka_unit_test(with_more_unread_than_read_each_may_name_another),
        cmocka_unit_test(the_limits_cover_what_was_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
