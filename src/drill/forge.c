/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How records are spoilt, altered and invented. */
#include "drill/forge.h"

#include <stdlib.h>
#include <string.h>

#include "drill/identifier.h"
#include "drill/place.h"
#include "drill/text.h"

#define TRIES_MAX 40
#define ODD_SHARE 0.1 /* of altered values that no register could hold */

struct mixture mixture_draw(const struct world *world)
{
    struct dice dice = dice_for(world->seed, DICE_MIXTURE, 0);
    struct mixture mixture = {{
        [TREAT_STALE] = (uint32_t)dice_between(&dice, 1000, 1400),
        [TREAT_INCOMPLETE] = (uint32_t)dice_between(&dice, 600, 900),
        [TREAT_ALTERED_ONE] = (uint32_t)dice_between(&dice, 600, 800),
        [TREAT_ALTERED_SEVERAL] = 200,
        [TREAT_MISATTRIBUTED] = 300,
        [TREAT_FABRICATED_RIGHT] = 200,
        [TREAT_FABRICATED_WRONG] = 300,
        [TREAT_OUTSIDER] = 300,
        [TREAT_DUPLICATE] = 100,
    }};

    mixture.parts[TREAT_AUTHENTIC] = 10000;
    for (unsigned i = TREAT_STALE; i < TREATMENTS; i++)
        mixture.parts[TREAT_AUTHENTIC] -= mixture.parts[i];
    return mixture;
}

enum treatment mixture_pick(const struct mixture *mixture, struct dice *dice)
{
    uint32_t u = dice_below(dice, 10000), treatment = 0;

    while (u >= mixture->parts[treatment])
        u -= mixture->parts[treatment++];
    return (enum treatment)treatment;
}

/* Change 1 to `most` digits among those from `first` on. */
static void change_digits(const char *value, size_t first, size_t last, uint32_t most,
                          struct dice *dice, struct buf *out)
{
    uint32_t changes = 1 + dice_below(dice, most);

    buf_add_text(out, value);
    for (uint32_t i = 0; i < changes && !out->failed; i++) {
        size_t at = first + dice_below(dice, (uint32_t)(last - first));
        uint32_t digit = (uint32_t)(out->data[at] - '0');

        if (digit <= 9)
            out->data[at] = (char)('0' + (int)((digit + 1 + dice_below(dice, 9)) % 10));
    }
}

static void alter_account(const char *value, struct dice *dice, struct buf *out)
{
    change_digits(value, 6, 22, 2, dice, out);
    if (out->failed || dice_chance(dice, 0.5))
        return;
    uint64_t account = 0;
    char text[IDENTIFIER_LENGTH];

    for (size_t i = 6; i < 22; i++)
        account = account * 10 + (uint64_t)(out->data[i] - '0');
    identifier_account((uint32_t)strtoul((char[]){value[3], value[4], value[5], 0}, NULL, 10),
                       account, text);
    buf_empty(out);
    buf_add_text(out, text);
}

static int32_t days_of(const char *date)
{
    return days_from_civil(atoi(date), (unsigned)atoi(date + 5), (unsigned)atoi(date + 8));
}

/*
 * A birth date that nobody has (the oldest insured are born later), or one that very many have: one
 * that happened to be that of one to three others would be theirs, by DESIGN section 6.
 */
static void alter_birth(const struct world *world, const char *value, struct dice *dice,
                        struct buf *out)
{
    if (world->persons >= 20000 && dice_chance(dice, 0.5))
        text_add_date(out, days_from_civil(dice_between(dice, 1964, 1990), 1, 1));
    else
        buf_format(out, "19%02u%s", 25 + dice_below(dice, 25), value + 4);
}

static void alter_date(const char *value, struct dice *dice, struct buf *out)
{
    int32_t shift =
        dice_chance(dice, 0.3) ? dice_between(dice, 1, 28) : dice_between(dice, 29, 2000);

    text_add_date(out, days_of(value) + (dice_chance(dice, 0.5) ? shift : -shift));
}

/* A family name that nobody bears, before the rest of the name. */
static void alter_name(const struct world *world, const struct person *p, struct dice *dice,
                       struct buf *out)
{
    const struct names *names = &world->names;
    const char *family;

    do
        family =
            names->family[names->family_count + dice_below(dice, names->family_reserved)].latin;
    while (names_are_near(family, names->family[p->family].latin));
    buf_format(out, "%s %s", family, names->given[p->female][p->given].latin);
}

