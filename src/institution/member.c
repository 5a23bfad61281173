/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Members, their households and their histories. */
#include "institution/member.h"

#include <string.h>

#include "base/moment.h"

#define BLOCK_MEMBERS 12u /* households are cut from blocks of so many */
#define HOMONYM       0.02
#define HOMONYM_TWIN  0.1 /* of these: born on the same day too */
#define LEAVES_HOME   0.15
#define LANDLINE      0.3
#define BIRTH_HEAP    0.02

/* Whose names and birth date one has, before homonyms. */
struct place_in_household {
    uint32_t first, size, position;
    enum household_kind kind;
};

static uint32_t size_of(enum household_kind kind, struct dice *dice)
{
    switch (kind) {
    case HOUSEHOLD_SINGLE:
        return 1;
    case HOUSEHOLD_SIBLINGS:
        return 2 + dice_below(dice, 2);
    case HOUSEHOLD_FAMILY:
        return 3 + dice_below(dice, 2);
    default:
        return 2;
    }
}

static enum household_kind pick_kind(const struct profile *profile, struct dice *dice)
{
    uint32_t u = dice_below(dice, 100);
    unsigned kind = 0;

    while (kind + 1 < HOUSEHOLD_KINDS && u >= profile->households[kind])
        u -= profile->households[kind++];
    return (enum household_kind)kind;
}

static struct place_in_household place_of(const struct institution *institution, uint32_t number)
{
    uint32_t block = number / BLOCK_MEMBERS, end = (block + 1) * BLOCK_MEMBERS;
    struct place_in_household place = {.first = block * BLOCK_MEMBERS};
    struct dice dice = dice_for(institution->seed, DICE_HOUSEHOLD, block);

    if (end > institution->persons)
        end = institution->persons;
    for (;;) {
        place.kind = pick_kind(institution->profile, &dice);
        place.size = size_of(place.kind, &dice);
        if (place.first + place.size > end) {
            place.size = 1;
            place.kind = HOUSEHOLD_SINGLE;
        }
        if (number < place.first + place.size)
            break;
        place.first += place.size;
    }
    place.position = number - place.first;
    return place;
}

static bool is_child(const struct place_in_household *place)
{
    switch (place->kind) {
    case HOUSEHOLD_SIBLINGS:
    case HOUSEHOLD_TWINS:
        return true;
    case HOUSEHOLD_PARENT:
        return place->position == 1;
    case HOUSEHOLD_FAMILY:
        return place->position >= 2;
    default:
        return false;
    }
}

/* The parents' names decide the children's. */
static void draw_families(const struct institution *institution,
                          const struct place_in_household *place, struct member *out)
{
    struct dice dice = dice_for(institution->seed, DICE_HOUSEHOLD_NAMES, place->first);
    uint32_t names[4];

    for (unsigned i = 0; i < 4; i++)
        names[i] = lottery_draw(&institution->families, &dice);
    bool second = place->position == 1 && !is_child(place);

    out->family[0] = second && !institution->profile->spouses_share ? names[2] : names[0];
    out->family[1] = second ? names[3] : is_child(place) ? names[2] : names[1];
}

/* Members of a household have different names; the commoner ones come first in the lists. */
static void draw_given(const struct institution *institution,
                       const struct place_in_household *place, struct dice *dice,
                       struct member *out)
{
    const struct words *words = &institution->profile->given[out->female];
    uint32_t count = words_count(words);
    struct dice common = dice_for(institution->seed, DICE_HOUSEHOLD_GIVEN, place->first);
    double u = dice_unit(&common);
    uint32_t base = (uint32_t)(u * u * count);

    out->given[0] = (base + place->position * 7) % count;
    out->given[1] = UINT32_MAX;
    if (dice_below(dice, 100) < institution->profile->second_given)
        out->given[1] = (out->given[0] + 1 + dice_below(dice, count - 1)) % count;
}

static int32_t day_in_years(int first, int last, struct dice *dice)
{
    int32_t day = dice_between(dice, days_from_civil(first, 1, 1), days_from_civil(last, 12, 31));
    int year;
    unsigned month, date;

    if (!dice_chance(dice, BIRTH_HEAP))
        return day;
    civil_from_days(day, &year, &month, &date);
    return days_from_civil(year, 1, 1);
}

static void draw_birth(const struct institution *institution,
                       const struct place_in_household *place, struct dice *dice,
                       struct member *out)
{
    const struct profile *profile = institution->profile;
    struct dice common = dice_for(institution->seed, DICE_HOUSEHOLD_BIRTH, place->first);
    int32_t eldest;

