/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "match/match.h"
#include "register/register.h"

#define SUBJECTS 1000u
#define RECORDS  (SUBJECTS + 2)

/* A list of all subjects, each surely linked but the last two records. */
struct list {
    struct link links[RECORDS];
    bool changed;
};

static struct link sure(uint32_t subject)
{
    return (struct link){
        .subject = subject, .posterior = 1000000, .other = SUBJECT_NONE, .recognisable = true};
}

static struct link unsure(uint32_t subject, uint32_t posterior, uint32_t nobody)
{
    return (struct link){.subject = posterior >= LINK_MIN ? subject : SUBJECT_NONE,
                         .posterior = posterior,
                         .nobody = nobody,
                         .other = SUBJECT_NONE};
}

static void list_make(struct list *list)
{
    for (uint32_t i = 0; i < RECORDS; i++)
        list->links[i] = sure(i % SUBJECTS);
    list->links[7] = unsure(7, 700000, 0); /* contested below where a test says so */
    list->links[SUBJECTS] = unsure(7, 600000, 50000);
    list->links[SUBJECTS + 1] = sure(9);
}

static void settle(struct list *list, struct contender *contenders, size_t count)
{
    struct contender_list contender_list = {.items = contenders, .count = count};
    struct tq_error err;

    assert_int_equal(match_settle_contests(list->links, RECORDS, &contender_list, SUBJECTS,
                                           &list->changed, &err),
                     TQ_OK);
}

static void a_subject_with_a_record_gives_way_to_one_without(void **state)
{
    struct contender contenders[] = {{SUBJECTS, 8, 600000}, {SUBJECTS, 7, 350000}};
    struct list list;

    (void)state;
    list_make(&list);
    settle(&list, contenders, 2);
    assert_true(list.changed);
    /* And only one has none. */
    assert_int_equal(list.links[SUBJECTS].subject, 7);
    assert_true(list.links[SUBJECTS].posterior > 999000);
    assert_true(list.links[SUBJECTS].nobody < 1000);
    assert_int_equal(list.links[8].subject, 8);
}

static void a_surer_record_takes_its_subject_first(void **state)
{
    struct contender contenders[] = {{7, 7, 950000}, {SUBJECTS, 7, 900000}, {SUBJECTS, 7 + 1, 500}};
    struct list list;

    (void)state;
    list_make(&list);
    list.links[7] = unsure(7, 950000, 50000);
    list.links[SUBJECTS] = unsure(7, 900000, 99000);
    settle(&list, contenders, 3);
    assert_int_equal(list.links[7].subject, 7);
    assert_true(list.links[7].posterior >= 950000);
    assert_int_equal(list.links[SUBJECTS].subject, SUBJECT_NONE);
    assert_true(list.links[SUBJECTS].nobody > 500000);
}

static void records_that_are_as_sure_may_be_one_published_twice(void **state)
{
    struct contender contenders[] = {{7, 7, 900000}, {SUBJECTS, 7, 900000}};
    struct list list;

    (void)state;
    list_make(&list);
    list.links[7] = list.links[SUBJECTS] = unsure(7, 900000, 100000);
    settle(&list, contenders, 2);
    assert_int_equal(list.links[7].subject, 7);
    assert_int_equal(list.links[SUBJECTS].subject, 7);
    assert_true(list.links[SUBJECTS].posterior >= 900000);
}

static void not_more_records_gain_than_subjects_are_left(void **state)
{
    struct contender contenders[] = {
        {7, 7, 10000}, {8, 7, 10000}, {9, 7, 10000}, {10, 7, 10000}, {SUBJECTS, 7, 10000}};
    struct list list;

    (void)state;
    list_make(&list);
    for (uint32_t i = 7; i <= 10; i++)
        list.links[i] = unsure(7, 10000, 990000);
    list.links[SUBJECTS] = unsure(7, 10000, 990000);
    settle(&list, contenders, 5);
    for (uint32_t i = 7; i <= 10; i++)
        assert_int_equal(list.links[i].subject, SUBJECT_NONE);
}

static void where_records_repeat_subjects_there_is_no_contest(void **state)
{
    struct contender contenders[] = {{SUBJECTS, 8, 850000}, {SUBJECTS, 7, 100000}};
    struct list list;

    (void)state;
    list_make(&list);
    for (uint32_t i = 0; i < SUBJECTS; i++)
        list.links[i] = sure(i / 2);
    list.links[SUBJECTS] = unsure(8, 850000, 50000);
    settle(&list, contenders, 2);
    assert_false(list.changed);
    assert_int_equal(list.links[SUBJECTS].subject, 8);
    assert_int_equal(list.links[SUBJECTS].posterior, 850000);
}

static void a_few_records_tell_nothing(void **state)
{
    struct link links[] = {sure(3), unsure(3, 900000, 100000)};
    struct contender contenders[] = {{1, 3, 900000}};
    struct contender_list list = {.items = contenders, .count = 1};
    struct tq_error err;
    bool changed;

    (void)state;
    assert_int_equal(match_settle_contests(links, 2, &list, SUBJECTS, &changed, &err), TQ_OK);
    assert_false(changed);
    list.count = 0;
    assert_int_equal(match_settle_contests(NULL, 0, &list, SUBJECTS, &changed, &err), TQ_OK);
    assert_false(changed);
}

static void no_memory_is_an_error(void **state)
{
    struct contender contenders[] = {{SUBJECTS, 8, 600000}, {SUBJECTS, 7, 350000}};
    struct contender_list contender_list = {.items = contenders, .count = 2};
    struct list list;
    struct tq_error err;
    int r = TQ_E_NOMEM;

    (void)state;
    for (unsigned nth = 1; r != TQ_OK; nth++) {
        assert_true(nth < 20);
        list_make(&list);
        alloc_fail_nth(nth);
        r = match_settle_contests(list.links, RECORDS, &contender_list, SUBJECTS, &list.changed,
                                  &err);
        alloc_fail_nth(0);
    }
    assert_int_equal(list.links[SUBJECTS].subject, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_subject_with_a_record_gives_way_to_one_without),
        cmocka_unit_test(a_surer_record_takes_its_subject_first),
        cmocka_unit_test(records_that_are_as_sure_may_be_one_published_twice),
        cmocka_unit_test(not_more_records_gain_than_subjects_are_left),
        cmocka_unit_test(where_records_repeat_subjects_there_is_no_contest),
        cmocka_unit_test(a_few_records_tell_nothing),
        cmocka_unit_test(no_memory_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
