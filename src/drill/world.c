/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is common to a drill: sizes, times, names, employers' sizes. */
#include "drill/world.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/pool.h"
#include "drill/closure.h"
#include "drill/identifier.h"
#include "drill/place.h"

#define DOCUMENTS_A_ROW 0.027
#define HISTORY_MONTHS  24 /* of changes before the first declaration */

uint32_t world_total_persons(const struct world *world)
{
    return world->persons + world->outsiders;
}

uint32_t world_total_employers(const struct world *world)
{
    return world->employers + world->employer_outsiders;
}

static int fill_defaults(struct drill_request *request, struct tq_error *err)
{
    if (request->persons == 0)
        request->persons = 40000;
    if (request->employers == 0)
        request->employers = request->persons / 25 * 2;
    if (request->months == 0)
        request->months = 36;
    if (request->rows == 0)
        request->rows = request->persons / 2;
    if (request->documents < 0)
        request->documents = (int64_t)(request->rows * DOCUMENTS_A_ROW);
    if (request->seed == 0)
        request->seed = 1;
    if (request->threads == 0)
        request->threads = pool_processors();
    if (request->persons < 500 || request->persons > PERSONS_MAX)
        return tq_fail(err, TQ_E_USAGE, "a drill has 500 to %u persons, not %u", PERSONS_MAX,
                       request->persons);
    if (request->employers < 40 || request->employers > EMPLOYERS_MAX)
        return tq_fail(err, TQ_E_USAGE, "a drill has 40 to %u employers, not %u", EMPLOYERS_MAX,
                       request->employers);
    if (request->months < MONTHS_MIN || request->months > MONTHS_MAX)
        return tq_fail(err, TQ_E_USAGE, "a drill has %u to %u months, not %u", MONTHS_MIN,
                       MONTHS_MAX, request->months);
    if (request->rows > request->persons / 10 * 8)
        return tq_fail(err, TQ_E_USAGE, "of %u persons at most %u rows can leak, not %u",
                       request->persons, request->persons / 10 * 8, request->rows);
    if (request->documents > request->persons)
        return tq_fail(err, TQ_E_USAGE, "of %u persons at most %u documents can leak, not %lld",
                       request->persons, request->persons, (long long)request->documents);
    return TQ_OK;
}

static void set_times(struct world *world)
{
    struct dice dice = dice_for(world->seed, DICE_WORLD, 0);
    int32_t end_day = days_from_civil(2024, 6, 1) + dice_between(&dice, 0, 540);
    int year;
    unsigned month, day;

    world->span.end = end_day * DAY_MINUTES + 23 * 60 + 30;
    civil_from_days(end_day, &year, &month, &day);
    world->month_count = world->request.months;
    world->month_first = (uint16_t)(month_number(year, month) - world->month_count);
    world->snapshot = (end_day - dice_between(&dice, 92, 240)) * DAY_MINUTES
                      + dice_between(&dice, 0, DAY_MINUTES - 1);
    world->published = world->snapshot + dice_between(&dice, 20, 60) * DAY_MINUTES
                       + dice_between(&dice, 0, DAY_MINUTES - 1);
    uint16_t start = (uint16_t)(world->month_first - HISTORY_MONTHS);

    world->span.start = days_from_civil(start / 12, start % 12u + 1, 1) * DAY_MINUTES;
}

static void set_identifiers(struct world *world)
{
    uint32_t people = world_total_persons(world), firms = world_total_employers(world);
    uint32_t card_bodies = CARD_BODIES * 2;
    struct dice dice = dice_for(world->seed, DICE_PERMUTATION, 0);

    world->person_step = (IMMAT_BODIES - 1000000) / world->persons;
    if (world->person_step > 61)
        world->person_step = 61;
    if (world->person_step < 2)
        world->person_step = 2;
    world->employer_base = firms < 30000 ? 900000 : 100000;
    world->employer_step = (AFFIL_BODIES - world->employer_base) / firms;
    if (world->employer_step > 23)
        world->employer_step = 23;
    world->ice_step = ICE_BODIES / 2 / firms;
    if (world->ice_step > 97)
        world->ice_step = 97;
    if (world->ice_step < 1)
        world->ice_step = 1;
    while (card_bodies < CARD_PREFIXES * CARD_BODIES && card_bodies / 5 * 4 < 2 * people)
        card_bodies += CARD_BODIES;
    world->cards = permutation_make(card_bodies, dice_next(&dice));
    world->phones = permutation_make(300000000, dice_next(&dice));
    world->employer_phones = permutation_make(100000000, dice_next(&dice));
}