    if (place->kind == HOUSEHOLD_SINGLE || place->kind == HOUSEHOLD_COUPLE) {
        out->birth = day_in_years(profile->birth_first, profile->birth_last, dice);
        return;
    }
    if (!is_child(place)) {
        out->birth = day_in_years(profile->birth_first, profile->birth_first + 12, dice);
        return;
    }
    eldest = day_in_years(profile->birth_first + 30, profile->birth_last - 6, &common);
    out->birth = eldest;
    out->twin = place->kind == HOUSEHOLD_TWINS;
    if (!out->twin)
        out->birth += (int32_t)place->position * 400 + (int32_t)dice_below(dice, 300);
}

/* What somebody is by birth. */
static void draw_person(const struct institution *institution, uint32_t number, struct member *out)
{
    struct dice dice = dice_for(institution->seed, DICE_MEMBER, number);
    struct place_in_household place = {.first = number, .size = 1};

    if (number < institution->persons)
        place = place_of(institution, number);
    *out = (struct member){.number = number,
                           .household = place.first,
                           .household_size = place.size,
                           .home = place.first,
                           .ghost = number >= institution->ghost_first};
    out->female = dice_chance(&dice, 0.5);
    if (!is_child(&place) && place.position == 1)
        out->female = true;
    if (!is_child(&place) && place.position == 0 && place.size > 1)
        out->female = false;
    draw_families(institution, &place, out);
    draw_given(institution, &place, &dice, out);
    draw_birth(institution, &place, &dice, out);
    if (is_child(&place) && !out->twin && dice_chance(&dice, LEAVES_HOME))
        out->home = number;
}

static void take_names(const struct member *from, struct member *out)
{
    out->female = from->female;
    memcpy(out->family, from->family, sizeof(out->family));
    memcpy(out->given, from->given, sizeof(out->given));
}

/* Some have another's whole name. */
static void draw_homonym(const struct institution *institution, struct member *out)
{
    struct dice dice = dice_for(institution->seed, DICE_HOMONYM, out->number);
    struct member other;

    if (out->household_size > 1 || !dice_chance(&dice, HOMONYM))
        return;
    draw_person(institution, dice_below(&dice, institution->persons), &other);
    take_names(&other, out);
    if (dice_chance(&dice, HOMONYM_TWIN))
        out->birth = other.birth;
}

/* Half of the outsiders are like somebody: a quarter are kin at the same address, a quarter have
 * somebody's whole name. */
static void draw_outsider(const struct institution *institution, struct member *out)
{
    struct dice dice = dice_for(institution->seed, DICE_OUTSIDER_KIN, out->number);
    double u = dice_unit(&dice);
    struct member host;

    if (u >= 0.5)
        return;
    draw_person(institution, dice_below(&dice, institution->persons), &host);
    if (u < 0.25) {
        take_names(&host, out);
        return;
    }
    memcpy(out->family, host.family, sizeof(out->family));
    out->home = host.home;
    out->household_size = host.household_size + 1;
    if (out->given[0] == host.given[0]) {
        const struct words *given = &institution->profile->given[out->female];

        out->given[0] = (out->given[0] + 3) % words_count(given);
    }
}

static int32_t draw_joined(const struct institution *institution, uint32_t number)
{
    struct dice dice = dice_for(institution->seed, DICE_JOINED, number);
    struct span span = institution->span;
    double u = dice_unit(&dice);
    int32_t end = u < 0.95 ? span.start + (span.end - span.start) / 2 : span.end - 14400;

    if (u < 0.6 || number >= institution->persons)
        return span.start;
    return dice_between(&dice, span.start, end);
}

static uint32_t owner_of(const struct member *member, enum owner owner)
{
    if (owner == OWNER_HOME)
        return member->home;
    return owner == OWNER_LINE ? member->line : member->number;
}

void member_load(const struct institution *institution, uint32_t number, struct member *out)
{
    const struct profile *profile = institution->profile;

    draw_person(institution, number, out);
    if (number < institution->persons)
        draw_homonym(institution, out);
    else if (!out->ghost)
        draw_outsider(institution, out);
    struct dice line = dice_for(institution->seed, DICE_LINE, out->home);

    out->line = dice_chance(&line, LANDLINE) ? out->home : number;
    out->joined = draw_joined(institution, number);
    for (uint32_t i = 0; i < profile->history_count; i++) {
        const struct history *history = &profile->histories[i];
        struct dice dice = dice_for(institution->seed, DICE_HISTORY,
                                    (uint64_t)owner_of(out, history->owner) * HISTORIES_MAX + i);

        timeline_make(&out->histories[i], institution->span, out->joined, history->changes_a_year,
                      &dice);
    }
}

void member_add_value(const struct institution *institution, const struct member *member,
                      const struct trait *trait, int32_t moment, struct buf *out)
{
    const struct timeline *timeline = &member->histories[trait->history];
    uint32_t at = timeline_at(timeline, moment);

    if (at != UINT32_MAX)
        trait->make(institution, member, timeline->versions[at].value, trait, out);
}
