/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One person of the drill, made from its number. */
#include "drill/person.h"

#include <math.h>
#include <string.h>

#include "drill/closure.h"
#include "drill/identifier.h"
#include "drill/place.h"

#define PAIR_BLOCK    4096u /* persons of a pair are at most so far apart in the register */
#define VERSION_SLOTS 64u   /* streams for each subject and attribute */
#define HISTORY_SLOT  63u
#define PHONE_SLOTS   24u /* numbers set aside for each owner */
#define CARD_SLOTS    2u
#define DAYS_A_MONTH  26

/* Yearly chances of change: domain.md 3.1 (confidence M). */
#define RENAMING_RATE 0.003
#define CARD_RATE     0.003
#define MARITAL_RATE  0.03
#define HOME_RATE     0.15
#define PHONE_RATE    0.25
#define EMAIL_RATE    0.12
#define ACCOUNT_RATE  0.12
#define JOB_RATE      0.35

const char marital_codes[4] = {'C', 'M', 'D', 'V'};

/* Who a person is related to, and how the names and the birth are shared. */
struct kinship {
    enum pair_kind pair;
    uint32_t partner, leader;
    uint32_t family_owner, given_owner, birth_owner;
    bool shares_home;
};

static struct dice stream(const struct world *world, enum dice_topic topic, uint32_t number,
                          uint32_t slot)
{
    return dice_for(world->seed, topic, (uint64_t)number * VERSION_SLOTS + slot);
}

static enum pair_kind draw_pair(struct dice *dice)
{
    /* Of persons who open a household 10 % have a spouse in the register, 3 % a twin, 3 % another
     * sibling, 2 % a homonym, .2 % one of the same birth date; here per pair of persons. */
    double u = dice_unit(dice) * 0.591;

    if (u < 0.10)
        return PAIR_SPOUSES;
    if (u < 0.13)
        return PAIR_TWINS;
    if (u < 0.16)
        return PAIR_SIBLINGS;
    if (u < 0.18)
        return PAIR_HOMONYMS;
    return u < 0.182 ? PAIR_FULL_HOMONYMS : PAIR_NONE;
}

static struct kinship insider_kinship(const struct world *world, uint32_t number)
{
    uint32_t block = number / PAIR_BLOCK, first = block * PAIR_BLOCK;
    uint32_t size = world->persons - first < PAIR_BLOCK ? world->persons - first : PAIR_BLOCK;
    struct permutation places = permutation_make(size, dice_mix(world->seed + 0x51ed27 + block));
    uint64_t place = permutation_at(&places, number - first);
    struct kinship kin = {PAIR_NONE, NOBODY, number, number, number, number, false};

    if ((place ^ 1) >= size)
        return kin;
    struct dice dice = dice_for(world->seed, DICE_PAIR, (uint64_t)block * PAIR_BLOCK + place / 2);

    kin.pair = draw_pair(&dice);
    if (kin.pair == PAIR_NONE)
        return kin;
    kin.partner = first + (uint32_t)permutation_inverse(&places, place ^ 1);
    kin.leader = number < kin.partner ? number : kin.partner;
    kin.shares_home = kin.pair <= PAIR_SIBLINGS;
    if (kin.pair != PAIR_SPOUSES)
        kin.family_owner = kin.leader;
    if (kin.pair >= PAIR_HOMONYMS)
        kin.given_owner = kin.leader;
    if (kin.pair == PAIR_TWINS || kin.pair == PAIR_FULL_HOMONYMS)
        kin.birth_owner = kin.leader;
    return kin;
}

/* Outsiders: 30 % are kin of an insured person, 20 % bear the names of one. */
static struct kinship outsider_kinship(const struct world *world, uint32_t number)
{
    struct dice dice = stream(world, DICE_OUTSIDER, number, 0);
    double u = dice_unit(&dice);
    uint32_t base = dice_below(&dice, world->persons);
    struct kinship kin = {PAIR_NONE, NOBODY, number, number, number, number, false};

    if (u >= 0.5)
        return kin;
    uint32_t family = insider_kinship(world, base).family_owner;

    kin.family_owner = family;
    if (u < 0.3) {
        kin.leader = base;
        kin.shares_home = true;
    } else {
        kin.given_owner = insider_kinship(world, base).given_owner;
    }
    return kin;
}

