/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the leak says, and whether it is so. */
#include "drill/claim.h"

#include <ctype.h>
#include <string.h>

#include "drill/place.h"
#include "drill/text.h"

const struct attribute_meaning attribute_meanings[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_IMMAT] = {"registration_no", CATEGORY_IDENTITY},
    [ATTRIBUTE_FULL_NAME] = {"full_name", CATEGORY_IDENTITY},
    [ATTRIBUTE_CARD] = {"national_id", CATEGORY_IDENTITY},
    [ATTRIBUTE_BIRTH] = {"birth_date", CATEGORY_IDENTITY},
    [ATTRIBUTE_SEX] = {"sex", CATEGORY_IDENTITY},
    [ATTRIBUTE_PHONE] = {"phone", CATEGORY_CONTACT},
    [ATTRIBUTE_EMAIL] = {"email", CATEGORY_CONTACT},
    [ATTRIBUTE_ADDRESS] = {"address", CATEGORY_CONTACT},
    [ATTRIBUTE_CITY] = {"city", CATEGORY_LOCATION},
    [ATTRIBUTE_ACCOUNT] = {"account", CATEGORY_FINANCIAL},
    [ATTRIBUTE_EMPLOYER] = {"employer", CATEGORY_EMPLOYMENT},
    [ATTRIBUTE_EMPLOYER_NAME] = {"employer>employer_name", CATEGORY_EMPLOYMENT, CATEGORY_IDENTITY,
                                 .through = true},
    [ATTRIBUTE_LAST_SALARY] = {"salary", CATEGORY_FINANCIAL, .periodic = true},
    [ATTRIBUTE_LINE_EMPLOYER] = {"declared_by", CATEGORY_EMPLOYMENT, .periodic = true},
    [ATTRIBUTE_LINE_EMPLOYER_NAME] = {"declared_by>employer_name", CATEGORY_EMPLOYMENT,
                                      CATEGORY_IDENTITY, true, true},
    [ATTRIBUTE_LINE_EMPLOYER_ADDRESS] = {"declared_by>employer_address", CATEGORY_EMPLOYMENT,
                                         CATEGORY_CONTACT, true, true},
    [ATTRIBUTE_LINE_EMPLOYER_CITY] = {"declared_by>employer_city", CATEGORY_EMPLOYMENT,
                                      CATEGORY_LOCATION, true, true},
    [ATTRIBUTE_LINE_DAYS] = {"days", CATEGORY_EMPLOYMENT, .periodic = true},
    [ATTRIBUTE_LINE_SALARY] = {"salary", CATEGORY_FINANCIAL, .periodic = true},
    [ATTRIBUTE_FIRM_NUMBER] = {"employer_no", CATEGORY_IDENTITY},
    [ATTRIBUTE_FIRM_NAME] = {"employer_name", CATEGORY_IDENTITY},
    [ATTRIBUTE_FIRM_ICE] = {"tax_id", CATEGORY_IDENTITY},
    [ATTRIBUTE_FIRM_TRADE_NO] = {"trade_no", CATEGORY_IDENTITY},
    [ATTRIBUTE_FIRM_ACTIVITY] = {"activity", CATEGORY_EMPLOYMENT},
    [ATTRIBUTE_FIRM_ADDRESS] = {"employer_address", CATEGORY_CONTACT},
    [ATTRIBUTE_FIRM_CITY] = {"employer_city", CATEGORY_LOCATION},
    [ATTRIBUTE_FIRM_PHONE] = {"employer_phone", CATEGORY_CONTACT},
    [ATTRIBUTE_FIRM_STATUS] = {"employer_status", CATEGORY_EMPLOYMENT},
    [ATTRIBUTE_FIRM_DATE] = {"affiliation_date", CATEGORY_EMPLOYMENT},
};

