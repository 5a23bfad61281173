/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>

#include "assess/recapture.h"

static void assert_near(double value, double wanted, double slack)
{
    if (fabs(value - wanted) > slack)
        fail_msg("%f is not %f", value, wanted);
}

/* (200 + 1) (150 + 1) / (30 + 1) - 1 = 978.06... */
static void it_is_chapman_s_form(void **state)
{
    struct overlap overlap = {200, 150, 30};
    struct recapture estimate = recapture_chapman(&overlap);

    (void)state;
    assert_near(estimate.value, 201.0 * 151 / 31 - 1, 1e-9);
    assert_true(estimate.low > 320 && estimate.low < 978);
    assert_true(estimate.high > 978 && estimate.high < 1400);
}

static void the_lower_limit_is_never_below_those_seen(void **state)
{
    struct overlap overlap = {10, 10, 8};

    (void)state;
    assert_true(recapture_chapman(&overlap).low >= 12);
}

static void who_hold_all_the_same_leave_nobody(void **state)
{
    struct overlap overlap = {50, 60, 50};
    struct recapture estimate = recapture_chapman(&overlap);

    (void)state;
    assert_near(estimate.value, 60, 1e-9);
    assert_int_equal(estimate.low, 60);
    assert_int_equal(estimate.high, 60);
}

static void nobody_found_is_nobody(void **state)
{
    struct overlap overlap = {0, 0, 0};

    (void)state;
    assert_int_equal(recapture_chapman(&overlap).high, 0);
    assert_int_equal(recapture_chao(3, 0, 0, 0).high, 0);
    assert_int_equal(recapture_chao(0, 0, 0, 0).high, 0);
}

/* 100 + 2/3 * 60 * 59 / (2 * 31) */
static void it_is_chao_s_lower_bound(void **state)
{
    struct recapture estimate = recapture_chao(3, 100, 60, 30);

    (void)state;
    assert_near(estimate.value, 100 + 2.0 / 3 * 60 * 59 / 62, 1e-9);
    assert_true(estimate.low > 115 && estimate.high < 190);
}

/* Two finders: Chao's form is Chapman's where both find as many. */
static void both_forms_agree_on_two_finders_alike(void **state)
{
    struct overlap overlap = {1000, 1000, 200};

    (void)state;
    assert_near(recapture_chao(2, 1800, 1600, 200).value, recapture_chapman(&overlap).value, 5);
}

static void even_parts_are_called_even(void **state)
{
    struct overlap parts[] = {{100, 50, 20}, {110, 60, 23}, {90, 45, 17}};

    (void)state;
    assert_true(recapture_evenness(parts, 3) > .2);
}

/* Both finders found most of the first part and little of the second. */
static void uneven_parts_are_told_and_add_up(void **state)
{
    struct overlap parts[] = {{800, 800, 640}, {100, 100, 10}};
    struct overlap together = {900, 900, 650};

    (void)state;
    assert_true(recapture_evenness(parts, 2) < 1e-6);
    assert_near(recapture_by_parts(parts, 2).value, 1000 + 1000, 110);
    assert_true(recapture_chapman(&together).value < 1300);
}

/* If one of them found all parts alike, the estimate holds and nothing is told. */
static void one_uneven_finder_does_no_harm(void **state)
{
    struct overlap parts[] = {{800, 100, 80}, {200, 100, 20}};

    (void)state;
    assert_true(recapture_evenness(parts, 2) > .5);
}

static void too_small_parts_are_not_tested(void **state)
{
    struct overlap parts[] = {{8, 8, 4}, {8, 8, 1}};

    (void)state;
    assert_near(recapture_evenness(parts, 2), 1, 0);
    assert_near(recapture_evenness(parts, 0), 1, 0);
}

/* ---- simulation ---- */

