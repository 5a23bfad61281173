/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The rows of the register. */
#include "drill/register_tables.h"

#include <string.h>

#include "drill/identifier.h"
#include "drill/place.h"
#include "drill/text.h"

#define LINES_MAX    3
#define CHILDREN_MAX 6
#define DAYS_A_YEAR  312
#define AFFIL_LENGTH 7

/* The states of several attributes that stand in one row: each change of one is a new row. */
struct history {
    const struct timeline *lines[LINES_MAX];
    uint32_t count;
    uint32_t at[LINES_MAX]; /* version of each that the current row holds */
    int32_t valid, known, until;
};

static void history_find_end(struct history *history)
{
    history->until = MOMENT_MAX;
    for (uint32_t i = 0; i < history->count; i++) {
        const struct timeline *line = history->lines[i];

        if (history->at[i] + 1 < line->count
            && line->versions[history->at[i] + 1].known < history->until)
            history->until = line->versions[history->at[i] + 1].known;
    }
}

static struct history history_begin(uint32_t count, const struct timeline *a,
                                    const struct timeline *b, const struct timeline *c)
{
    struct history history = {.lines = {a, b, c}, .count = count};

    history.valid = a->versions[0].valid;
    history.known = a->versions[0].known;
    history_find_end(&history);
    return history;
}

static bool history_next(struct history *history)
{
    int32_t known = history->until;

    if (known == MOMENT_MAX)
        return false;
    for (uint32_t i = 0; i < history->count; i++) {
        const struct timeline *line = history->lines[i];

        if (history->at[i] + 1 < line->count && line->versions[history->at[i] + 1].known == known) {
            history->at[i]++;
            history->valid = line->versions[history->at[i]].valid;
        }
    }
    history->known = known;
    history_find_end(history);
    return true;
}

static void add_text(struct buf *out, const char *text)
{
    text_add_csv(out, slice_of(text), ',');
    buf_add_byte(out, ',');
}

/* valid from, to; known from, to; end of the row. What was superseded keeps its open valid end:
 * while the system held it, it knew of none. */
static void add_times(struct buf *out, int32_t valid, int32_t known, int32_t until)
{
    char row[4 * TEXT_VALUE_MAX], *at = text_put_date(row, valid / DAY_MINUTES);

    *at++ = ',';
    *at++ = ',';
    at = text_put_moment(at, known);
    *at++ = ',';
    at = text_put_moment(at, until);
    *at++ = '\n';
    buf_add(out, row, (size_t)(at - row));
}

static void add_insured(const struct world *world, const struct person *p, struct slice key,
                        struct buf *out, uint64_t *out_rows)
{
    struct history h = history_begin(3, &p->family_names, &p->card, &p->marital);
    const struct name *given = &world->names.given[p->female][p->given];

    do {
        const struct name *family = &world->names.family[p->family_names.versions[h.at[0]].value];

        buf_add_slice(out, key);
        buf_add_byte(out, ',');
        person_add_card(world, p->number, p->card.versions[h.at[1]].value, out);
        buf_add_byte(out, ',');
        add_text(out, family->latin);
        add_text(out, given->latin);
        add_text(out, family->arabic);
        add_text(out, given->arabic);
        buf_add(out, p->female ? "F," : "M,", 2);
        text_add_date(out, p->birth);
        buf_add_byte(out, ',');
        add_text(out, cities[p->birth_city].name);
        buf_add_byte(out, marital_codes[p->marital.versions[h.at[2]].value]);
        buf_add_byte(out, ',');
        if (p->pair == PAIR_SPOUSES)
            person_add_immat(world, p->partner, out);
        buf_add_byte(out, ',');
        add_times(out, h.valid, h.known, h.until);
        (*out_rows)++;
    } while (history_next(&h));
}

static void add_contact(const struct world *world, const struct person *p, struct slice key,
                        struct buf *out, uint64_t *out_rows)
{
    struct history h = history_begin(p->has_email ? 3 : 2, &p->home, &p->phone, &p->email);
    TEXT_SCRATCH(address);

