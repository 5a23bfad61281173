/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "toy_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "toy_register.h"

#define MONTH_FIRST month_number(2024, 1)

static const char *const cities[] = {"Agadir", "Casablanca", "Fes",   "Kenitra", "Marrakech",
                                     "Meknes", "Oujda",      "Rabat", "Sale",    "Tanger"};
#define CITY_COUNT (int)(sizeof(cities) / sizeof(*cities))

static const char *const streets[] = {"Atlas",      "Bab Doukkala", "des Lilas", "Hassan",
                                      "Moulay Ali", "Palmiers",     "Zitoun"};
#define STREET_COUNT (int)(sizeof(streets) / sizeof(*streets))

/* Fields of the toy register; registration_no first. */
static const char head[] = "country MA\n"
                           "kind person\nkind employer\n"
                           "field person registration_no id identity\n"
                           "field person national_id id identity\n"
                           "field person family_name family-name identity\n"
                           "field person given_name given-name identity\n"
                           "field person birth_date date identity\n"
                           "field person phone phone contact\n"
                           "field person email email contact\n"
                           "field person account account financial\n"
                           "field person address address contact\n"
                           "field person city text contact\n"
                           "field person birth_place text identity\n"
                           "field person sex code identity\n"
                           "field person marital code family\n"
                           "field person employer ref employment to=employer\n"
                           "field person spouse ref family to=person\n"
                           "field person days number employment periodic\n"
                           "field person salary amount financial periodic\n"
                           "field employer employer_no id identity\n"
                           "field employer employer_name text identity\n"
                           "field employer tax_id id identity\n"
                           "field employer employer_city text contact\n"
                           "field employer employer_phone phone contact\n"
                           "field employer status code employment\n"
                           "field employer affiliation_date date employment\n";

/* A number that only depends on its arguments. */
static unsigned draw(int who, int what, unsigned range)
{
    return (unsigned)(hash_mix((uint64_t)who * 1000 + (uint64_t)what + 1) % range);
}

/* A name of three syllables whose consonants differ from number to number. */
static void make_name(char *out, size_t size, int number, const char *vowels)
{
    static const char consonants[] = "bdfklmnrst";

    (void)snprintf(out, size, "%c%c%c%c%c%c", consonants[number % 10] - 'a' + 'A', vowels[0],
                   consonants[number / 10 % 10], vowels[1], consonants[(number * 7 + 3) % 10],
                   vowels[2]);
}

static void make_person(struct toy_person *person, int i)
{
    make_name(person->family, sizeof(person->family), (int)draw(i, 1, 90), "aio");
    make_name(person->given, sizeof(person->given), (int)draw(i, 2, 60), "iae");
    (void)snprintf(person->registration, sizeof(person->registration), "%09u",
                   100000000 + draw(i, 3, 800000000));
    (void)snprintf(person->national, sizeof(person->national), "%c%c%06u",
                   (char)('A' + draw(i, 4, 20)), (char)('A' + draw(i, 5, 20)),
                   100000 + draw(i, 6, 899999));
    person->year = 1950 + (int)draw(i, 7, 50);
    person->month = 1 + (int)draw(i, 8, 12);
    person->day = 1 + (int)draw(i, 9, 28);
    (void)snprintf(person->phone, sizeof(person->phone), "06%08u",
                   10000000 + draw(i, 10, 89999999));
    (void)snprintf(person->other_phone, sizeof(person->other_phone), "05%08u",
                   10000000 + draw(i, 11, 89999999));
    (void)snprintf(person->email, sizeof(person->email), "%s.%s%u@example.org", person->given,
                   person->family, 10000 + draw(i, 12, 89999));
    (void)snprintf(person->account, sizeof(person->account), "%012u%012u", draw(i, 13, 999999999),
                   draw(i, 14, 999999999));
    (void)snprintf(person->address, sizeof(person->address), "%u Rue %s Lot %u",
                   1 + draw(i, 15, 300), streets[draw(i, 16, STREET_COUNT)], 1 + draw(i, 17, 90));
    (void)snprintf(person->city, sizeof(person->city), "%s", cities[draw(i, 18, CITY_COUNT)]);
    (void)snprintf(person->place, sizeof(person->place), "%s", cities[draw(i, 19, CITY_COUNT)]);
    person->sex = draw(i, 20, 2) ? 'M' : 'F';
    person->marital = "SMDW"[draw(i, 21, 4)];
    person->employer = (int)draw(i, 22, TOY_EMPLOYERS);
    person->spouse = draw(i, 23, 2) ? (int)draw(i, 24, TOY_INSIDE) : -1;
    for (int m = 0; m < TOY_MONTHS; m++) {
        person->cents[m] = 250000 + (int)draw(i, 30 + m, 900000);
        person->days[m] = draw(i, 40 + m, 10) < 6 ? 26 : 10 + (int)draw(i, 50 + m, 16);
    }
}