static bool is_female(const struct world *world, uint32_t number, const struct kinship *kin)
{
    struct dice own = stream(world, DICE_BASICS, kin->given_owner, 0);
    bool female = dice_chance(&own, 0.325);

    if (kin->pair != PAIR_SPOUSES || number == kin->leader)
        return female;
    struct dice other = stream(world, DICE_BASICS, kin->leader, 0);

    return !dice_chance(&other, 0.325);
}

static uint32_t draw_given(const struct world *world, uint32_t owner, bool female)
{
    struct dice dice = stream(world, DICE_GIVEN, owner, 0);

    return lottery_draw(&world->names.given_lottery[female], &dice);
}

static uint32_t draw_family(const struct world *world, uint32_t owner)
{
    struct dice dice = stream(world, DICE_FAMILY, owner, 0);

    return lottery_draw(&world->names.family_lottery, &dice);
}

/* Registered in the order of their numbers, 12 years ago on average. */
static double years_since_registration(const struct world *world, uint32_t number)
{
    double years = -12 * log((number + 0.5) / world->persons);

    return years > 42 ? 42 : years;
}

static int32_t registration(const struct world *world, uint32_t number)
{
    struct dice dice = stream(world, DICE_BASICS, number, 1);

    if (number >= world->persons)
        return world->span.start;
    int32_t days = (int32_t)(years_since_registration(world, number) * 365.25) + 1;

    return (world->span.end / DAY_MINUTES - days) * DAY_MINUTES + 480
           + (int32_t)dice_below(&dice, 600);
}

static int32_t birth(const struct world *world, uint32_t owner, bool female)
{
    struct dice dice = stream(world, DICE_BIRTH, owner, 0);
    double years = owner < world->persons ? years_since_registration(world, owner) : 12;
    double age = 17.5 + years + 5 * dice_gamma(&dice, 1.6) - (female ? 0.8 : 0);
    int32_t today = world->span.end / DAY_MINUTES;
    int year;
    unsigned month, day;

    if (age > 66)
        age = 66 - dice_unit(&dice) * 5;
    int32_t born = today - (int32_t)(age * 365.25);

    civil_from_days(born, &year, &month, &day);
    /* Births that were never dated exactly stand at 1 January: domain.md 3.4 (L). */
    double heap = 0.12 - 0.11 * (year - 1955) / 40.0;

    if (dice_chance(&dice, heap < 0.01 ? 0.01 : heap))
        return days_from_civil(year, 1, 1);
    return born;
}

static void make_family_names(const struct world *world, struct person *p)
{
    struct dice dice = stream(world, DICE_RENAMING, p->number, HISTORY_SLOT);
    uint32_t count = world->names.family_count;

    timeline_make(&p->family_names, world->span, p->registered, RENAMING_RATE, &dice);
    for (uint32_t i = 0; i < p->family_names.count; i++) {
        struct version *version = &p->family_names.versions[i];
        uint32_t before = i ? version[-1].value : p->family;

        if (version->value == 0) {
            version->value = p->family;
            continue;
        }
        struct dice draw = stream(world, DICE_RENAMING, p->number, version->value);

        version->value = lottery_draw(&world->names.family_lottery, &draw);
        while (names_are_near(world->names.family[before].latin,
                              world->names.family[version->value].latin))
            version->value = (version->value + 131) % count;
    }
}

/* Values cycle between the first card and its one replacement. */
static void make_card(const struct world *world, struct person *p)
{
    struct dice dice = stream(world, DICE_CARD, p->number, HISTORY_SLOT);

    timeline_make(&p->card, world->span, p->registered, CARD_RATE, &dice);
    if (p->card.count > 2) {
        p->card.count = 2;
        p->card.versions[1].until = MOMENT_MAX;
    }
    for (uint32_t i = 0; i < p->card.count; i++)
        p->card.versions[i].value = p->card.versions[i].value > 0;
    if (p->card.count == 2 && p->card.versions[0].value == p->card.versions[1].value) {
        p->card.count = 1;
        p->card.versions[0].until = MOMENT_MAX;
    }
}