    do {
        uint8_t city = p->home_city[h.at[0]];

        buf_add_slice(out, key);
        buf_add_byte(out, ',');
        person_add_phone(world, p, h.at[1], out);
        buf_add_byte(out, ',');
        if (p->has_email)
            person_add_email(world, p, h.at[2], out);
        buf_add_byte(out, ',');
        buf_empty(&address);
        person_add_address(world, p, h.at[0], &address);
        if (address.failed)
            out->failed = address.failed;
        text_add_csv(out, buf_slice(&address), ',');
        buf_add_byte(out, ',');
        text_add_padded(out, cities[city].postal_code, 5);
        buf_add_byte(out, ',');
        add_text(out, cities[city].name);
        text_add_padded(out, city + 1u, 2);
        buf_add_byte(out, ',');
        add_times(out, h.valid, h.known, h.until);
        (*out_rows)++;
    } while (history_next(&h));
}

static void add_accounts(const struct world *world, const struct person *p, struct slice key,
                         struct buf *out, uint64_t *out_rows)
{
    for (uint32_t i = 0; i < p->account.count; i++) {
        const struct version *version = &p->account.versions[i];

        buf_add_slice(out, key);
        buf_add_byte(out, ',');
        person_add_account(world, p, i, out);
        buf_add_text(out, p->number % 11 == 3 ? ",C," : ",V,");
        add_times(out, version->valid, version->known, version->until);
        (*out_rows)++;
    }
}

static void add_jobs(const struct world *world, const struct person *p, struct slice key,
                     struct buf *out, uint64_t *out_rows)
{
    static const char *const titles[] = {"Ouvrier", "Employé",   "Technicien", "Cadre", "Chauffeur",
                                         "Vendeur", "Comptable", "Agent",      "Maçon", "Caissier"};

    for (uint32_t i = 0; i < p->jobs.count; i++) {
        const struct version *version = &p->jobs.versions[i];

        if (version->value == NOBODY)
            continue;
        struct dice dice = dice_for(world->seed, DICE_EMPLOYMENT, (uint64_t)p->number * 64 + 1 + i);

        buf_add_slice(out, key);
        buf_add_byte(out, ',');
        employer_add_affil(world, version->value, out);
        buf_add_byte(out, ',');
        add_text(out, titles[dice_below(&dice, sizeof(titles) / sizeof(titles[0]))]);
        add_times(out, version->valid, version->known, version->until);
        (*out_rows)++;
    }
}

/* One row, put together on the stack: most rows of a register are these. */
static void add_declaration(struct slice head, uint16_t month, const char *affil, uint32_t days,
                            int64_t salary, int32_t known, int32_t until, struct buf *out)
{
    char row[8 * TEXT_VALUE_MAX], *at = row;

    memcpy(at, head.data, head.length);
    at += head.length;
    *at++ = ',';
    at = text_put_month(at, month);
    *at++ = ',';
    memcpy(at, affil, AFFIL_LENGTH);
    at += AFFIL_LENGTH;
    *at++ = ',';
    at = text_put_number(at, days);
    *at++ = ',';
    at = text_put_cents(at, salary);
    *at++ = ',';
    at = text_put_moment(at, known);
    *at++ = ',';
    at = text_put_moment(at, until);
    *at++ = '\n';
    buf_add(out, row, (size_t)(at - row));
}

static void add_declarations(const struct world *world, const struct person *p, struct slice key,
                             struct buf *out, uint64_t *out_rows)
{
    uint32_t employer = NOBODY;
    char affil[IDENTIFIER_LENGTH];