static void alter_email(const char *value, struct dice *dice, struct buf *out)
{
    size_t letters = strcspn(value, "0123456789");

    buf_add_text(out, value);
    for (uint32_t i = 0; i < 2 && !out->failed; i++) {
        size_t at = dice_below(dice, (uint32_t)letters);

        if (out->data[at] != '.')
            out->data[at] = (char)('a' + (int)dice_below(dice, 26));
    }
}

static void alter_amount(const char *value, struct dice *dice, struct buf *out)
{
    double factor = 1.2 + 1.8 * dice_unit(dice);

    text_add_cents(out, (int64_t)(strtod(value, NULL) * 100 * factor) + 1);
}

/* Where the digits of a number stand that may be changed, and how many at most. */
static const struct digit_range {
    uint8_t first, last, most;
} digit_ranges[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_IMMAT] = {1, 9, 2},    [ATTRIBUTE_CARD] = {2, 8, 2},
    [ATTRIBUTE_PHONE] = {5, 13, 3},   [ATTRIBUTE_FIRM_PHONE] = {5, 13, 3},
    [ATTRIBUTE_EMPLOYER] = {0, 7, 2}, [ATTRIBUTE_FIRM_NUMBER] = {0, 7, 2},
    [ATTRIBUTE_FIRM_ICE] = {3, 15, 1}};

/* A value that breaks a rule of the branch, which is named; NULL: another than these. */
static const char *draw_odd(const struct claim *claim, struct dice *dice, struct buf *out)
{
    switch (claim->what) {
    case ATTRIBUTE_BIRTH:
        buf_format(out, "18%02u%s", 70 + dice_below(dice, 30), claim->value + 4);
        return "age";
    case ATTRIBUTE_LINE_DAYS:
        text_add_number(out, 27 + dice_below(dice, 5));
        return "days-of-month";
    default:
        return NULL;
    }
}

static void draw_altered(const struct world *world, struct subject subject,
                         const struct claim *claim, struct dice *dice, struct buf *out)
{
    const struct digit_range *range = &digit_ranges[claim->what];
    const char *value = claim->value;

    if (range->last > 0) {
        change_digits(value, range->first, range->last, range->most, dice, out);
        return;
    }
    switch (claim->what) {
    case ATTRIBUTE_FIRM_TRADE_NO:
        text_add_number(out, 400000 + dice_below(dice, 500000));
        return;
    case ATTRIBUTE_ACCOUNT:
        alter_account(value, dice, out);
        return;
    case ATTRIBUTE_FULL_NAME:
        alter_name(world, subject.person, dice, out);
        return;
    case ATTRIBUTE_BIRTH:
        alter_birth(world, value, dice, out);
        return;
    case ATTRIBUTE_FIRM_DATE:
        alter_date(value, dice, out);
        return;
    case ATTRIBUTE_SEX:
        buf_add_byte(out, value[0] == 'F' ? 'M' : 'F');
        return;
    case ATTRIBUTE_EMAIL:
        alter_email(value, dice, out);
        return;
    case ATTRIBUTE_ADDRESS:
    case ATTRIBUTE_FIRM_ADDRESS:
        place_add_unused_address(out, dice);
        return;
    case ATTRIBUTE_CITY:
    case ATTRIBUTE_FIRM_CITY:
        buf_add_text(out, cities[lottery_draw(&world->cities, dice)].name);
        return;
    case ATTRIBUTE_EMPLOYER_NAME:
    case ATTRIBUTE_LINE_EMPLOYER_NAME:
    case ATTRIBUTE_FIRM_NAME:
        employer_add_unused_name(world, dice, out);
        return;
    case ATTRIBUTE_FIRM_STATUS:
        buf_add_byte(out, status_codes[dice_below(dice, sizeof(status_codes))]);
        return;
    case ATTRIBUTE_LAST_SALARY:
    case ATTRIBUTE_LINE_SALARY:
        alter_amount(value, dice, out);
        return;
    case ATTRIBUTE_LINE_DAYS:
        text_add_number(out, 1 + dice_below(dice, 26));
        return;
    default: /* nothing that can be altered */
        return;
    }
}

