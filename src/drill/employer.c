/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One employer of the drill, made from its number. */
#include "drill/employer.h"

#include "drill/closure.h"
#include "drill/identifier.h"
#include "drill/place.h"

#define VERSION_SLOTS 64u
#define HISTORY_SLOT  63u
#define PHONE_SLOTS   24u
#define HOME_RATE     0.05 /* domain.md 3.1 */
#define PHONE_RATE    0.10

const char status_codes[3] = {'A', 'S', 'F'};

static const char *const forms[] = {"Ste", "Sarl", "Ets", "Groupe", "Atelier", "SA", "Coop"};
static const char *const firsts[] = {
    "Nour",    "Atlas",  "Maghreb", "Sahara",  "Rif",      "Andalous",  "Amal",
    "Baraka",  "Chifa",  "Zellij",  "Argan",   "Souss",    "Tafilalet", "Doukkala",
    "Chaouia", "Gharb",  "Oasis",   "Jasmin",  "Safran",   "Cèdre",     "Dune",
    "Kasbah",  "Medina", "Riad",    "Palmier", "Tamazirt", "Zaouia",    "Horizon"};
static const char *const seconds[] = {"Trans",    "Bat",     "Textile", "Conseil", "Agro",  "Pharm",
                                      "Elec",     "Service", "Import",  "Immo",    "Meca",  "Print",
                                      "Tourisme", "Froid",   "Bois",    "Métal",   "Pêche", "Cuir"};
static const char *const activities[] = {"Commerce",
                                         "Services",
                                         "Construction",
                                         "Agriculture et pêche",
                                         "Hôtellerie et restauration",
                                         "Industrie",
                                         "Transport",
                                         "Information",
                                         "Finance",
                                         "Autres"};
static const uint32_t activity_shares[] = {24, 42, 58, 67, 74, 80, 86, 88, 90, 100};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

static struct dice stream(const struct world *world, enum dice_topic topic, uint32_t number,
                          uint32_t slot)
{
    return dice_for(world->seed, topic, (uint64_t)number * VERSION_SLOTS + slot);
}

void employer_load(const struct world *world, uint32_t number, struct employer *out)
{
    struct dice dice = stream(world, DICE_EMPLOYER_STATUS, number, 0);
    struct dice home = stream(world, DICE_EMPLOYER_HOME, number, HISTORY_SLOT);
    struct dice phone = stream(world, DICE_EMPLOYER_PHONE, number, HISTORY_SLOT);
    int32_t start = world->span.start / DAY_MINUTES;
    uint32_t share = dice_below(&dice, 100);

    out->number = number;
    out->city = world->employer_city[number];
    out->affiliated = start - 30 - (int32_t)dice_below(&dice, 9000);
    out->trade_no = 1000 + dice_below(&dice, 399000);
    out->activity = 0;
    while (share >= activity_shares[out->activity])
        out->activity++;
    int32_t first = out->affiliated * DAY_MINUTES + 600;

    timeline_make(&out->home, world->span, first, HOME_RATE, &home);
    timeline_make(&out->phone, world->span, first, PHONE_RATE, &phone);
    closure_statuses(world, number, first, &out->status);
}

void employer_affil(const struct world *world, uint32_t number, char *out)
{
    identifier_affil(world->employer_base + number * world->employer_step, out);
}

void employer_add_affil(const struct world *world, uint32_t number, struct buf *out)
{
    char text[IDENTIFIER_LENGTH];

    employer_affil(world, number, text);
    buf_add_text(out, text);
}

/* The number in the name makes it one employer's own. */
static void add_name(const struct world *world, uint32_t number, struct dice *dice, uint32_t family,
                     struct buf *out)
{
    buf_add_text(out, forms[dice_below(dice, COUNT(forms))]);
    buf_add_byte(out, ' ');
    if (dice_chance(dice, 0.55) && family == NOBODY)
        buf_add_text(out, firsts[dice_below(dice, COUNT(firsts))]);
    else
        buf_add_text(out,
                     world->names
                         .family[family == NOBODY ? lottery_draw(&world->names.family_lottery, dice)
                                                  : family]
                         .latin);
    buf_format(out, " %s %u", seconds[dice_below(dice, COUNT(seconds))], number);
}

