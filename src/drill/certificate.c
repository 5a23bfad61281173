/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a salary certificate says. */
#include "drill/certificate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ISSUE_DAYS     20 /* before the snapshot within which the documents were drawn */
#define STALE_MIN_DAYS 60
#define STALE_MAX_DAYS 900
#define LINES_MIN      3u
#define SUBJECT_TRIES  200u
#define SWAPPED_MIN    4u /* lines that show another person's salary */

struct slot {
    enum attribute what;
    const char *label;
};

static const struct slot left_slots[] = {
    {ATTRIBUTE_FULL_NAME, "Nom et prénom"},
    {ATTRIBUTE_IMMAT, "N° d'immatriculation"},
    {ATTRIBUTE_CARD, "N° CIN"},
    {ATTRIBUTE_BIRTH, "Date de naissance"},
    {ATTRIBUTE_CITY, "Ville"},
};
static const struct slot above_slots[] = {
    {ATTRIBUTE_FULL_NAME, "NOM ET PRENOM"},
    {ATTRIBUTE_IMMAT, "NUMERO ASSURE"},
    {ATTRIBUTE_BIRTH, "NE(E) LE"},
    {ATTRIBUTE_CARD, "CIN"},
    {ATTRIBUTE_ADDRESS, "ADRESSE"},
    {ATTRIBUTE_PHONE, "TELEPHONE"},
    {ATTRIBUTE_ACCOUNT, "RIB"},
    {ATTRIBUTE_CITY, "VILLE"},
};
static const enum attribute line_cells[LINE_CELLS] = {ATTRIBUTE_LINE_EMPLOYER,
                                                      ATTRIBUTE_LINE_EMPLOYER_NAME,
                                                      ATTRIBUTE_LINE_DAYS, ATTRIBUTE_LINE_SALARY};
static const char *const left_headers[LINE_CELLS] = {"Affiliation", "Employeur", "Jours",
                                                     "Salaire déclaré"};
static const char *const above_headers[LINE_CELLS] = {"AFFILIE", "RAISON SOCIALE", "NB JOURS",
                                                      "SALAIRE BRUT"};

/* The last months that the system held of a person at a moment, oldest first. */
static uint32_t known_months(const struct world *world, const struct person *p, int32_t moment,
                             uint32_t wanted, uint16_t out[CERTIFICATE_LINES])
{
    uint32_t count = 0, first;

    for (uint32_t m = p->month_count; m-- > 0 && count < wanted;)
        if (p->months[m].employer != NOBODY && p->months[m].known <= moment)
            out[count++] = (uint16_t)(world->month_first + m);
    first = 0;
    for (uint32_t last = count; first + 1 < last; first++) {
        uint16_t kept = out[first];

        out[first] = out[--last];
        out[last] = kept;
    }
    return count;
}

/* A person with enough months; outsiders likewise. */
static bool choose_subject(const struct world *world, struct certificate *c, struct dice *dice)
{
    uint32_t wanted = LINES_MIN + dice_below(dice, dice_chance(dice, 0.2) ? 34 : 20);

    for (uint32_t i = 0; i < SUBJECT_TRIES; i++) {
        uint32_t number = c->treatment == TREAT_OUTSIDER
                              ? world->persons + dice_below(dice, world->outsiders)
                              : dice_below(dice, world->persons);

        person_load(world, number, &c->person);
        c->issued = world->snapshot - dice_between(dice, 0, ISSUE_DAYS * DAY_MINUTES);
        if (c->treatment == TREAT_STALE)
            c->issued =
                world->snapshot - dice_between(dice, STALE_MIN_DAYS, STALE_MAX_DAYS) * DAY_MINUTES;
        if (c->person.registered > c->issued - DAY_MINUTES)
            continue;
        c->line_count = known_months(world, &c->person, c->issued, wanted, c->months);
        if (c->line_count >= LINES_MIN)
            return true;
    }
    return false;
}

static void fill_slots(const struct world *world, struct certificate *c)
{
    bool left = c->template == TEMPLATE_LEFT;
    const struct slot *slots = left ? left_slots : above_slots;
    struct subject subject = {.person = &c->person};

    c->slot_count = left ? sizeof(left_slots) / sizeof(left_slots[0])
                         : sizeof(above_slots) / sizeof(above_slots[0]);
    for (uint32_t i = 0; i < c->slot_count; i++) {
        c->columns[i] = slots[i].label;
        claim_fill(world, subject, slots[i].what, 0, c->issued, &c->claims[i]);
    }
}