static uint64_t next_number(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static bool chance(uint64_t *state, double share)
{
    return (double)(next_number(state) >> 11) * 0x1p-53 < share;
}

struct coverage {
    unsigned below, above, rounds; /* limits that miss the truth */
    double mean;
};

/* Two finders of a population, each subject found with a share of its own. */
static struct coverage simulate(unsigned population, double first, double second, double spread)
{
    struct coverage coverage = {.rounds = 1000};
    uint64_t state = 88172645463325252u;

    for (unsigned round = 0; round < coverage.rounds; round++) {
        struct overlap overlap = {0, 0, 0};
        struct recapture estimate;

        for (unsigned i = 0; i < population; i++) {
            double ease = i % 2 ? 1 + spread : 1 - spread;
            bool by_first = chance(&state, first * ease), by_second = chance(&state, second * ease);

            overlap.first += by_first;
            overlap.second += by_second;
            overlap.both += by_first && by_second;
        }
        estimate = recapture_chapman(&overlap);
        coverage.below += population < estimate.low;
        coverage.above += population > estimate.high;
        coverage.mean += estimate.value / coverage.rounds;
    }
    return coverage;
}

/* Each limit is exceeded in 1 of 20: in 1,000 rounds 50, and rarely more than 75. */
static void limits_cover_a_closed_population(void **state)
{
    static const struct {
        unsigned population;
        double first, second;
    } cases[] = {{500, .3, .3}, {1000, .5, .2}, {2000, .1, .3}, {300, .8, .7}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct coverage coverage =
            simulate(cases[i].population, cases[i].first, cases[i].second, 0);

        if (coverage.below > 75 || coverage.above > 75)
            fail_msg("case %zu: %u below, %u above", i, coverage.below, coverage.above);
        assert_near(coverage.mean, cases[i].population, cases[i].population * .01);
    }
}

/* Who is easily found by one is so by the other: the estimate is too low, never too high. */
static void unequal_ease_makes_it_a_lower_bound(void **state)
{
    struct coverage coverage = simulate(1000, .4, .4, .5);

    (void)state;
    assert_true(coverage.mean < 900 && coverage.mean > 700);
    assert_int_equal(coverage.below, 0);
}

/* Twenty parts, of which the first finder knows every second one better, and the other all alike.
 */
static void an_even_finder_is_rarely_called_uneven(void **state)
{
    uint64_t dice = 362436069u;
    unsigned told = 0;

    (void)state;
    for (unsigned round = 0; round < 1000; round++) {
        struct overlap parts[20] = {{0}};

        for (unsigned i = 0; i < 1000; i++) {
            unsigned part = (unsigned)(next_number(&dice) % 20);
            bool by_first = chance(&dice, part % 2 ? .8 : .2), by_second = chance(&dice, .5);

            parts[part].first += by_first;
            parts[part].second += by_second;
            parts[part].both += by_first && by_second;
        }
        told += recapture_evenness(parts, 20) < .01;
    }
    assert_in_range(told, 1, 20);
}

/* Finders of half of the population each, five of them, of subjects unequally hard to find. */
static void chao_s_bound_is_below_the_truth(void **state)
{
    uint64_t dice = 2463534242u;
    double mean = 0;

    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        uint64_t times[6] = {0};

        for (unsigned i = 0; i < 1000; i++) {
            unsigned found = 0;

            for (unsigned finder = 0; finder < 5; finder++)
                found += chance(&dice, i % 2 ? .45 : .1);
            times[found]++;
        }
        mean += recapture_chao(5, 1000 - times[0], times[1], times[2]).value / 200;
    }
    assert_true(mean < 900 && mean > 750);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_chapman_s_form),
        cmocka_unit_test(the_lower_limit_is_never_below_those_seen),
        cmocka_unit_test(who_hold_all_the_same_leave_nobody),
        cmocka_unit_test(nobody_found_is_nobody),
        cmocka_unit_test(it_is_chao_s_lower_bound),
        cmocka_unit_test(both_forms_agree_on_two_finders_alike),
        cmocka_unit_test(even_parts_are_called_even),
        cmocka_unit_test(uneven_parts_are_told_and_add_up),
        cmocka_unit_test(one_uneven_finder_does_no_harm),
        cmocka_unit_test(too_small_parts_are_not_tested),
        cmocka_unit_test(limits_cover_a_closed_population),
        cmocka_unit_test(unequal_ease_makes_it_a_lower_bound),
        cmocka_unit_test(an_even_finder_is_rarely_called_uneven),
        cmocka_unit_test(chao_s_bound_is_below_the_truth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