/* The history behind an attribute, or NULL if it never changes. */
static const struct timeline *timeline_of(struct subject subject, enum attribute what)
{
    switch (what) {
    case ATTRIBUTE_FULL_NAME:
        return &subject.person->family_names;
    case ATTRIBUTE_CARD:
        return &subject.person->card;
    case ATTRIBUTE_PHONE:
        return &subject.person->phone;
    case ATTRIBUTE_EMAIL:
        return &subject.person->email;
    case ATTRIBUTE_ADDRESS:
    case ATTRIBUTE_CITY:
        return &subject.person->home;
    case ATTRIBUTE_ACCOUNT:
        return &subject.person->account;
    case ATTRIBUTE_EMPLOYER:
    case ATTRIBUTE_EMPLOYER_NAME:
        return &subject.person->jobs;
    case ATTRIBUTE_FIRM_ADDRESS:
        return &subject.employer->home;
    case ATTRIBUTE_FIRM_PHONE:
        return &subject.employer->phone;
    case ATTRIBUTE_FIRM_STATUS:
        return &subject.employer->status;
    default:
        return NULL;
    }
}

static void add_full_name(const struct world *world, const struct person *p, uint32_t version,
                          struct buf *out)
{
    buf_add_text(out, world->names.family[p->family_names.versions[version].value].latin);
    buf_add_byte(out, ' ');
    buf_add_text(out, world->names.given[p->female][p->given].latin);
}

static void add_person_version(const struct world *world, const struct person *p,
                               enum attribute what, uint32_t version, struct buf *out)
{
    switch (what) {
    case ATTRIBUTE_IMMAT:
        person_add_immat(world, p->number, out);
        return;
    case ATTRIBUTE_FULL_NAME:
        add_full_name(world, p, version, out);
        return;
    case ATTRIBUTE_CARD:
        person_add_card(world, p->number, p->card.versions[version].value, out);
        return;
    case ATTRIBUTE_BIRTH:
        text_add_date(out, p->birth);
        return;
    case ATTRIBUTE_SEX:
        buf_add_byte(out, p->female ? 'F' : 'M');
        return;
    case ATTRIBUTE_PHONE:
        person_add_phone(world, p, version, out);
        return;
    case ATTRIBUTE_EMAIL:
        if (p->has_email)
            person_add_email(world, p, version, out);
        return;
    case ATTRIBUTE_ADDRESS:
        person_add_address(world, p, version, out);
        return;
    case ATTRIBUTE_CITY:
        buf_add_text(out, cities[p->home_city[version]].name);
        return;
    case ATTRIBUTE_ACCOUNT:
        person_add_account(world, p, version, out);
        return;
    case ATTRIBUTE_EMPLOYER:
        if (p->jobs.versions[version].value != NOBODY)
            employer_add_affil(world, p->jobs.versions[version].value, out);
        return;
    case ATTRIBUTE_EMPLOYER_NAME:
        if (p->jobs.versions[version].value != NOBODY)
            employer_add_name(world, p->jobs.versions[version].value, out);
        return;
    default:
        return;
    }
}

static void add_firm_version(const struct world *world, const struct employer *e,
                             enum attribute what, uint32_t version, struct buf *out)
{
    switch (what) {
    case ATTRIBUTE_FIRM_NUMBER:
        employer_add_affil(world, e->number, out);
        return;
    case ATTRIBUTE_FIRM_NAME:
        employer_add_name(world, e->number, out);
        return;
    case ATTRIBUTE_FIRM_ICE:
        employer_add_ice(world, e->number, out);
        return;
    case ATTRIBUTE_FIRM_TRADE_NO:
        text_add_number(out, e->trade_no);
        return;
    case ATTRIBUTE_FIRM_ACTIVITY:
        buf_add_text(out, employer_activity(e));
        return;
    case ATTRIBUTE_FIRM_ADDRESS:
        employer_add_address(world, e, version, out);
        return;
    case ATTRIBUTE_FIRM_CITY:
        buf_add_text(out, cities[e->city].name);
        return;
    case ATTRIBUTE_FIRM_PHONE:
        employer_add_phone(world, e, version, out);
        return;
    case ATTRIBUTE_FIRM_STATUS:
        buf_add_byte(out, status_codes[e->status.versions[version].value]);
        return;
    case ATTRIBUTE_FIRM_DATE:
        text_add_date(out, e->affiliated);
        return;
    default:
        return;
    }
}