static bool belongs_to_somebody(const struct world *world, enum attribute what, struct slice value)
{
    switch (what) {
    case ATTRIBUTE_IMMAT:
        return person_immat_is_issued(world, value);
    case ATTRIBUTE_CARD:
        return person_card_is_issued(world, value);
    case ATTRIBUTE_PHONE:
        return person_phone_is_issued(world, value);
    case ATTRIBUTE_FIRM_PHONE:
        return employer_phone_is_issued(world, value);
    case ATTRIBUTE_EMPLOYER:
    case ATTRIBUTE_FIRM_NUMBER:
        return employer_affil_is_issued(world, value);
    default:
        return false;
    }
}

bool forge_alter(const struct world *world, struct subject subject, struct claim *claim,
                 struct dice *dice)
{
    TEXT_SCRATCH(text);

    for (int i = 0; i < TRIES_MAX && claim->value[0]; i++) {
        const char *rule = NULL;

        buf_empty(&text);
        if (dice_chance(dice, ODD_SHARE))
            rule = draw_odd(claim, dice, &text);
        if (!rule)
            draw_altered(world, subject, claim, dice, &text);
        if (text.length == 0
            || claim_judge(world, subject, claim->what, claim->month, text.data) != CELL_CONTRADICTS
            || belongs_to_somebody(world, claim->what, buf_slice(&text)))
            continue;
        claim_set(claim, &text);
        claim->verdict = CELL_CONTRADICTS;
        claim->holder = NOBODY;
        claim->rule = rule;
        return true;
    }
    return false;
}

static bool names_the_subject(enum attribute what)
{
    return (what >= ATTRIBUTE_IMMAT && what <= ATTRIBUTE_BIRTH)
           || (what >= ATTRIBUTE_FIRM_NUMBER && what <= ATTRIBUTE_FIRM_ICE);
}

void forge_alter_some(const struct world *world, struct subject subject, struct claim *claims,
                      size_t count, bool several, struct dice *dice)
{
    uint32_t wanted = several ? 2 + dice_below(dice, 2) : 1, done = 0;
    bool named = false;

    for (int i = 0; i < 4 * TRIES_MAX && done < wanted; i++) {
        struct claim *claim = &claims[dice_below(dice, (uint32_t)count)];
        bool names = names_the_subject(claim->what);

        /* Forgers rather change what a record says than whom it is about. */
        if (claim->verdict == CELL_CONTRADICTS || (names && (named || dice_chance(dice, 0.5)))
            || !forge_alter(world, subject, claim, dice))
            continue;
        named |= names;
        done++;
    }
}

static bool can_be_cut(const struct claim *claim)
{
    switch (claim->what) {
    case ATTRIBUTE_IMMAT:
    case ATTRIBUTE_FULL_NAME:
    case ATTRIBUTE_CARD:
    case ATTRIBUTE_PHONE:
    case ATTRIBUTE_EMAIL:
    case ATTRIBUTE_ADDRESS:
    case ATTRIBUTE_ACCOUNT:
    case ATTRIBUTE_EMPLOYER_NAME:
    case ATTRIBUTE_FIRM_NAME:
    case ATTRIBUTE_FIRM_ICE:
    case ATTRIBUTE_FIRM_ADDRESS:
    case ATTRIBUTE_FIRM_PHONE:
        return strlen(claim->shown) > 6;
    default:
        return false;
    }
}

/* A proper prefix of 40 to 80 %, at a border of characters and without a space at its end. */
static void cut(struct claim *claim, struct dice *dice)
{
    size_t length = strlen(claim->shown);
    size_t keep = length * (40 + dice_below(dice, 41)) / 100;

    while (keep > 3
           && (((unsigned char)claim->shown[keep] & 0xc0) == 0x80
               || strchr(" ,.@", claim->shown[keep - 1])))
        keep--;
    claim->shown[keep] = 0;
    claim->verdict = CELL_TRUNCATED;
}

/* What a spreadsheet makes of a long number: 9.99781E+23. */
static void spreadsheet(struct claim *claim)
{
    TEXT_SCRATCH(text);

    buf_format(&text, "%c,%.5sE+23", claim->value[0], claim->value + 1);
    if (text.failed)
        claim->failed = text.failed;
    else
        memcpy(claim->shown, text.data, text.length + 1);
    claim->verdict = CELL_TRUNCATED;
}

