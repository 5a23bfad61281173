/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drill/closure.h"
#include "drill/employer.h"
#include "drill/person.h"

static int make_world(void **state)
{
    static struct world world;
    struct drill_request request = {
        .persons = 3000, .employers = 240, .months = 36, .documents = 0, .seed = 5, .threads = 1};
    struct tq_error err;

    *state = &world;
    return world_make(&request, &world, &err);
}

static int drop_world(void **state)
{
    world_clear(*state);
    return 0;
}

static void a_closed_employer_stays_closed(void **state)
{
    const struct world *world = *state;
    unsigned closed = 0, later = 0;

    for (uint32_t e = 0; e < world->employers; e++) {
        struct employer employer;

        employer_load(world, e, &employer);
        for (uint32_t i = 0; i < employer.status.count; i++) {
            if (employer.status.versions[i].value != STATUS_CLOSED)
                continue;
            assert_int_equal(i, employer.status.count - 1);
            assert_int_equal(employer.status.versions[i].until, MOMENT_MAX);
            assert_int_equal(employer.status.versions[i].valid, closure_of(world, e));
            closed++;
            later += i > 0;
        }
    }
    assert_true(closed > world->employers / 8 && closed < world->employers / 2);
    assert_true(later > 0);
}

static void nobody_is_declared_by_who_is_closed(void **state)
{
    const struct world *world = *state;
    static struct person person;
    unsigned declared = 0, before_closure = 0;

    for (uint32_t i = 0; i < world->persons; i++) {
        person_load(world, i, &person);
        for (uint32_t m = 0; m < person.month_count; m++) {
            uint32_t month = world->month_first + m, employer = person.months[m].employer;

            if (employer == NOBODY)
                continue;
            assert_true(closure_of(world, employer)
                        > days_from_civil((int)(month / 12), month % 12 + 1, 1) * DAY_MINUTES);
            declared++;
            before_closure += closure_of(world, employer) != MOMENT_MAX;
        }
    }
    assert_true(declared > world->persons * 12);
    assert_true(before_closure > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_closed_employer_stays_closed),
        cmocka_unit_test(nobody_is_declared_by_who_is_closed),
    };

    return cmocka_run_group_tests(tests, make_world, drop_world);
}