static void make_marital(const struct world *world, struct person *p)
{
    struct dice dice = stream(world, DICE_MARITAL, p->number, HISTORY_SLOT);
    struct dice draw = stream(world, DICE_MARITAL, p->number, 0);
    uint32_t state = p->pair == PAIR_SPOUSES ? 1 : dice_chance(&draw, 0.55) ? 1 : 0;
    double rate = p->pair == PAIR_SPOUSES ? 0 : MARITAL_RATE;

    timeline_make(&p->marital, world->span, p->registered, rate, &dice);
    for (uint32_t i = 0; i < p->marital.count; i++) {
        if (i > 0)
            state = state != 1 ? 1 : dice_chance(&draw, 0.8) ? 2 : 3;
        p->marital.versions[i].value = state;
    }
}

static uint8_t first_city(const struct world *world, uint32_t owner)
{
    struct dice dice = stream(world, DICE_EMPLOYMENT, owner, 0);
    uint32_t employer = lottery_draw(&world->employer_lottery, &dice);

    if (dice_chance(&dice, 0.7))
        return world->employer_city[employer];
    return (uint8_t)lottery_draw(&world->cities, &dice);
}

/* A fifth of the moves go to another town. */
static void make_home(const struct world *world, struct person *p)
{
    struct dice dice = stream(world, DICE_HOME, p->home_owner, HISTORY_SLOT);
    uint8_t city = first_city(world, p->home_owner);
    uint32_t version = 0;

    timeline_make(&p->home, world->span, p->registered, HOME_RATE, &dice);
    for (uint32_t i = 0; i < p->home.count; i++) {
        for (; version <= p->home.versions[i].value; version++) {
            struct dice draw = stream(world, DICE_HOME, p->home_owner, version);

            if (version > 0 && dice_chance(&draw, 0.2))
                city = (uint8_t)lottery_draw(&world->cities, &draw);
        }
        p->home_city[i] = city;
    }
}

static void make_contacts(const struct world *world, struct person *p, const struct kinship *kin)
{
    struct dice share = stream(world, DICE_BASICS, p->number, 2);
    struct dice phone, email, account;
    double u[3] = {dice_unit(&share), dice_unit(&share), dice_unit(&share)};

    p->home_owner = kin->shares_home && u[0] < 0.9 ? kin->leader : p->number;
    p->phone_owner = kin->shares_home && u[1] < 0.25 ? kin->leader : p->number;
    p->account_owner = kin->shares_home && u[2] < 0.15 ? kin->leader : p->number;
    phone = stream(world, DICE_PHONE, p->phone_owner, HISTORY_SLOT);
    email = stream(world, DICE_EMAIL, p->number, HISTORY_SLOT);
    account = stream(world, DICE_ACCOUNT, p->account_owner, HISTORY_SLOT);
    p->has_email = dice_chance(&share, 0.5);
    make_home(world, p);
    timeline_make(&p->phone, world->span, p->registered, PHONE_RATE, &phone);
    timeline_make(&p->email, world->span, p->registered, EMAIL_RATE, &email);
    timeline_make(&p->account, world->span, p->registered, ACCOUNT_RATE, &account);
}

void person_load_basics(const struct world *world, uint32_t number, struct person *out)
{
    struct kinship kin =
        number < world->persons ? insider_kinship(world, number) : outsider_kinship(world, number);
    struct dice dice = stream(world, DICE_BASICS, number, 3);

    out->number = number;
    out->registered = registration(world, number);
    out->pair = kin.pair;
    out->partner = kin.partner;
    out->female = is_female(world, number, &kin);
    out->family = draw_family(world, kin.family_owner);
    out->given = draw_given(world, kin.given_owner, out->female);
    if ((kin.pair == PAIR_TWINS || kin.pair == PAIR_SIBLINGS) && number != kin.leader
        && draw_given(world, kin.leader, out->female) == out->given)
        out->given = (out->given + 1) % world->names.given_count[out->female];
    out->birth = birth(world, kin.birth_owner, out->female && kin.birth_owner == number);
    out->birth_city = (uint8_t)lottery_draw(&world->cities, &dice);
    make_family_names(world, out);
    make_card(world, out);
    make_marital(world, out);
    make_contacts(world, out, &kin);
    out->jobs.count = 0;
    out->month_count = 0;
}

static void add_job(const struct world *world, struct person *p, int32_t valid, uint32_t employer,
                    struct dice *dice)
{
    struct version *last = &p->jobs.versions[p->jobs.count - 1];
    int32_t known = timeline_known(valid, dice);