/* Persons an employer employs: the mixture of domain.md 3.4. */
static uint32_t draw_size(struct dice *dice, uint32_t size_max)
{
    double u = dice_unit(dice);

    if (u < 0.155)
        return 1;
    if (u < 0.968) {
        double size = exp(1.386 + 0.83 * dice_normal(dice));

        return size < 2 ? 2 : size > 50 ? 50 : (uint32_t)lround(size);
    }
    double size = 51 * pow(1 - dice_unit(dice), -1 / 1.2);

    return size > size_max ? size_max : (uint32_t)size;
}

static int set_employers(struct world *world, struct tq_error *err)
{
    uint32_t total = world_total_employers(world);
    uint32_t size_max = world->persons / 40 < 20000 ? world->persons / 40 : 20000;
    uint32_t *sizes = world->employer_size = alloc_zeroed(total, sizeof(*sizes));

    world->employer_city = alloc_zeroed(total, sizeof(*world->employer_city));
    if (!sizes || !world->employer_city)
        return tq_no_memory(err);
    for (uint32_t e = 0; e < total; e++) {
        struct dice dice = dice_for(world->seed, DICE_EMPLOYER, e);

        sizes[e] = draw_size(&dice, size_max > 60 ? size_max : 60);
        world->employer_city[e] = (uint8_t)lottery_draw(&world->cities, &dice);
    }
    int r = closure_fill(world, err);

    return r < 0 ? r : lottery_init(&world->employer_lottery, sizes, world->employers, err);
}

static int set_cities(struct world *world, struct tq_error *err)
{
    uint32_t *weights CLEANUP(free_cleanup) = alloc_zeroed(city_count, sizeof(*weights));

    if (!weights)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < city_count; i++)
        weights[i] = cities[i].weight;
    return lottery_init(&world->cities, weights, city_count, err);
}

static int world_fill(struct world *world, struct tq_error *err)
{
    int r = fill_defaults(&world->request, err);

    if (r < 0)
        return r;
    world->seed = dice_mix(world->request.seed * 0x2545f4914f6cdd1dull + 0x7461687169710000ull);
    world->persons = world->request.persons;
    world->outsiders = world->persons / 10;
    world->employers = world->request.employers;
    world->employer_outsiders = world->employers / 20 + 10;
    set_times(world);
    set_identifiers(world);
    r = names_load(&world->names, err);
    if (r < 0)
        return r;
    r = set_cities(world, err);
    return r < 0 ? r : set_employers(world, err);
}

int world_make(const struct drill_request *request, struct world *out_world, struct tq_error *err)
{
    struct world made = {.request = *request};
    int r = world_fill(&made, err);

    if (r < 0) {
        world_clear(&made);
        return r;
    }
    *out_world = made;
    return TQ_OK;
}

void world_clear(struct world *world)
{
    names_clear(&world->names);
    lottery_clear(&world->cities);
    lottery_clear(&world->employer_lottery);
    free(world->employer_city);
    free(world->employer_size);
    free(world->employer_closed);
    world->employer_city = NULL;
    world->employer_size = NULL;
    world->employer_closed = NULL;
}

uint16_t world_last_month(int32_t moment)
{
    int year;
    unsigned month, day;

    /* Declarations of a month are due on the 10th of the next: two weeks ago, the month before the
     * last was in. */
    civil_from_days(moment / DAY_MINUTES - 14, &year, &month, &day);
    return (uint16_t)(month_number(year, month) - 2);
}

int64_t world_minimum_wage(uint16_t month)
{
    static const struct {
        uint16_t from;
        int64_t centimes;
    } wages[] = {{2025 * 12, 326610},
                 {2023 * 12 + 8, 311139},
                 {2022 * 12 + 8, 297005},
                 {2020 * 12 + 6, 282871},
                 {2019 * 12 + 6, 269883}};

    for (size_t i = 0; i < sizeof(wages) / sizeof(wages[0]); i++)
        if (month >= wages[i].from)
            return wages[i].centimes;
    return 257086;
}

int32_t world_filing(const struct world *world, uint32_t employer, uint32_t month)
{
    struct dice dice = dice_for(world->seed, DICE_FILING, (uint64_t)employer << 8 | month);
    uint16_t next = (uint16_t)(world->month_first + month + 1);
    int32_t due = days_from_civil(next / 12, next % 12u + 1, 10);
    double days =
        dice_chance(&dice, 0.9) ? -6 + 7 * dice_unit(&dice) : 1 + dice_exponential(&dice, 20);
    int32_t minute = 8 * 60 + (int32_t)dice_below(&dice, 13 * 60);

    return (due + (int32_t)floor(days)) * DAY_MINUTES + minute;
}