static void add_version(const struct world *world, struct subject subject, enum attribute what,
                        uint32_t version, struct buf *out)
{
    if (subject.person)
        add_person_version(world, subject.person, what, version, out);
    else
        add_firm_version(world, subject.employer, what, version, out);
}

/* The declaration of a month, or NULL. */
static const struct declared_month *line_of(const struct world *world, const struct person *p,
                                            uint16_t month)
{
    if (month < world->month_first || month >= world->month_first + p->month_count)
        return NULL;
    const struct declared_month *line = &p->months[month - world->month_first];

    return line->employer == NOBODY || line->known >= world->span.end ? NULL : line;
}

/* Value of a line as declared first (after = false) or as replaced. */
static void add_line(const struct world *world, const struct declared_month *line,
                     enum attribute what, bool after, int32_t moment, struct buf *out)
{
    struct employer employer;

    switch (what) {
    case ATTRIBUTE_LINE_EMPLOYER:
        employer_add_affil(world, line->employer, out);
        return;
    case ATTRIBUTE_LINE_EMPLOYER_NAME:
        employer_add_name(world, line->employer, out);
        return;
    case ATTRIBUTE_LINE_EMPLOYER_CITY:
        buf_add_text(out, cities[world->employer_city[line->employer]].name);
        return;
    case ATTRIBUTE_LINE_EMPLOYER_ADDRESS:
        employer_load(world, line->employer, &employer);
        employer_add_address(world, &employer, timeline_at(&employer.home, moment), out);
        return;
    case ATTRIBUTE_LINE_DAYS:
        text_add_number(out, after ? line->days_after : line->days);
        return;
    default:
        text_add_cents(out, after ? line->salary_after : line->salary);
    }
}

static bool is_of_month(enum attribute what)
{
    return what == ATTRIBUTE_LAST_SALARY
           || (what >= ATTRIBUTE_LINE_EMPLOYER && what <= ATTRIBUTE_LINE_SALARY);
}

void claim_add_held(const struct world *world, struct subject subject, enum attribute what,
                    uint16_t month, int32_t moment, struct buf *out)
{
    if (is_of_month(what)) {
        const struct declared_month *line = line_of(world, subject.person, month);

        if (line && line->known <= moment)
            add_line(world, line, what, moment >= line->until, moment, out);
        return;
    }
    const struct timeline *timeline = timeline_of(subject, what);
    uint32_t version = timeline ? timeline_at(timeline, moment) : 0;

    if (version != UINT32_MAX)
        add_version(world, subject, what, version, out);
}

/* What the comparisons so far amount to: now before earlier before later. */
static enum cell_verdict combine(enum cell_verdict so_far, int32_t snapshot, int32_t from,
                                 int32_t until)
{
    enum cell_verdict now = until <= snapshot  ? CELL_AGREES_EARLIER
                            : from <= snapshot ? CELL_AGREES
                                               : CELL_AGREES_LATER;

    return now < so_far ? now : so_far; /* the enum has them in this order */
}

static enum cell_verdict judge_line(const struct world *world, const struct declared_month *line,
                                    enum attribute what, const char *value, struct buf *scratch)
{
    enum cell_verdict verdict = CELL_CONTRADICTS;

    for (int after = 0; after <= (line->until != MOMENT_MAX); after++) {
        buf_empty(scratch);
        add_line(world, line, what, after, world->snapshot, scratch);
        if (slice_is(buf_slice(scratch), value))
            verdict = combine(verdict, world->snapshot, after ? line->until : line->known,
                              after ? MOMENT_MAX : line->until);
    }
    return verdict;
}

/* A line's employer address is that of the employer's own history. */
static enum cell_verdict judge_address(const struct world *world, uint32_t number,
                                       const char *value)
{
    struct employer employer;

    employer_load(world, number, &employer);
    return claim_judge(world, (struct subject){.employer = &employer}, ATTRIBUTE_FIRM_ADDRESS, 0,
                       value);
}

/* The list's own month first; a salary of another month of the same person is an earlier one. */
static enum cell_verdict judge_month(const struct world *world, const struct person *p,
                                     enum attribute what, uint16_t month, const char *value,
                                     struct buf *scratch)
{
    const struct declared_month *line = line_of(world, p, month);
    enum cell_verdict verdict = CELL_CONTRADICTS;