void forge_spoil(struct claim *claims, size_t count, struct dice *dice)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        struct claim *claim = &claims[dice_below(dice, (uint32_t)count)];

        if (claim->verdict != CELL_AGREES)
            continue;
        if (!can_be_cut(claim) || dice_chance(dice, 0.4)) {
            claim->shown[0] = 0;
            claim->verdict = CELL_MISSING;
            claim->holder = NOBODY;
        } else if (claim->what == ATTRIBUTE_ACCOUNT && dice_chance(dice, 0.4)) {
            spreadsheet(claim);
        } else {
            cut(claim, dice);
        }
        return;
    }
}

/* Put the other's value of the same attribute in; false if it has none or they share it. */
static bool take_from(const struct world *world, struct subject subject, struct subject other,
                      uint32_t other_number, struct claim *claim)
{
    TEXT_SCRATCH(text);

    claim_add_held(world, other, claim->what, claim->month, world->snapshot, &text);
    if (text.length == 0
        || claim_judge(world, subject, claim->what, claim->month, text.data) != CELL_CONTRADICTS)
        return false;
    claim_set(claim, &text);
    claim->verdict = CELL_OTHER_SUBJECT;
    claim->holder = other_number;
    return true;
}

static bool can_be_swapped(enum attribute what)
{
    return what == ATTRIBUTE_ACCOUNT || what == ATTRIBUTE_PHONE || what == ATTRIBUTE_EMAIL
           || what == ATTRIBUTE_FIRM_PHONE || what == ATTRIBUTE_FIRM_ICE;
}

/* Names and birth date of another under the subject's identifiers: the record names two. */
static bool swap_identity(const struct world *world, struct subject subject,
                          const struct person *other, struct claim *claims, size_t count)
{
    struct subject from = {.person = other};
    bool named = false;

    for (size_t i = 0; i < count; i++) {
        if (claims[i].what == ATTRIBUTE_FULL_NAME)
            named = take_from(world, subject, from, other->number, &claims[i]);
        else if (claims[i].what == ATTRIBUTE_BIRTH
                 && take_from(world, subject, from, other->number, &claims[i]))
            claims[i].verdict = CELL_CONTRADICTS; /* too many share it to be his alone */
    }
    return named;
}

static bool misattribute_person(const struct world *world, struct subject subject,
                                struct claim *claims, size_t count, struct dice *dice)
{
    struct person other;

    person_load(world, dice_below(dice, world->persons), &other);
    if (other.number == subject.person->number || other.registered > world->snapshot)
        return false;
    if (dice_chance(dice, 0.12) && other.family != subject.person->family)
        return swap_identity(world, subject, &other, claims, count);
    struct claim *claim = &claims[dice_below(dice, (uint32_t)count)];

    return can_be_swapped(claim->what) && claim->value[0]
           && take_from(world, subject, (struct subject){.person = &other}, other.number, claim);
}

bool forge_misattribute(const struct world *world, struct subject subject, struct claim *claims,
                        size_t count, struct dice *dice)
{
    for (int i = 0; i < 2 * TRIES_MAX; i++) {
        if (subject.person) {
            if (misattribute_person(world, subject, claims, count, dice))
                return true;
            continue;
        }
        struct claim *claim = &claims[dice_below(dice, (uint32_t)count)];
        struct employer other;

        if (!can_be_swapped(claim->what) || !claim->value[0])
            continue;
        employer_load(world, dice_below(dice, world->employers), &other);
        if (other.number != subject.employer->number
            && take_from(world, subject, (struct subject){.employer = &other}, other.number, claim))
            return true;
    }
    return false;
}

/* Another last digit than the right one. */
static void break_key(struct buf *text, struct dice *dice)
{
    if (text->failed || text->length == 0)
        return;
    char *last = &text->data[text->length - 1];

    *last = (char)('0' + (*last - '0' + 1 + (int)dice_below(dice, 9)) % 10);
}

static void fabricate_name(const struct world *world, const struct person *p, struct dice *dice,
                           struct buf *out)
{
    const struct names *names = &world->names;
    uint32_t family = lottery_draw(&names->family_lottery, dice);
    uint32_t given = lottery_draw(&names->given_lottery[p->female], dice);

    buf_format(out, "%s %s", names->family[family].latin, names->given[p->female][given].latin);
}