    if (known <= last->known)
        known = last->known + 31;
    if (known >= world->span.end)
        return;
    last->until = known;
    p->jobs.versions[p->jobs.count++] = (struct version){valid, known, MOMENT_MAX, employer};
}

#define DRAWS_MAX 32 /* a fifth of the employers is closed */

/* An employer that is not closed at a moment, nor the one before. */
static uint32_t draw_employer(const struct world *world, uint32_t before, int32_t moment,
                              struct dice *dice)
{
    for (int i = 0; i < DRAWS_MAX; i++) {
        uint32_t employer = lottery_draw(&world->employer_lottery, dice);

        if (employer == before)
            employer = (employer + 1) % world->employers;
        if (closure_of(world, employer) > moment)
            return employer;
    }
    return NOBODY;
}

/* When a job that begins at a moment ends: by itself, or with its employer. */
static double job_end(const struct world *world, uint32_t employer, double at, struct dice *dice)
{
    double end;

    if (employer == NOBODY)
        return at + 30 * DAY_MINUTES + dice_exponential(dice, 120 * DAY_MINUTES);
    end = at + dice_exponential(dice, 365.25 * DAY_MINUTES / JOB_RATE);
    return fmin(end, closure_of(world, employer));
}

static void make_jobs(const struct world *world, struct person *p)
{
    struct dice dice = stream(world, DICE_EMPLOYMENT, p->number, 0);
    int32_t begin = p->registered > world->span.start ? p->registered : world->span.start;
    uint32_t employer = draw_employer(world, NOBODY, begin, &dice);
    double at = begin;

    if (dice_chance(&dice, 0.06))
        employer = NOBODY;
    p->jobs.count = 1;
    p->jobs.versions[0] = (struct version){p->registered, p->registered, MOMENT_MAX, employer};
    for (;;) {
        at = job_end(world, employer, at, &dice);
        if (at >= world->span.end || p->jobs.count == VERSIONS_MAX)
            return;
        bool leaves = employer != NOBODY && dice_chance(&dice, 0.35);
        uint32_t next = draw_employer(world, employer, (int32_t)at, &dice);

        employer = leaves ? NOBODY : next;
        add_job(world, p, (int32_t)at / DAY_MINUTES * DAY_MINUTES, employer, &dice);
    }
}

/* What a person earns for full time: the mixture of domain.md 3.4. The share of the minimum wage
 * for those who earn less; *out_at_minimum for those who earn just that. */
static double draw_wage(struct dice *dice, bool female, double *out_share, bool *out_at_minimum)
{
    double u = dice_unit(dice), v = 1 - dice_unit(dice), wage;
    double share = dice_beta(dice, 1.9, 0.95);

    *out_share = 0;
    *out_at_minimum = u >= 0.44 && u < 0.56;
    if (u < 0.44) {
        *out_share = share < 0.05 ? 0.05 : share;
        return 0;
    }
    if (u < 0.56)
        return 0;
    if (u < 0.758)
        wage = 3300 + 700 * pow(v, 1.3);
    else if (u < 0.855)
        wage = 4000 * pow(1.5, v);
    else if (u < 0.93)
        wage = 6000 * pow(10.0 / 6, v);
    else
        wage = fmin(10000 * pow(v, -1 / 1.45), 2e6);
    return wage * (female ? 0.886 : 1);
}

static void fill_month(const struct world *world, struct person *p, uint32_t month, int64_t full,
                       bool steady, struct dice *dice)
{
    struct declared_month *out = &p->months[month];
    double u = dice_unit(dice);
    bool all_days = u < (steady ? 0.9 : 0.6);
    uint32_t days = all_days ? DAYS_A_MONTH : 3 + dice_below(dice, DAYS_A_MONTH - 3);

    out->days = (uint8_t)days;
    out->salary = (full * days + DAYS_A_MONTH / 2) / DAYS_A_MONTH;
    out->known = world_filing(world, out->employer, month);
    if (out->known < p->registered + 60)
        out->known = p->registered + 60;
    out->until = MOMENT_MAX;
    if (!dice_chance(dice, 0.004))
        return;
    int32_t replaced = out->known + DAY_MINUTES + (int32_t)dice_exponential(dice, 45 * DAY_MINUTES);

    if (replaced >= world->span.end)
        return;
    out->until = replaced;
    out->days_after = out->days;
    out->salary_after = out->salary + 100 + out->salary * dice_between(dice, 2, 20) / 100;
}

