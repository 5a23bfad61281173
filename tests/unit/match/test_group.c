/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "match/match.h"
#include "model/reading.h"
#include "normalise/normalise.h"

#define NOBODY                                                           \
    {                                                                    \
        .subject = SUBJECT_NONE, .nobody = 900000, .other = SUBJECT_NONE \
    }

static struct link linked(uint32_t subject, uint32_t posterior)
{
    return (struct link){.subject = subject,
                         .posterior = posterior,
                         .nobody = PROBABILITY_ONE - posterior,
                         .other = SUBJECT_NONE};
}

static void records_of_a_settled_group_are_linked(void **state)
{
    uint64_t anchor[] = {7, 9, 7, 7, 9};
    struct link links[] = {linked(3, 990000), NOBODY, NOBODY, linked(3, 970000), NOBODY};
    struct tq_error err;

    (void)state;
    assert_int_equal(match_groups(anchor, links, 5, &err), 0);
    assert_int_equal(links[2].subject, 3);
    assert_int_equal(links[2].posterior, 980000);
    assert_int_equal(links[2].nobody, 20000);
    assert_int_equal(links[0].posterior, 990000);
    assert_int_equal(links[1].subject, SUBJECT_NONE);
    assert_int_equal(links[4].subject, SUBJECT_NONE);
}

static void one_linked_record_does_not_settle_a_group(void **state)
{
    uint64_t anchor[] = {7, 7};
    struct link links[] = {linked(3, 990000), NOBODY};
    struct tq_error err;

    (void)state;
    assert_int_equal(match_groups(anchor, links, 2, &err), 0);
    assert_int_equal(links[1].subject, SUBJECT_NONE);
}

static void a_group_that_names_two_subjects_is_left_alone(void **state)
{
    uint64_t anchor[] = {7, 7, 7, 7, 7};
    struct link links[] = {linked(3, 990000), linked(3, 990000), linked(3, 990000),
                           linked(4, 990000), NOBODY};
    struct tq_error err;

    (void)state;
    assert_int_equal(match_groups(anchor, links, 5, &err), 0);
    assert_int_equal(links[4].subject, SUBJECT_NONE);
}

static void four_fifths_are_enough_and_nobody_is_moved(void **state)
{
    uint64_t anchor[] = {7, 7, 7, 7, 7, 7};
    struct link links[] = {linked(4, 990000), linked(3, 990000), linked(3, 990000),
                           linked(3, 990000), linked(3, 990000), NOBODY};
    struct tq_error err;

    (void)state;
    assert_int_equal(match_groups(anchor, links, 6, &err), 0);
    assert_int_equal(links[5].subject, 3);
    assert_in_range(links[5].posterior, LINK_MIN, 990000);
    assert_int_equal(links[0].subject, 4);
}

static void records_without_an_anchor_are_no_group(void **state)
{
    uint64_t anchor[] = {FINGERPRINT_NONE, FINGERPRINT_NONE, FINGERPRINT_NONE};
    struct link links[] = {linked(3, 990000), linked(3, 990000), NOBODY};
    struct tq_error err;

    (void)state;
    assert_int_equal(match_groups(anchor, links, 3, &err), 0);
    assert_int_equal(links[2].subject, SUBJECT_NONE);
    assert_int_equal(match_groups(NULL, NULL, 0, &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_a_settled_group_are_linked),
        cmocka_unit_test(one_linked_record_does_not_settle_a_group),
        cmocka_unit_test(a_group_that_names_two_subjects_is_left_alone),
        cmocka_unit_test(four_fifths_are_enough_and_nobody_is_moved),
        cmocka_unit_test(records_without_an_anchor_are_no_group),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