/* False: this attribute is taken over from the real subject that served as a model. */
static bool fabricate_value(const struct world *world, struct subject subject, bool right_keys,
                            enum attribute what, struct dice *dice, struct buf *out)
{
    switch (what) {
    case ATTRIBUTE_IMMAT:
        person_add_unissued_immat(world, dice, out);
        break;
    case ATTRIBUTE_ACCOUNT:
        person_add_unissued_account(dice, out);
        break;
    case ATTRIBUTE_FIRM_NUMBER:
        employer_add_unissued_affil(world, dice, out);
        break;
    case ATTRIBUTE_FIRM_ICE:
        employer_add_unissued_ice(world, dice, out);
        break;
    case ATTRIBUTE_CARD:
        person_add_unissued_card(world, dice, out);
        return true;
    case ATTRIBUTE_FULL_NAME:
        fabricate_name(world, subject.person, dice, out);
        return true;
    case ATTRIBUTE_BIRTH:
        text_add_date(out, days_from_civil(1958, 1, 1) + dice_between(dice, 0, 16000));
        return true;
    case ATTRIBUTE_FIRM_DATE:
        text_add_date(out, days_from_civil(1990, 1, 1) + dice_between(dice, 0, 10000));
        return true;
    case ATTRIBUTE_PHONE:
        person_add_unissued_phone(world, dice, out);
        return true;
    case ATTRIBUTE_FIRM_PHONE:
        employer_add_unissued_phone(world, dice, out);
        return true;
    case ATTRIBUTE_EMAIL:
        buf_format(out, "contact.%u@example.org", 200000000u + dice_below(dice, 100000000));
        return true;
    case ATTRIBUTE_ADDRESS:
    case ATTRIBUTE_FIRM_ADDRESS:
        place_add_address(out, dice);
        return true;
    case ATTRIBUTE_FIRM_NAME:
        employer_add_unused_name(world, dice, out);
        return true;
    case ATTRIBUTE_FIRM_TRADE_NO:
        text_add_number(out, 1000 + dice_below(dice, 899000));
        return true;
    default:
        return false;
    }
    if (!right_keys)
        break_key(out, dice);
    return true;
}

/* Identifiers whose last digit tells whether they are right. */
static bool has_key(enum attribute what)
{
    return what == ATTRIBUTE_IMMAT || what == ATTRIBUTE_ACCOUNT || what == ATTRIBUTE_FIRM_NUMBER
           || what == ATTRIBUTE_FIRM_ICE;
}

void forge_fabricate(const struct world *world, struct subject subject, bool right_keys,
                     struct claim *claims, size_t count, struct dice *dice)
{
    TEXT_SCRATCH(text);

    for (size_t i = 0; i < count; i++) {
        struct claim *claim = &claims[i];

        if (!claim->value[0])
            continue;
        buf_empty(&text);
        if (fabricate_value(world, subject, right_keys, claim->what, dice, &text))
            claim_set(claim, &text);
        claim->rule = !right_keys && has_key(claim->what) ? "check-digits" : NULL;
        claim->verdict = CELL_UNKNOWN;
        claim->holder = NOBODY;
    }
}

/* One of the '|'-separated spellings. */
static struct slice pick_spelling(const char *variants, struct dice *dice)
{
    uint32_t count = 1;

    for (const char *c = variants; *c; c++)
        count += *c == '|';
    for (uint32_t skip = dice_below(dice, count); skip > 0; skip--)
        variants = strchr(variants, '|') + 1;
    return slice_make(variants, strcspn(variants, "|"));
}

void forge_respell(const struct world *world, const struct person *person, struct claim *claim,
                   const struct style *style, struct dice *dice)
{
    uint32_t version = timeline_at(&person->family_names, world->snapshot);
    const struct name *given = &world->names.given[person->female][person->given];
    struct claim other = *claim;
    TEXT_SCRATCH(text);

    if (claim->what != ATTRIBUTE_FULL_NAME || claim->verdict != CELL_AGREES
        || version == UINT32_MAX)
        return;
    const struct name *family = &world->names.family[person->family_names.versions[version].value];
    bool respell_family = family->variants[0] && (!given->variants[0] || dice_chance(dice, 0.5));

    if (!respell_family && !given->variants[0])
        return;
    buf_add_slice(&text,
                  respell_family ? pick_spelling(family->variants, dice) : slice_of(family->latin));
    buf_add_byte(&text, ' ');
    buf_add_slice(&text,
                  respell_family ? slice_of(given->latin) : pick_spelling(given->variants, dice));
    claim_set(&other, &text);
    claim_show(&other, style);
    *claim = other;
    claim->verdict = CELL_VARIANT;
}