/* Its end may come into the register too late to end the job there. */
static bool is_closed(const struct world *world, uint32_t employer, int32_t moment)
{
    return employer != NOBODY && closure_of(world, employer) <= moment;
}

static void make_months(const struct world *world, struct person *p)
{
    struct dice dice = stream(world, DICE_SALARY, p->number, 0);
    double share;
    bool at_minimum;
    double wage = draw_wage(&dice, p->female, &share, &at_minimum);
    bool steady = dice_chance(&dice, 0.75);
    uint32_t job = 0;

    p->month_count = world->month_count;
    for (uint32_t m = 0; m < world->month_count; m++) {
        uint16_t month = (uint16_t)(world->month_first + m);
        int32_t middle = days_from_civil(month / 12, month % 12u + 1, 15) * DAY_MINUTES;
        struct dice draw = stream(world, DICE_MONTH, p->number * 2, 0);

        draw.state += dice_mix(m + 1);
        if (wage > 0 && dice_chance(&draw, 0.08))
            wage *= 1.01 + 0.07 * dice_unit(&draw);
        while (job + 1 < p->jobs.count && p->jobs.versions[job + 1].valid <= middle)
            job++;
        p->months[m].employer = p->jobs.versions[job].value;
        if (middle < p->registered || dice_chance(&draw, steady ? 0.02 : 0.2)
            || is_closed(world, p->months[m].employer, middle))
            p->months[m].employer = NOBODY;
        if (p->months[m].employer == NOBODY)
            continue;
        int64_t minimum = world_minimum_wage(month);
        int64_t full = at_minimum  ? minimum
                       : share > 0 ? (int64_t)((double)minimum * share)
                                   : (int64_t)(wage * 100);

        fill_month(world, p, m, full, steady, &draw);
    }
}

void person_load(const struct world *world, uint32_t number, struct person *out)
{
    person_load_basics(world, number, out);
    make_jobs(world, out);
    make_months(world, out);
}

uint32_t person_immat_body(const struct world *world, uint32_t number)
{
    if (number >= world->persons) { /* in the gaps: the last number of some person's step */
        uint32_t slot = (number - world->persons) * (world->persons / world->outsiders);

        return (slot + 1) * world->person_step - 1;
    }
    struct dice dice = stream(world, DICE_NUMBER, number, 0);

    return number * world->person_step + dice_below(&dice, world->person_step - 1);
}

static void add_made(struct buf *out, const char *text)
{
    buf_add_text(out, text);
}

void person_add_immat(const struct world *world, uint32_t number, struct buf *out)
{
    char text[IDENTIFIER_LENGTH];

    identifier_immat(person_immat_body(world, number), text);
    add_made(out, text);
}

void person_add_card(const struct world *world, uint32_t number, uint32_t value, struct buf *out)
{
    char text[IDENTIFIER_LENGTH];

    identifier_card((uint32_t)permutation_at(&world->cards, (uint64_t)number * CARD_SLOTS + value),
                    text);
    add_made(out, text);
}

void person_add_address(const struct world *world, const struct person *person, uint32_t version,
                        struct buf *out)
{
    struct dice dice =
        stream(world, DICE_HOME, person->home_owner, person->home.versions[version].value);

    dice_unit(&dice); /* the one that decided about the town */
    place_add_address(out, &dice);
}

void person_add_phone(const struct world *world, const struct person *person, uint32_t version,
                      struct buf *out)
{
    uint64_t slot = person->phone.versions[version].value % PHONE_SLOTS;
    char text[IDENTIFIER_LENGTH];

    identifier_phone(500000000u
                         + (uint32_t)permutation_at(
                             &world->phones, (uint64_t)person->phone_owner * PHONE_SLOTS + slot),
                     text);
    add_made(out, text);
}

/* Lower-case letters of a name, nothing else. */
static void add_letters(struct buf *out, const char *name)
{
    for (; *name; name++)
        if ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z'))
            buf_add_byte(out, (char)(*name | 32));
}

void person_add_email(const struct world *world, const struct person *person, uint32_t version,
                      struct buf *out)
{
    static const char *const domains[] = {"example.org", "courrier.example.org", "poste.invalid",
                                          "mail.example.org", "boite.invalid"};
    uint32_t value = person->email.versions[version].value;
    struct dice dice = stream(world, DICE_EMAIL, person->number, value);

