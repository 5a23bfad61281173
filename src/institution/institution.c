/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is common to a drill of an institution. */
#include "institution/institution.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "drill/world.h"
#include "institution/only.h"

#define PERSONS_DEFAULT 40000u
#define YEARS           8 /* of the register's history */
#define CARDS           1000000u
#define PHONES          900000000u
#define ACCOUNTS        1000000000000u

static int refuse_fund_options(const struct profile *profile, const struct drill_request *request,
                               struct tq_error *err)
{
    if (request->only == ONLY_EMPLOYER)
        return tq_fail(err, TQ_E_USAGE,
                       "the members of profile '%s' have no employers: give --only region",
                       profile->name);
    if (request->employers || request->months || request->documents > 0 || request->no_header
        || request->shuffle_columns || request->postgres)
        return tq_fail(err, TQ_E_USAGE,
                       "the drill of profile '%s' has no employers, months, documents, column "
                       "options or database; these are for '--profile fund'",
                       profile->name);
    return TQ_OK;
}

static int fill_request(const struct profile *profile, struct drill_request *request,
                        struct tq_error *err)
{
    int r = refuse_fund_options(profile, request, err);

    if (r < 0)
        return r;
    if (request->persons == 0)
        request->persons = PERSONS_DEFAULT;
    if (request->rows == 0)
        request->rows = request->persons / 2;
    if (request->seed == 0)
        request->seed = 1;
    if (request->persons < 100 || request->persons > INSTITUTION_PERSONS_MAX)
        return tq_fail(err, TQ_E_USAGE, "profile '%s' has from 100 to %u persons, not %u",
                       profile->name, INSTITUTION_PERSONS_MAX, request->persons);
    if (request->rows > request->persons / 2)
        return tq_fail(err, TQ_E_USAGE,
                       "%u rows are too many: at most half of the %u persons can be leaked",
                       request->rows, request->persons);
    return TQ_OK;
}

/* Zipf-Mandelbrot (domain.md 3.6): few names are common, most are rare. */
static int draw_families(struct institution *institution, struct tq_error *err)
{
    uint32_t count = compound_count(&institution->profile->surnames);
    uint32_t *weights CLEANUP(free_cleanup) = alloc_zeroed(count, sizeof(*weights));

    if (!weights)
        return tq_no_memory(err);
    for (uint32_t i = 0; i < count; i++)
        weights[i] = (uint32_t)(1e8 / pow(i + 15.0, 0.95));
    institution->family_count = count;
    return lottery_init(&institution->families, weights, count, err);
}

static void draw_times(struct institution *institution, struct dice *dice)
{
    int32_t end = days_from_civil(2025, 6, 1) + (int32_t)dice_below(dice, 200);

    institution->span.end = end * DAY_MINUTES;
    institution->span.start = (end - YEARS * 365) * DAY_MINUTES;
    institution->snapshot =
        (end - dice_between(dice, 60, 240)) * DAY_MINUTES + (int32_t)dice_below(dice, DAY_MINUTES);
    institution->older = institution->snapshot - dice_between(dice, 250, 450) * DAY_MINUTES
                         + (int32_t)dice_below(dice, DAY_MINUTES);
}

int institution_make(const struct profile *profile, const struct drill_request *request,
                     struct institution *out_institution, struct tq_error *err)
{
    struct institution made = {.profile = profile, .request = *request};
    int r = fill_request(profile, &made.request, err);

    if (r < 0)
        return r;
    struct dice dice = dice_for(made.request.seed, DICE_INSTITUTION, 0);

    made.seed = made.request.seed;
    made.variant = (unsigned)(made.seed % profile->variants);
    made.dirty = made.seed / 2 % 2; /* apart from the variants: half of each are dirty */
    made.persons = made.request.persons;
    made.rows = made.request.rows;
    made.ghost_first = made.persons + LEAKS * made.rows;
    made.total = made.ghost_first + LEAKS * made.rows * GHOSTS_A_ROW;
    made.mixings[0] = dice_chance(&dice, 0.5) ? MIXING_SCATTERED : MIXING_GLUED;
    made.mixings[1] = (enum mixing)dice_below(&dice, 3);
    made.respelled = (uint32_t)dice_between(&dice, 10, 20);
    draw_times(&made, &dice);
    made.keys = permutation_make(made.total, dice_next(&dice));
    made.cards = permutation_make(CARDS, dice_next(&dice));
    made.phones = permutation_make(PHONES, dice_next(&dice));
    made.accounts = permutation_make(ACCOUNTS, dice_next(&dice));
    r = draw_families(&made, err);
    if (r == TQ_OK && made.request.only == ONLY_REGION)
        r = only_town_find(&made, err);
    if (r < 0)
        institution_clear(&made);
    else
        *out_institution = made;
    return r;
}

void institution_clear(struct institution *institution)
{
    lottery_clear(&institution->families);
    buf_clear(&institution->town);
}

uint32_t institution_outsider(const struct institution *institution, unsigned leak, uint32_t row)
{
    return institution->persons + leak * institution->rows + row;
}

uint32_t institution_ghost(const struct institution *institution, unsigned leak, uint32_t row,
                           uint32_t number)
{
    return institution->ghost_first + (leak * institution->rows + row) * GHOSTS_A_ROW
           + number % GHOSTS_A_ROW;
}