    for (uint32_t m = 0; m < p->month_count; m++) {
        const struct declared_month *line = &p->months[m];
        uint16_t month = (uint16_t)(world->month_first + m);

        if (line->employer == NOBODY || line->known >= world->span.end)
            continue;
        if (line->employer != employer)
            employer_affil(world, line->employer, affil);
        employer = line->employer;
        add_declaration(key, month, affil, line->days, line->salary, line->known, line->until, out);
        (*out_rows)++;
        if (line->until == MOMENT_MAX)
            continue;
        add_declaration(key, month, affil, line->days_after, line->salary_after, line->until,
                        MOMENT_MAX, out);
        (*out_rows)++;
    }
}

/* Rights are written up once a year, in January. */
static void add_pension(const struct world *world, const struct person *p, struct slice key,
                        struct buf *out, uint64_t *out_rows)
{
    struct dice dice = dice_for(world->seed, DICE_PENSION, p->number);
    int registered_year, first_year, end_year, year;
    unsigned month, day;

    civil_from_days(p->registered / DAY_MINUTES, &registered_year, &month, &day);
    civil_from_days(world->span.start / DAY_MINUTES, &first_year, &month, &day);
    civil_from_days(world->span.end / DAY_MINUTES, &end_year, &month, &day);
    year = registered_year + 1 > first_year ? registered_year + 1 : first_year;
    int32_t days = (year - registered_year) * (150 + (int32_t)dice_below(&dice, 160));
    int64_t reference = 150000 + dice_below(&dice, 450000);
    int32_t known = (days_from_civil(year, 1, 14) + dice_between(&dice, 0, 6)) * DAY_MINUTES + 125;

    for (; year <= end_year && known < world->span.end; year++) {
        int32_t next =
            (days_from_civil(year + 1, 1, 14) + dice_between(&dice, 0, 6)) * DAY_MINUTES + 125;

        buf_add_slice(out, key);
        buf_add_byte(out, ',');
        text_add_number(out, (uint64_t)days);
        buf_add_byte(out, ',');
        text_add_cents(out, reference);
        buf_add_byte(out, ',');
        add_times(out, days_from_civil(year, 1, 1) * DAY_MINUTES, known,
                  next < world->span.end ? next : MOMENT_MAX);
        (*out_rows)++;
        days += dice_between(&dice, 60, DAYS_A_YEAR);
        reference = reference * dice_between(&dice, 100, 106) / 100;
        known = next;
    }
}

static void add_family(const struct world *world, const struct person *p, struct slice key,
                       struct buf *out, uint64_t *out_rows)
{
    struct dice dice = dice_for(world->seed, DICE_CHILDREN, p->number);
    int32_t today = world->span.end / DAY_MINUTES;
    int32_t born = p->birth + dice_between(&dice, 20, 36) * 365;
    uint32_t children = dice_chance(&dice, 0.45) ? 0 : 1 + dice_below(&dice, 4);

    for (uint32_t rank = 1; rank <= children && rank <= CHILDREN_MAX; rank++) {
        bool girl = dice_chance(&dice, 0.49);
        uint32_t given = lottery_draw(&world->names.given_lottery[girl], &dice);
        int32_t known = (born + dice_between(&dice, 20, 200)) * DAY_MINUTES + 600;

        if (known < p->registered)
            known = p->registered + DAY_MINUTES;
        if (known < world->span.end && today - born < 21 * 365) {
            buf_add_slice(out, key);
            buf_add_byte(out, ',');
            text_add_number(out, rank);
            buf_add_byte(out, ',');
            add_text(out, world->names.given[girl][given].latin);
            text_add_date(out, born);
            buf_add_byte(out, ',');
            text_add_moment(out, known);
            buf_add(out, ",\n", 2);
            (*out_rows)++;
        }
        born += dice_between(&dice, 14, 60) * 30;
    }
}

static void add_health(const struct world *world, const struct person *p, struct slice key,
                       struct buf *out, uint64_t *out_rows)
{
    static const char *const acts[] = {"C",   "CS",  "V",   "B80",  "B120", "Z30",
                                       "K15", "K50", "SF8", "AMI4", "D20",  "PH"};
    struct dice dice = dice_for(world->seed, DICE_HEALTH, p->number);
    uint32_t claims = dice_chance(&dice, 0.4) ? 0 : 1 + (uint32_t)dice_exponential(&dice, 1.6);
    uint32_t illness = dice_chance(&dice, 0.06) ? 1 + dice_below(&dice, 51) : 0;
    int32_t begin = (p->registered > world->span.start ? p->registered : world->span.start);
    uint32_t days = (uint32_t)(world->span.end - begin) / DAY_MINUTES + 1;