static struct claim *line_claims(struct certificate *c, uint32_t line)
{
    return &c->claims[c->slot_count + line * LINE_CELLS];
}

/* Lines with what was held of `whom`, who may be another than the subject. */
static void fill_lines(const struct world *world, struct certificate *c, const struct person *whom)
{
    const char *const *headers = c->template == TEMPLATE_LEFT ? left_headers : above_headers;

    for (uint32_t i = 0; i < c->line_count; i++) {
        struct claim *claims = line_claims(c, i);

        for (unsigned k = 0; k < LINE_CELLS; k++) {
            c->columns[c->slot_count + i * LINE_CELLS + k] = headers[k];
            claim_fill(world, (struct subject){.person = whom}, line_cells[k], c->months[i],
                       c->issued, &claims[k]);
        }
    }
}

/* The lines of another person under this one's name; false if too few tell the two apart. */
static bool swap_lines(const struct world *world, struct certificate *c, struct dice *dice)
{
    struct subject subject = {.person = &c->person};
    struct person other;
    uint32_t swapped = 0;

    person_load(world, dice_below(dice, world->persons), &other);
    if (other.number == c->person.number || other.registered > c->issued)
        return false;
    uint32_t count = known_months(world, &other, c->issued, c->line_count + 4, c->months);

    c->line_count = count;
    if (count < SWAPPED_MIN)
        return false;
    fill_lines(world, c, &other);
    for (uint32_t i = 0; i < count; i++) {
        struct claim *claims = line_claims(c, i);

        for (unsigned k = 0; k < LINE_CELLS; k++) {
            claims[k].verdict =
                claim_judge(world, subject, claims[k].what, claims[k].month, claims[k].value);
            if (claims[k].verdict != CELL_CONTRADICTS)
                continue;
            claims[k].verdict = CELL_OTHER_SUBJECT;
            if (claims[k].what == ATTRIBUTE_LINE_SALARY)
                swapped++;
            if (!attribute_meanings[claims[k].what].through)
                claims[k].holder = other.number;
        }
    }
    return swapped >= SWAPPED_MIN;
}

static void misattribute(const struct world *world, struct certificate *c, struct dice *dice)
{
    struct subject subject = {.person = &c->person};
    uint32_t line_count = c->line_count;
    uint16_t months[CERTIFICATE_LINES];

    if (c->template == TEMPLATE_ABOVE && dice_chance(dice, 0.4)
        && forge_misattribute(world, subject, c->claims, c->slot_count, dice))
        return;
    memcpy(months, c->months, sizeof(months));
    for (int i = 0; i < 60; i++) {
        if (swap_lines(world, c, dice))
            return;
        c->line_count = line_count;
        memcpy(c->months, months, sizeof(months));
    }
    fill_lines(world, c, &c->person);
}

/* Salaries or days of one to three lines, or a slot. */
static void alter(const struct world *world, struct certificate *c, struct dice *dice)
{
    struct subject subject = {.person = &c->person};
    bool several = c->treatment == TREAT_ALTERED_SEVERAL;

    if (several || dice_chance(dice, 0.4))
        forge_alter_some(world, subject, c->claims, c->slot_count, false, dice);
    else
        several = true;
    for (uint32_t i = 0; several && i < 1 + dice_below(dice, 3); i++) {
        struct claim *claims = line_claims(c, dice_below(dice, c->line_count));

        (void)forge_alter(world, subject, &claims[dice_chance(dice, 0.75) ? 3 : 2], dice);
    }
    c->total_is_honest = dice_chance(dice, 0.5);
}

static void sum_lines(struct certificate *c)
{
    c->total = 0;
    c->total_days = 0;
    for (uint32_t i = 0; i < c->line_count; i++) {
        c->total_days += (uint32_t)strtoul(line_claims(c, i)[2].value, NULL, 10);
        c->total += (int64_t)(strtod(line_claims(c, i)[3].value, NULL) * 100 + 0.5);
    }
}

static void treat(const struct world *world, struct certificate *c, struct dice *dice)
{
    struct subject subject = {.person = &c->person};

    sum_lines(c);
    switch (c->treatment) {
    case TREAT_ALTERED_ONE:
    case TREAT_ALTERED_SEVERAL:
        alter(world, c, dice);
        break;
    case TREAT_MISATTRIBUTED:
        misattribute(world, c, dice);
        break;
    case TREAT_FABRICATED_RIGHT:
    case TREAT_FABRICATED_WRONG:
        forge_fabricate(world, subject, c->treatment == TREAT_FABRICATED_RIGHT, c->claims,
                        certificate_claims(c), dice);
        break;
    default:
        break;
    }
    if (!c->total_is_honest)
        sum_lines(c);
}