static void make_employer(struct toy_employer *employer, int i)
{
    char word[16];

    make_name(word, sizeof(word), 5 + 2 * i, "oua");
    (void)snprintf(employer->number, sizeof(employer->number), "%07u",
                   1000000 + draw(i, 60, 8000000));
    (void)snprintf(employer->name, sizeof(employer->name), "Ste %s %s SARL", word,
                   i % 2 ? "Transport" : "Textile");
    (void)snprintf(employer->tax, sizeof(employer->tax), "%08u", 10000000 + draw(i, 61, 80000000));
    (void)snprintf(employer->city, sizeof(employer->city), "%s", cities[draw(i, 62, CITY_COUNT)]);
    (void)snprintf(employer->phone, sizeof(employer->phone), "05%08u",
                   10000000 + draw(i, 63, 89999999));
    (void)snprintf(employer->status, sizeof(employer->status), "%c", "AAAS"[draw(i, 64, 4)]);
    employer->year = 1980 + (int)draw(i, 65, 40);
    employer->month = 1 + (int)draw(i, 66, 12);
    employer->day = 1 + (int)draw(i, 67, 28);
}

static void describe_person(const struct toy_world *world, int i, struct buf *out)
{
    const struct toy_person *p = &world->persons[i];
    const char *key = p->registration;

    buf_format(out, "%s | registration_no | %s\n%s | national_id | %s\n", key, key, key,
               p->national);
    buf_format(out, "%s | family_name | %s\n%s | given_name | %s\n", key, p->family, key, p->given);
    buf_format(out, "%s | birth_date | %04d-%02d-%02d\n", key, p->year, p->month, p->day);
    buf_format(out, "%s | phone | %s\n%s | phone | %s\n", key, p->phone, key, p->other_phone);
    buf_format(out, "%s | email | %s\n%s | account | %s\n", key, p->email, key, p->account);
    buf_format(out, "%s | address | %s\n%s | city | %s\n", key, p->address, key, p->city);
    buf_format(out, "%s | birth_place | %s\n%s | sex | %c\n", key, p->place, key, p->sex);
    buf_format(out, "%s | marital | %c\n%s | employer | %s\n", key, p->marital, key,
               world->employers[p->employer].number);
    if (p->spouse >= 0)
        buf_format(out, "%s | spouse | %s\n", key, world->persons[p->spouse].registration);
    for (int m = 0; m < TOY_MONTHS; m++) {
        buf_format(out, "%s | salary | %d.%02d | period 2024-%02d\n", key, p->cents[m] / 100,
                   p->cents[m] % 100, m + 1);
        buf_format(out, "%s | days | %d | period 2024-%02d\n", key, p->days[m], m + 1);
    }
}

static void describe_employer(const struct toy_employer *e, struct buf *out)
{
    const char *key = e->number;

    buf_format(out, "%s | employer_no | %s\n%s | employer_name | %s\n", key, key, key, e->name);
    buf_format(out, "%s | tax_id | %s\n%s | employer_city | %s\n", key, e->tax, key, e->city);
    buf_format(out, "%s | employer_phone | %s\n%s | status | %s\n", key, e->phone, key, e->status);
    buf_format(out, "%s | affiliation_date | %04d-%02d-%02d\n", key, e->year, e->month, e->day);
}

struct toy_world *toy_world_new(void)
{
    struct toy_world *world = alloc_zeroed(1, sizeof(*world));
    struct buf text = {0};

    if (!world)
        abort();
    for (int i = 0; i < TOY_PERSONS; i++)
        make_person(&world->persons[i], i);
    for (int i = 0; i < TOY_EMPLOYERS; i++)
        make_employer(&world->employers[i], i);

