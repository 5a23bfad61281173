/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/moment.h"
#include "drill/timeline.h"

static const struct span span = {20000000, 20000000 + 5 * 365 * 1440};

static void the_system_knows_later_than_it_is_true_and_without_gaps(void **state)
{
    struct timeline timeline;

    (void)state;
    for (uint64_t n = 0; n < 500; n++) {
        struct dice dice = dice_for(3, DICE_HOME, n);

        timeline_make(&timeline, span, span.start, 0.8, &dice);
        assert_in_range(timeline.count, 1, VERSIONS_MAX);
        for (uint32_t i = 1; i < timeline.count; i++) {
            const struct version *version = &timeline.versions[i];

            assert_true(version->known > version->valid);
            assert_true(version->known < span.end);
            assert_int_equal(version[-1].until, version->known);
        }
        assert_int_equal(timeline.versions[timeline.count - 1].until, MOMENT_MAX);
    }
}

static void changes_come_at_the_rate_asked_for(void **state)
{
    struct timeline timeline;
    unsigned changes = 0;

    (void)state;
    for (uint64_t n = 0; n < 4000; n++) {
        struct dice dice = dice_for(4, DICE_HOME, n);

        timeline_make(&timeline, span, span.start, 0.25, &dice);
        changes += timeline.count - 1;
    }
    assert_in_range(changes, 4000 * 5 / 4 * 93 / 100, 4000 * 5 / 4 * 105 / 100);
}

static void who_comes_late_starts_with_what_is_true_then(void **state)
{
    struct timeline early, late;

    (void)state;
    for (uint64_t n = 0; n < 200; n++) {
        int32_t first = span.start + 2 * 365 * 1440;
        struct dice a = dice_for(5, DICE_HOME, n), b = dice_for(5, DICE_HOME, n);

        timeline_make(&early, span, span.start, 1, &a);
        timeline_make(&late, span, first, 1, &b);
        assert_int_equal(late.versions[0].known, first);
        assert_int_equal(early.versions[early.count - 1].value,
                         late.versions[late.count - 1].value);
    }
}

static void a_moment_finds_the_version_held_then(void **state)
{
    const struct timeline timeline = {2, {{100, 100, 200, 0}, {150, 200, MOMENT_MAX, 1}}};

    (void)state;
    assert_int_equal(timeline_at(&timeline, 99), UINT32_MAX);
    assert_int_equal(timeline_at(&timeline, 100), 0);
    assert_int_equal(timeline_at(&timeline, 199), 0);
    assert_int_equal(timeline_at(&timeline, 200), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_knows_later_than_it_is_true_and_without_gaps),
        cmocka_unit_test(changes_come_at_the_rate_asked_for),
        cmocka_unit_test(who_comes_late_starts_with_what_is_true_then),
        cmocka_unit_test(a_moment_finds_the_version_held_then),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