void employer_add_name(const struct world *world, uint32_t number, struct buf *out)
{
    struct dice dice = stream(world, DICE_EMPLOYER, number, 1);

    add_name(world, number, &dice, NOBODY, out);
}

void employer_add_unused_name(const struct world *world, struct dice *dice, struct buf *out)
{
    const struct names *names = &world->names;
    uint32_t family = names->family_count + dice_below(dice, names->family_reserved);

    add_name(world, 700000 + dice_below(dice, 200000), dice, family, out);
}

void employer_add_ice(const struct world *world, uint32_t number, struct buf *out)
{
    struct dice dice = stream(world, DICE_EMPLOYER, number, 2);
    char text[IDENTIFIER_LENGTH];

    identifier_ice(number * world->ice_step, 1 + dice_below(&dice, 40), text);
    buf_add_text(out, text);
}

const char *employer_activity(const struct employer *employer)
{
    return activities[employer->activity];
}

void employer_add_address(const struct world *world, const struct employer *employer,
                          uint32_t version, struct buf *out)
{
    struct dice dice =
        stream(world, DICE_EMPLOYER_HOME, employer->number, employer->home.versions[version].value);

    place_add_address(out, &dice);
}

void employer_add_phone(const struct world *world, const struct employer *employer,
                        uint32_t version, struct buf *out)
{
    uint64_t slot = employer->phone.versions[version].value % PHONE_SLOTS;
    char text[IDENTIFIER_LENGTH];

    identifier_phone(
        800000000u
            + (uint32_t)permutation_at(&world->employer_phones,
                                       (uint64_t)employer->number * PHONE_SLOTS + slot),
        text);
    buf_add_text(out, text);
}

bool employer_affil_is_issued(const struct world *world, struct slice affil)
{
    char right[IDENTIFIER_LENGTH];
    uint32_t body = 0;

    if (affil.length != 7)
        return false;
    for (size_t i = 0; i < 6; i++) {
        if (affil.data[i] < '0' || affil.data[i] > '9')
            return false;
        body = body * 10 + (uint32_t)(affil.data[i] - '0');
    }
    identifier_affil(body, right);
    if (!slice_is(affil, right) || body < world->employer_base)
        return false;
    body -= world->employer_base;
    return body % world->employer_step == 0 && body / world->employer_step < world->employers;
}

bool employer_phone_is_issued(const struct world *world, struct slice phone)
{
    uint64_t body = 0;

    if (phone.length != 13 || phone.data[4] != '8')
        return false;
    for (size_t i = 5; i < 13; i++)
        body = body * 10 + (uint64_t)(phone.data[i] - '0');
    return body < world->employer_phones.size
           && permutation_inverse(&world->employer_phones, body)
                  < (uint64_t)world_total_employers(world) * PHONE_SLOTS;
}

void employer_add_unissued_affil(const struct world *world, struct dice *dice, struct buf *out)
{
    uint32_t first = world->employer_base + world_total_employers(world) * world->employer_step;
    char text[IDENTIFIER_LENGTH];

    if (first >= AFFIL_BODIES) /* all taken: below the first one */
        identifier_affil(dice_below(dice, world->employer_base), text);
    else
        identifier_affil(first + dice_below(dice, AFFIL_BODIES - first), text);
    buf_add_text(out, text);
}

void employer_add_unissued_ice(const struct world *world, struct dice *dice, struct buf *out)
{
    uint32_t first = world_total_employers(world) * world->ice_step;
    char text[IDENTIFIER_LENGTH];

    identifier_ice(first + dice_below(dice, ICE_BODIES - first), 1 + dice_below(dice, 40), text);
    buf_add_text(out, text);
}

void employer_add_unissued_phone(const struct world *world, struct dice *dice, struct buf *out)
{
    uint64_t used = (uint64_t)world_total_employers(world) * PHONE_SLOTS;
    uint64_t slot = used + dice_next(dice) % (world->employer_phones.size - used);
    char text[IDENTIFIER_LENGTH];

    identifier_phone(800000000u + (uint32_t)permutation_at(&world->employer_phones, slot), text);
    buf_add_text(out, text);
}