    buf_add_text(&text, head);
    buf_add_text(&text, "kind employer\n");
    for (int i = 0; i < TOY_EMPLOYERS; i++)
        describe_employer(&world->employers[i], &text);
    buf_add_text(&text, "kind person\n");
    for (int i = 0; i < TOY_INSIDE; i++)
        describe_person(world, i, &text);
    world->reg = toy_register(text.data);
    buf_clear(&text);
    return world;
}

struct toy_world *toy_world_free(struct toy_world *world)
{
    reg_free(world->reg);
    free(world);
    return NULL;
}

static void add_date(struct buf *out, const char *style, int y, int m, int d)
{
    if (strcmp(style, "dmy") == 0)
        buf_format(out, "%02d/%02d/%04d", d, m, y);
    else if (strcmp(style, "mdy") == 0)
        buf_format(out, "%02d/%02d/%04d", m, d, y);
    else if (strcmp(style, "ymd") == 0)
        buf_format(out, "%04d-%02d-%02d", y, m, d);
    else if (strcmp(style, "digits") == 0)
        buf_format(out, "%04d%02d%02d", y, m, d);
    else if (strcmp(style, "short") == 0)
        buf_format(out, "%02d.%02d.%02d", d, m, y % 100);
    else if (strcmp(style, "ym") == 0)
        buf_format(out, "%04d-%02d", y, m);
    else if (strcmp(style, "my") == 0)
        buf_format(out, "%02d/%04d", m, y);
    else if (strcmp(style, "age") == 0)
        buf_format(out, "%d", 2024 - y - (m > 6));
    else if (strcmp(style, "month") == 0)
        buf_format(out, "%d", m);
    else if (strcmp(style, "day") == 0)
        buf_format(out, "%02d", d);
    else if (strcmp(style, "yy") == 0)
        buf_format(out, "%02d", y % 100);
    else if (strcmp(style, "serial") == 0)
        buf_format(out, "%d", days_from_civil(y, (unsigned)m, (unsigned)d) + 25569);
    else
        buf_format(out, "%04d", y);
}

static void add_amount(struct buf *out, const char *style, int cents)
{
    if (strcmp(style, "comma") == 0)
        buf_format(out, "%d.%03d,%02d", cents / 100000, cents / 100 % 1000, cents % 100);
    else if (strcmp(style, "dot") == 0)
        buf_format(out, "%d,%03d.%02d", cents / 100000, cents / 100 % 1000, cents % 100);
    else
        buf_format(out, "%d", cents);
}

static void add_upper(struct buf *out, const char *text)
{
    for (; *text; text++)
        buf_add_byte(out, (char)(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text));
}

/* The columns that are plain texts of a person. */
static const char *person_text(const struct toy_world *world, const struct toy_person *p,
                               const char *column)
{
    const struct toy_employer *e = &world->employers[p->employer];
    const struct {
        const char *column, *text;
    } texts[] = {
        {"registration_no", p->registration},
        {"national_id", p->national},
        {"family_name", p->family},
        {"given_name", p->given},
        {"phone", p->phone},
        {"other_phone", p->other_phone},
        {"email", p->email},
        {"account", p->account},
        {"address", p->address},
        {"city", p->city},
        {"birth_place", p->place},
        {"employer", e->number},
        {"employer>employer_name", e->name},
        {"employer>tax_id", e->tax},
        {"employer>employer_city", e->city},
        {"spouse>national_id", p->spouse >= 0 ? world->persons[p->spouse].national : ""},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        if (strcmp(texts[i].column, column) == 0)
            return texts[i].text;
    }
    return NULL;
}

/* Codes, the employer's date, and what stands behind labels. */
static void add_code(struct buf *out, const struct toy_world *world, const struct toy_person *p,
                     const char *column)
{
    const struct toy_employer *e = &world->employers[p->employer];

    if (strncmp(column, "affiliation:", 12) == 0)
        add_date(out, column + 12, e->year, e->month, e->day);
    else if (strcmp(column, "full (remark)") == 0)
        buf_format(out, "%s %s (%s)", p->given, p->family, p->month % 2 ? "M." : "Mme");
    else if (strcmp(column, "born, call") == 0)
        buf_format(out, "born %02u/%02u/%d, call %s", (unsigned)p->day, (unsigned)p->month, p->year,
                   p->phone);
    else if (strcmp(column, "sex") == 0)
        buf_add_byte(out, p->sex);
    else if (strcmp(column, "sex:coded") == 0)
        buf_add_text(out, p->sex == 'M' ? "1" : "2");
    else
        buf_add_text(out, p->marital == 'S'   ? "Celibataire"
                          : p->marital == 'M' ? "Marie"
                          : p->marital == 'D' ? "Divorce"
                                              : "Veuf");
}