    for (uint32_t i = 0; i < claims && i < 40; i++) {
        int32_t care = begin / DAY_MINUTES + (int32_t)dice_below(&dice, days);
        int32_t known = timeline_known(care * DAY_MINUTES + 600, &dice);
        int64_t amount = 8000 + (int64_t)dice_exponential(&dice, 45000);
        const char *act = acts[dice_below(&dice, sizeof(acts) / sizeof(acts[0]))];

        if (known >= world->span.end)
            continue;
        buf_add_slice(out, key);
        buf_add_byte(out, ',');
        text_add_padded(out, (uint64_t)p->number * 40 + i, 10);
        buf_add_byte(out, ',');
        text_add_date(out, care);
        buf_add_byte(out, ',');
        add_text(out, act);
        if (illness > 0)
            text_add_number(out, illness);
        buf_add_byte(out, ',');
        text_add_cents(out, amount);
        buf_add_byte(out, ',');
        text_add_cents(out, amount * (illness > 0 ? 93 : 70) / 100);
        buf_add_byte(out, ',');
        text_add_moment(out, known);
        buf_add(out, ",\n", 2);
        (*out_rows)++;
    }
}

void register_add_person(const struct world *world, const struct person *person,
                         struct buf out[PERSON_TABLES], uint64_t out_rows[PERSON_TABLES])
{
    static void (*const add[PERSON_TABLES])(const struct world *, const struct person *,
                                            struct slice, struct buf *, uint64_t *) = {
        [TABLE_INSURED] = add_insured,   [TABLE_CONTACT] = add_contact,
        [TABLE_ACCOUNTS] = add_accounts, [TABLE_JOBS] = add_jobs,
        [TABLE_PENSION] = add_pension,   [TABLE_DECLARATIONS] = add_declarations,
        [TABLE_FAMILY] = add_family,     [TABLE_HEALTH] = add_health,
    };
    TEXT_SCRATCH(key);

    person_add_immat(world, person->number, &key);
    if (key.failed) {
        out[TABLE_INSURED].failed = key.failed;
        return;
    }
    for (unsigned i = 0; i < PERSON_TABLES; i++)
        add[i](world, person, buf_slice(&key), &out[i], &out_rows[i]);
}

uint64_t register_add_employer(const struct world *world, const struct employer *employer,
                               struct buf *out)
{
    struct history h = history_begin(3, &employer->home, &employer->phone, &employer->status);
    TEXT_SCRATCH(address);
    uint64_t rows = 0;

    do {
        employer_add_affil(world, employer->number, out);
        buf_add_byte(out, ',');
        employer_add_name(world, employer->number, out);
        buf_add_byte(out, ',');
        employer_add_ice(world, employer->number, out);
        buf_add_byte(out, ',');
        text_add_number(out, employer->trade_no);
        buf_add_byte(out, ',');
        add_text(out, employer_activity(employer));
        text_add_date(out, employer->affiliated);
        buf_add_byte(out, ',');
        buf_empty(&address);
        employer_add_address(world, employer, h.at[0], &address);
        if (address.failed)
            out->failed = address.failed;
        text_add_csv(out, buf_slice(&address), ',');
        buf_add_byte(out, ',');
        add_text(out, cities[employer->city].name);
        employer_add_phone(world, employer, h.at[1], out);
        buf_add_byte(out, ',');
        buf_add_byte(out, status_codes[employer->status.versions[h.at[2]].value]);
        buf_add_byte(out, ',');
        add_times(out, h.valid, h.known, h.until);
        rows++;
    } while (history_next(&h));
    return rows;
}