    if (line && what == ATTRIBUTE_LINE_EMPLOYER_ADDRESS)
        return judge_address(world, line->employer, value);
    if (line)
        verdict = judge_line(world, line, what, value, scratch);
    if (what != ATTRIBUTE_LAST_SALARY || verdict != CELL_CONTRADICTS)
        return verdict;
    for (uint16_t m = world->month_first; m < month; m++) {
        line = line_of(world, p, m);
        if (line && judge_line(world, line, what, value, scratch) != CELL_CONTRADICTS)
            return CELL_AGREES_EARLIER;
    }
    return CELL_CONTRADICTS;
}

enum cell_verdict claim_judge(const struct world *world, struct subject subject,
                              enum attribute what, uint16_t month, const char *value)
{
    TEXT_SCRATCH(scratch);
    const struct timeline *timeline = timeline_of(subject, what);
    enum cell_verdict verdict = CELL_CONTRADICTS;

    if (is_of_month(what))
        return judge_month(world, subject.person, what, month, value, &scratch);
    for (uint32_t i = 0; i < (timeline ? timeline->count : 1); i++) {
        buf_empty(&scratch);
        add_version(world, subject, what, i, &scratch);
        if (scratch.length > 0 && slice_is(buf_slice(&scratch), value))
            verdict = combine(verdict, world->snapshot,
                              timeline ? timeline->versions[i].known : MOMENT_MIN,
                              timeline ? timeline->versions[i].until : MOMENT_MAX);
    }
    return verdict;
}

static void keep_text(char *out, const struct buf *text)
{
    size_t length = text->length < CLAIM_BYTES_MAX ? text->length : CLAIM_BYTES_MAX - 1;

    if (length > 0)
        memcpy(out, text->data, length);
    out[length] = 0;
}

void claim_set(struct claim *claim, const struct buf *value)
{
    keep_text(claim->value, value);
    if (value->failed)
        claim->failed = value->failed;
}

uint32_t claim_employer_at(const struct person *person, int32_t moment)
{
    uint32_t version = timeline_at(&person->jobs, moment);

    return version == UINT32_MAX ? NOBODY : person->jobs.versions[version].value;
}

static uint32_t holder_of(const struct world *world, struct subject subject, enum attribute what,
                          uint16_t month, int32_t moment)
{
    if (!attribute_meanings[what].through)
        return NOBODY;
    if (what == ATTRIBUTE_EMPLOYER_NAME)
        return claim_employer_at(subject.person, moment);
    const struct declared_month *line = line_of(world, subject.person, month);

    return line ? line->employer : NOBODY;
}

void claim_fill(const struct world *world, struct subject subject, enum attribute what,
                uint16_t month, int32_t moment, struct claim *out)
{
    TEXT_SCRATCH(text);

    out->what = what;
    out->month = month;
    out->verdict = CELL_NOT_JUDGED;
    out->holder = NOBODY;
    out->rule = NULL;
    out->failed = TQ_OK;
    out->value[0] = out->shown[0] = 0;
    if (!attribute_meanings[what].field)
        return;
    claim_add_held(world, subject, what, month, moment, &text);
    claim_set(out, &text);
    if (text.length > 0) {
        out->holder = holder_of(world, subject, what, month, moment);
        out->verdict = moment == world->snapshot && what != ATTRIBUTE_LINE_EMPLOYER_ADDRESS
                           ? CELL_AGREES
                           : claim_judge(world, subject, what, month, out->value);
        return;
    }
    if (moment == world->snapshot)
        return;
    claim_add_held(world, subject, what, month, world->snapshot, &text);
    if (text.length > 0)
        out->verdict = CELL_MISSING;
    out->failed = text.failed;
}

enum record_verdict claims_judge(const struct claim *claims, size_t count)
{
    bool seen[CELL_VERDICT_COUNT] = {false};