    add_letters(out, world->names.given[person->female][person->given].latin);
    buf_add_byte(out, '.');
    add_letters(out, world->names.family[person->family].latin);
    /* The number makes the address one person's own. */
    buf_format(out, "%u@%s", person->number * 25 + value,
               domains[dice_below(&dice, sizeof(domains) / sizeof(domains[0]))]);
}

void person_add_account(const struct world *world, const struct person *person, uint32_t version,
                        struct buf *out)
{
    struct dice dice =
        stream(world, DICE_ACCOUNT, person->account_owner, person->account.versions[version].value);
    uint32_t locality = 100 + dice_below(&dice, 40) * 10;
    char text[IDENTIFIER_LENGTH];

    identifier_account(locality, dice_next(&dice) % 10000000000000000ull, text);
    add_made(out, text);
}

static bool all_digits(struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.length > 0;
}

static uint64_t number_of(struct slice digits)
{
    uint64_t value = 0;

    for (size_t i = 0; i < digits.length; i++)
        value = value * 10 + (uint64_t)(digits.data[i] - '0');
    return value;
}

bool person_immat_is_issued(const struct world *world, struct slice immat)
{
    char right[IDENTIFIER_LENGTH];

    if (immat.length != 9 || immat.data[0] != '8' || !all_digits(immat))
        return false;
    uint32_t body = (uint32_t)number_of(slice_make(immat.data + 1, 7));
    uint32_t slot = body / world->person_step;

    identifier_immat(body, right);
    return slot < world->persons && slice_is(immat, right)
           && person_immat_body(world, slot) == body;
}

bool person_card_is_issued(const struct world *world, struct slice card)
{
    char text[IDENTIFIER_LENGTH];

    if (card.length != 8 || !all_digits(slice_skip(card, 2)))
        return false;
    for (uint32_t prefix = 0; prefix * CARD_BODIES < world->cards.size; prefix++) {
        uint32_t body = prefix * CARD_BODIES + (uint32_t)number_of(slice_skip(card, 2));

        identifier_card(body, text);
        if (slice_is(card, text))
            return permutation_inverse(&world->cards, body)
                   < (uint64_t)world_total_persons(world) * CARD_SLOTS;
    }
    return false;
}

bool person_phone_is_issued(const struct world *world, struct slice phone)
{
    if (phone.length != 13 || !all_digits(slice_skip(phone, 1)))
        return false;
    uint64_t body = number_of(slice_skip(phone, 4));

    if (body < 500000000u || body >= 800000000u)
        return body >= 800000000u && body < 900000000u;
    return permutation_inverse(&world->phones, body - 500000000u)
           < (uint64_t)world_total_persons(world) * PHONE_SLOTS;
}

void person_add_unissued_immat(const struct world *world, struct dice *dice, struct buf *out)
{
    char text[IDENTIFIER_LENGTH];
    uint32_t every = world->persons / world->outsiders;
    uint32_t slot = dice_below(dice, world->persons - 1);

    if (slot % every == 0) /* those gaps belong to the outsiders */
        slot++;
    identifier_immat((slot + 1) * world->person_step - 1, text);
    add_made(out, text);
}

static uint64_t beyond(struct dice *dice, uint64_t used, uint64_t size)
{
    return used + dice_next(dice) % (size - used);
}

void person_add_unissued_card(const struct world *world, struct dice *dice, struct buf *out)
{
    uint64_t used = (uint64_t)world_total_persons(world) * CARD_SLOTS;
    char text[IDENTIFIER_LENGTH];

    identifier_card((uint32_t)permutation_at(&world->cards, beyond(dice, used, world->cards.size)),
                    text);
    add_made(out, text);
}

void person_add_unissued_phone(const struct world *world, struct dice *dice, struct buf *out)
{
    uint64_t used = (uint64_t)world_total_persons(world) * PHONE_SLOTS;
    char text[IDENTIFIER_LENGTH];

    identifier_phone(
        500000000u
            + (uint32_t)permutation_at(&world->phones, beyond(dice, used, world->phones.size)),
        text);
    add_made(out, text);
}

void person_add_unissued_account(struct dice *dice, struct buf *out)
{
    char text[IDENTIFIER_LENGTH];

    identifier_account(100 + dice_below(dice, 40) * 10, dice_next(dice) % 10000000000000000ull,
                       text);
    add_made(out, text);
}