static void show(const struct world *world, struct certificate *c, struct dice *dice)
{
    uint32_t family =
        c->person.family_names.versions[timeline_at(&c->person.family_names, c->issued)].value;
    bool respell = c->treatment != TREAT_OUTSIDER && dice_chance(dice, 0.03);

    for (uint32_t i = 0; i < certificate_claims(c); i++)
        claim_show(&c->claims[i], &c->style);
    if (respell)
        forge_respell(world, &c->person, &c->claims[0], &c->style, dice);
    if (c->treatment == TREAT_INCOMPLETE)
        forge_spoil(c->claims, c->slot_count, dice);
    snprintf(c->arabic_name, sizeof(c->arabic_name), "%s %s", world->names.family[family].arabic,
             world->names.given[c->person.female][c->person.given].arabic);
    if (c->claims[0].verdict == CELL_UNKNOWN || c->claims[0].verdict == CELL_CONTRADICTS
        || c->claims[0].verdict == CELL_OTHER_SUBJECT)
        c->arabic_name[0] = 0; /* whoever changes the name leaves the Arabic one out */
    snprintf(c->verification, sizeof(c->verification), "%04X-%04X", dice_below(dice, 65536),
             dice_below(dice, 65536));
}

static void judge(struct certificate *c)
{
    uint32_t count = certificate_claims(c);

    c->subject = c->person.number;
    c->verdict = claims_judge(c->claims, count);
    if (c->treatment != TREAT_OUTSIDER && c->treatment != TREAT_FABRICATED_RIGHT
        && c->treatment != TREAT_FABRICATED_WRONG)
        return;
    c->subject = NOBODY;
    c->verdict = RECORD_UNFOUNDED;
    for (uint32_t i = 0; i < count; i++)
        if (c->claims[i].verdict != CELL_NOT_JUDGED)
            c->claims[i].verdict = CELL_UNKNOWN;
}

/* Who alters a certificate edits its file, more often than not; a few others are edited, too. */
static enum editing choose_editing(const struct world *world, const struct certificate *c)
{
    struct dice dice = dice_for(world->seed, DICE_EDITING, c->number);
    uint32_t u = dice_below(&dice, 100);

    if (c->treatment == TREAT_ALTERED_ONE || c->treatment == TREAT_ALTERED_SEVERAL)
        return u < 30   ? EDITING_UPDATE
               : u < 60 ? EDITING_OVERLAY
               : u < 75 ? EDITING_RETYPE
               : u < 83 ? EDITING_NUDGE
               : u < 91 ? EDITING_LETTERS
                        : EDITING_NONE;
    return u < 2 ? EDITING_RESAVE : u < 4 ? EDITING_CLOCK : EDITING_NONE;
}

static void make(const struct world *world, const struct mixture *mixture, uint32_t number,
                 bool is_original, struct certificate *out)
{
    struct dice dice = dice_for(world->seed, DICE_DOCUMENT, number);

    out->number = number;
    out->total_is_honest = false;
    out->treatment = mixture_pick(mixture, &dice);
    if (out->treatment == TREAT_DUPLICATE || is_original)
        out->treatment = TREAT_AUTHENTIC;
    out->template = dice_chance(&dice, 0.62) ? TEMPLATE_LEFT : TEMPLATE_ABOVE;
    out->style = (struct style){.phone = 1,
                                .amount = out->template == TEMPLATE_LEFT ? 0 : 1,
                                .account = 1,
                                .upper = out->template == TEMPLATE_ABOVE};
    if (!choose_subject(world, out, &dice)) {
        out->treatment = TREAT_AUTHENTIC; /* so few months that anybody's will do */
        out->issued = world->snapshot;
    }
    out->editing = choose_editing(world, out);
    fill_slots(world, out);
    fill_lines(world, out, &out->person);
    treat(world, out, &dice);
    show(world, out, &dice);
    judge(out);
}

void certificate_make(const struct world *world, const struct mixture *mixture, uint32_t number,
                      struct certificate *out)
{
    make(world, mixture, number, false, out);
}

bool certificate_original(const struct world *world, const struct mixture *mixture,
                          const struct certificate *forged, struct certificate *out)
{
    bool differs = false;

    make(world, mixture, forged->number, true, out);
    memcpy(out->verification, forged->verification, sizeof(out->verification));
    for (uint32_t i = 0; i < certificate_claims(forged); i++)
        differs |= strcmp(out->claims[i].shown, forged->claims[i].shown) != 0;
    return differs;
}