    for (size_t i = 0; i < count; i++)
        seen[claims[i].verdict] = true;
    if (seen[CELL_OTHER_SUBJECT])
        return RECORD_MISATTRIBUTED;
    if (seen[CELL_CONTRADICTS])
        return RECORD_ALTERED;
    if (seen[CELL_MISSING] || seen[CELL_TRUNCATED])
        return RECORD_INCOMPLETE;
    return seen[CELL_AGREES_EARLIER] ? RECORD_STALE : RECORD_AUTHENTIC;
}

struct style style_draw(struct dice *dice)
{
    struct style style = {0};

    style.phone = dice_below(dice, 3);
    style.sex = dice_below(dice, 3);
    style.amount = dice_below(dice, 3);
    style.account = dice_below(dice, 2);
    style.date = dice_below(dice, 4) == 0;
    style.upper = dice_below(dice, 2) == 0;
    return style;
}

static void show_amount(const char *value, unsigned style, struct buf *out)
{
    size_t whole = strlen(value) - 3; /* before ".dd" */

    for (size_t i = 0; i < whole; i++) {
        if (style == 0 && i > 0 && (whole - i) % 3 == 0)
            buf_add_byte(out, ' ');
        buf_add_byte(out, value[i]);
    }
    buf_add_byte(out, style == 2 ? '.' : ',');
    buf_add_text(out, value + whole + 1);
}

static void show_phone(const char *value, unsigned style, struct buf *out)
{
    if (style == 2)
        buf_format(out, "00%s", value + 1);
    else if (style == 1 && strlen(value) == 13)
        buf_format(out, "%.4s %c %.2s %.2s %.2s %.2s", value, value[4], value + 5, value + 7,
                   value + 9, value + 11);
    else
        buf_add_text(out, value);
}

static void show_date(const char *value, unsigned style, struct buf *out)
{
    if (style == 1)
        buf_format(out, "%.4s%.2s%.2s", value, value + 5, value + 8);
    else
        buf_format(out, "%.2s/%.2s/%.4s", value + 8, value + 5, value);
}

static void show_account(const char *value, unsigned style, struct buf *out)
{
    if (style == 1 && strlen(value) == 24)
        buf_format(out, "%.3s %.3s %.16s %.2s", value, value + 3, value + 6, value + 22);
    else
        buf_add_text(out, value);
}

static void show_sex(const char *value, unsigned style, struct buf *out)
{
    static const char *const codes[3][2] = {{"M", "F"}, {"1", "2"}, {"H", "F"}};

    buf_add_text(out, codes[style][value[0] == 'F']);
}

static void show_status(const char *value, struct buf *out)
{
    buf_add_text(out, value[0] == 'A' ? "Active" : value[0] == 'S' ? "Suspendue" : "Fermée");
}

/* Capitals of ASCII letters; accented ones stay, as careless exports leave them. */
static void show_name(const char *value, bool upper, struct buf *out)
{
    for (; *value; value++)
        buf_add_byte(out, upper ? (char)toupper((unsigned char)*value) : *value);
}

void claim_show(struct claim *claim, const struct style *style)
{
    TEXT_SCRATCH(text);

    if (!claim->value[0]) {
        claim->shown[0] = 0;
        return;
    }
    switch (claim->what) {
    case ATTRIBUTE_BIRTH:
    case ATTRIBUTE_FIRM_DATE:
        show_date(claim->value, style->date, &text);
        break;
    case ATTRIBUTE_SEX:
        show_sex(claim->value, style->sex, &text);
        break;
    case ATTRIBUTE_PHONE:
    case ATTRIBUTE_FIRM_PHONE:
        show_phone(claim->value, style->phone, &text);
        break;
    case ATTRIBUTE_ACCOUNT:
        show_account(claim->value, style->account, &text);
        break;
    case ATTRIBUTE_LAST_SALARY:
    case ATTRIBUTE_LINE_SALARY:
        show_amount(claim->value, style->amount, &text);
        break;
    case ATTRIBUTE_FIRM_STATUS:
        show_status(claim->value, &text);
        break;
    case ATTRIBUTE_FULL_NAME:
        show_name(claim->value, style->upper, &text);
        break;
    default:
        buf_add_text(&text, claim->value);
    }
    keep_text(claim->shown, &text);
    if (text.failed)
        claim->failed = text.failed;
}