void toy_person_cell(const struct toy_world *world, int person, int row, const char *column,
                     struct buf *out)
{
    const struct toy_person *p = &world->persons[person];
    const char *text = person_text(world, p, column);
    int month;

    if (text)
        buf_add_text(out, text);
    else if (strcmp(column, "full:fg") == 0)
        buf_format(out, "%s %s", p->family, p->given);
    else if (strcmp(column, "full:GF") == 0) {
        add_upper(out, p->given);
        buf_add_byte(out, ' ');
        add_upper(out, p->family);
    } else if (strncmp(column, "birth_date:", 11) == 0)
        add_date(out, column + 11, p->year, p->month, p->day);
    else if (strncmp(column, "salary:", 7) == 0)
        add_amount(out, column + 7, p->cents[3]); /* April */
    else if (sscanf(column, "salary@%d", &month) == 1)
        buf_format(out, "%d.%02d", p->cents[month - 1] / 100, p->cents[month - 1] % 100);
    else if (sscanf(column, "days@%d", &month) == 1)
        buf_format(out, "%d", p->days[month - 1]);
    else if (strcmp(column, "phone:intl") == 0)
        buf_format(out, "+212 %c %.4s %s", p->phone[1], p->phone + 2, p->phone + 6);
    else if (strcmp(column, "family:cut") == 0)
        buf_format(out, "%.5s", p->family);
    else if (strcmp(column, "address, city") == 0)
        buf_format(out, "%s, %s", p->address, p->city);
    else if (strcmp(column, "address:cut") == 0)
        buf_format(out, "%.14s", p->address);
    else if (strcmp(column, "national:masked") == 0)
        buf_format(out, "%.4s****", p->national);
    else if (strcmp(column, "full:masked") == 0)
        buf_format(out, "%.1s***** %.1s****", p->given, p->family);
    else if (strcmp(column, "given:initial") == 0)
        buf_format(out, "%.1s.", p->given);
    else if (strcmp(column, "initial family") == 0)
        buf_format(out, "%.1s. %s", p->given, p->family);
    else if (strcmp(column, "family, initial") == 0)
        buf_format(out, "%s, %.1s.", p->family, p->given);
    else if (strcmp(column, "phone:masked") == 0)
        buf_format(out, "%.2s******%s", p->phone, p->phone + strlen(p->phone) - 2);
    else if (strcmp(column, "account:masked") == 0)
        buf_format(out, "XXXXXXXX%s", p->account + strlen(p->account) - 4);
    else if (strcmp(column, "born:masked") == 0)
        buf_format(out, "**/%02u/%d", (unsigned)p->month, p->year);
    else if (strcmp(column, "#row") == 0)
        buf_format(out, "%d", row + 1);
    else if (strcmp(column, "#junk") == 0)
        buf_format(out, "Z%05u", draw(person, 70, 99999));
    else if (strcmp(column, "#guarantor") == 0)
        buf_add_text(out, world->persons[draw(person, 71, TOY_INSIDE)].national);
    else if (strcmp(column, "#guarantor>account") == 0)
        buf_add_text(out, world->persons[draw(person, 71, TOY_INSIDE)].account);
    else
        add_code(out, world, p, column);
}

void toy_employer_cell(const struct toy_world *world, int employer, const char *column,
                       struct buf *out)
{
    const struct toy_employer *e = &world->employers[employer];

    if (strcmp(column, "employer_no") == 0)
        buf_add_text(out, e->number);
    else if (strcmp(column, "employer_name") == 0)
        add_upper(out, e->name);
    else if (strcmp(column, "tax_id") == 0)
        buf_add_text(out, e->tax);
    else if (strcmp(column, "employer_city") == 0)
        buf_add_text(out, e->city);
    else if (strcmp(column, "employer_phone") == 0)
        buf_add_text(out, e->phone);
    else
        add_date(out, "digits", e->year, e->month, e->day);
}
