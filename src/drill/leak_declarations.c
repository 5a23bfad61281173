/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Declaration files with their control sums. */
#include "drill/leak_declarations.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "drill/archive_out.h"
#include "drill/forge.h"
#include "drill/place.h"

#define LINE_WIDTH        260u
#define CEILING           600000 /* centimes of the capped salary */
#define CHILD_BENEFIT     30000u
#define CLAIMS            9u
#define ARCHIVE_BYTES_MAX ((size_t)1 << 30)

static const enum attribute attributes[CLAIMS] = {ATTRIBUTE_IMMAT,
                                                  ATTRIBUTE_FULL_NAME,
                                                  ATTRIBUTE_CARD,
                                                  ATTRIBUTE_LINE_EMPLOYER,
                                                  ATTRIBUTE_LINE_EMPLOYER_NAME,
                                                  ATTRIBUTE_LINE_EMPLOYER_ADDRESS,
                                                  ATTRIBUTE_LINE_EMPLOYER_CITY,
                                                  ATTRIBUTE_LINE_DAYS,
                                                  ATTRIBUTE_LINE_SALARY};
static const char *const columns[CLAIMS] = {"immat",   "name", "cin",  "affil", "employer",
                                            "address", "city", "days", "real"};
enum {
    IMMAT,
    NAME,
    CARD,
    AFFIL,
    EMPLOYER,
    ADDRESS,
    CITY,
    DAYS,
    REAL
};

/* How far the forger of a file went. */
enum forgery {
    FORGERY_NONE,
    FORGERY_LINE,   /* changed salaries only */
    FORGERY_SUM,    /* and the line's control sum */
    FORGERY_TOTALS, /* and all totals */
};

/* Totals of one sort of lines, and what they would be without the forgery. */
struct totals {
    uint64_t count, children, due, immat, days, real, capped, control;
};

struct declaration {
    const struct world *world;
    const struct filing *filing;
    uint16_t month;
    int32_t filed;
    enum forgery forgery;
    struct dice dice;
    struct totals known, entrants;
    struct buf text;
    struct claim claims[CLAIMS];
    struct person person;
    uint64_t records;
    size_t exhibit;
    const char *path;
};

/* Upper-case A to Z, digits and spaces, padded: all that the format allows. */
static void add_field(struct buf *out, const char *text, unsigned width)
{
    static const char folds[] = "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTSAAAAAAACEEEEIIIIDNOOOOO/OUUUUYTY";
    unsigned written = 0;

    for (const unsigned char *c = (const unsigned char *)text; *c && written < width; c++) {
        unsigned char byte = *c;

        if (byte == 0xc3 && c[1] >= 0x80)
            byte = (unsigned char)folds[*++c - 0x80];
        buf_add_byte(out, isalnum(byte) && byte < 128 ? (char)toupper(byte) : ' ');
        written++;
    }
    for (; written < width; written++)
        buf_add_byte(out, ' ');
}

static void end_line(struct buf *out, size_t begin)
{
    while (!out->failed && out->length - begin < LINE_WIDTH)
        buf_add_byte(out, ' ');
    buf_add_text(out, "\r\n");
}

static size_t begin_line(struct declaration *d, const char *type)
{
    size_t begin = d->text.length;

    buf_add_text(&d->text, type);
    employer_add_affil(d->world, d->filing->employer, &d->text);
    text_add_padded(&d->text, d->month / 12u, 4);
    text_add_padded(&d->text, d->month % 12u + 1, 2);
    return begin;
}

static void add_day(struct buf *out, int32_t days)
{
    int year;
    unsigned month, day;

    civil_from_days(days, &year, &month, &day);
    text_add_padded(out, (uint64_t)year * 10000 + month * 100 + day, 8);
}

static void add_head(struct declaration *d)
{
    struct employer employer;
    TEXT_SCRATCH(scratch);
    size_t begin = d->text.length;

    buf_add_text(&d->text, "B00");
    text_add_padded(&d->text, 10000000u + d->filing->employer, 14);
    buf_add_text(&d->text, "B0");
    end_line(&d->text, begin);
    employer_load(d->world, d->filing->employer, &employer);
    begin = begin_line(d, "B01");
    employer_add_name(d->world, employer.number, &scratch);
    add_field(&d->text, scratch.data ? scratch.data : "", 40);
    add_field(&d->text, employer_activity(&employer), 40);
    buf_empty(&scratch);
    employer_add_address(d->world, &employer, timeline_at(&employer.home, d->filed), &scratch);
    add_field(&d->text, scratch.data ? scratch.data : "", 120);
    add_field(&d->text, cities[employer.city].name, 20);
    text_add_padded(&d->text, cities[employer.city].postal_code, 6);
    text_add_padded(&d->text, employer.city + 1u, 2);
    add_day(&d->text, d->filed / DAY_MINUTES);
    uint16_t next = (uint16_t)(d->month + 1);

    add_day(&d->text, days_from_civil(next / 12, next % 12u + 1, 10));
    end_line(&d->text, begin);
    if (scratch.failed)
        d->text.failed = scratch.failed;
}

/* Last and first name in 30 characters each. */
static void add_names(struct declaration *d, const char *full)
{
    const struct name *given = &d->world->names.given[d->person.female][d->person.given];
    size_t length = strlen(full), tail = strlen(given->latin);
    char family[CLAIM_BYTES_MAX];

    if (length <= tail + 1 || strcmp(full + length - tail, given->latin) != 0) {
        add_field(&d->text, full, 60); /* an invented name: run together, as some programs do */
        return;
    }
    memcpy(family, full, length - tail - 1);
    family[length - tail - 1] = 0;
    add_field(&d->text, family, 30);
    add_field(&d->text, given->latin, 30);
}

static int64_t centimes(const char *amount)
{
    return (int64_t)(strtod(amount, NULL) * 100 + 0.5);
}

/* One detail line; `honest` is the salary before the forgery. */
static void add_line(struct declaration *d, bool entrant, int64_t honest)
{
    int64_t real = centimes(d->claims[REAL].value);
    int64_t counted = d->forgery == FORGERY_TOTALS ? real : honest;
    int64_t summed = d->forgery >= FORGERY_SUM ? real : honest;
    uint64_t capped = (uint64_t)(real < CEILING ? real : CEILING);
    uint64_t summed_cap = (uint64_t)(summed < CEILING ? summed : CEILING);
    uint64_t counted_cap = (uint64_t)(counted < CEILING ? counted : CEILING);
    uint64_t immat = strtoull(d->claims[IMMAT].value, NULL, 10);
    uint64_t days = strtoull(d->claims[DAYS].value, NULL, 10);
    uint64_t children = entrant ? 0 : dice_below(&d->dice, 4);
    uint64_t control = immat + days + (uint64_t)summed + summed_cap;
    struct totals *totals = entrant ? &d->entrants : &d->known;
    size_t begin = begin_line(d, entrant ? "B04" : "B02");

    text_add_padded(&d->text, immat, 9);
    add_names(d, d->claims[NAME].value);
    if (entrant) {
        add_field(&d->text, d->claims[CARD].value, 8);
    } else {
        text_add_padded(&d->text, children, 2);
        text_add_padded(&d->text, children * CHILD_BENEFIT, 6);
        text_add_padded(&d->text, 0, 6);
        text_add_padded(&d->text, children * CHILD_BENEFIT, 6);
        text_add_padded(&d->text, 0, 6);
    }
    text_add_padded(&d->text, days, 2);
    text_add_padded(&d->text, (uint64_t)real, 13);
    text_add_padded(&d->text, capped, 9);
    if (!entrant)
        buf_add(&d->text, "  ", 2);
    text_add_padded(&d->text, control, 19);
    end_line(&d->text, begin);
    totals->count++;
    totals->children += children;
    totals->due += children * CHILD_BENEFIT;
    totals->immat += immat;
    totals->days += days;
    totals->real += (uint64_t)counted;
    totals->capped += counted_cap;
    totals->control += immat + days + (uint64_t)counted + counted_cap;
}

static void add_totals_known(struct declaration *d)
{
    const struct totals *t = &d->known;
    size_t begin = begin_line(d, "B03");

    text_add_padded(&d->text, t->count, 6);
    text_add_padded(&d->text, t->children, 6);
    text_add_padded(&d->text, t->due, 12);
    text_add_padded(&d->text, 0, 12);
    text_add_padded(&d->text, t->due, 12);
    text_add_padded(&d->text, t->immat, 15);
    text_add_padded(&d->text, 0, 12);
    text_add_padded(&d->text, t->days, 6);
    text_add_padded(&d->text, t->real, 15);
    text_add_padded(&d->text, t->capped, 13);
    text_add_padded(&d->text, t->control, 19);
    end_line(&d->text, begin);
}

static void add_totals(struct declaration *d, const char *type, const struct totals *t)
{
    size_t begin = begin_line(d, type);

    text_add_padded(&d->text, t->count, 6);
    text_add_padded(&d->text, t->immat, 15);
    text_add_padded(&d->text, t->days, 6);
    text_add_padded(&d->text, t->real, 15);
    text_add_padded(&d->text, t->capped, 13);
    text_add_padded(&d->text, t->control, 19);
    end_line(&d->text, begin);
}

static int add_truth(struct declaration *d, bool entrant, bool invented, struct truth *truth,
                     struct tq_error *err)
{
    struct truth_record record = {.exhibit = d->exhibit,
                                  .number = ++d->records,
                                  .table = d->path,
                                  .kind = KIND_PERSON,
                                  .subject = d->person.number,
                                  .claims = d->claims,
                                  .claim_count = CLAIMS,
                                  .columns = columns};

    if (!entrant)
        d->claims[CARD].verdict = CELL_NOT_JUDGED;
    record.verdict = claims_judge(d->claims, CLAIMS);
    if (invented) {
        record.subject = NOBODY;
        record.verdict = RECORD_UNFOUNDED;
    }
    return truth_add_record(truth, &record, err);
}

/* The line of one employee, honest, altered or invented. */
static int declare(struct declaration *d, uint32_t number, bool entrants, struct truth *truth,
                   struct tq_error *err)
{
    struct subject subject = {.person = &d->person};

    person_load(d->world, number, &d->person);
    const struct declared_month *line = &d->person.months[d->filing->month];
    uint32_t job = 0;

    while (job + 1 < d->person.jobs.count && d->person.jobs.versions[job].value != line->employer)
        job++;
    int32_t since = d->person.jobs.versions[job].valid / DAY_MINUTES;
    bool entrant = since >= days_from_civil(d->month / 12, d->month % 12u + 1, 1);

    if (line->known > d->filed || entrant != entrants)
        return TQ_OK;
    for (unsigned i = 0; i < CLAIMS; i++)
        claim_fill(d->world, subject, attributes[i], d->month, d->filed, &d->claims[i]);
    int64_t honest = centimes(d->claims[REAL].value);
    double u = dice_unit(&d->dice);
    bool invented = d->forgery != FORGERY_NONE && u < 0.04;

    if (invented)
        forge_fabricate(d->world, subject, true, d->claims, CLAIMS, &d->dice);
    else if (d->forgery != FORGERY_NONE && u < 0.24)
        (void)forge_alter(d->world, subject, &d->claims[REAL], &d->dice);
    add_line(d, entrant, honest);
    return add_truth(d, entrant, invented, truth, err);
}

static int add_lines(struct declaration *d, bool entrants, struct truth *truth,
                     struct tq_error *err)
{
    for (size_t i = 0; i < d->filing->person_count; i++) {
        int r = declare(d, d->filing->persons[i], entrants, truth, err);

        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int fill_file(struct declaration *d, struct truth *truth, struct tq_error *err)
{
    add_head(d);
    int r = add_lines(d, false, truth, err);

    if (r < 0)
        return r;
    add_totals_known(d);
    r = add_lines(d, true, truth, err);
    if (r < 0)
        return r;
    struct totals all = {.count = d->known.count + d->entrants.count,
                         .immat = d->known.immat + d->entrants.immat,
                         .days = d->known.days + d->entrants.days,
                         .real = d->known.real + d->entrants.real,
                         .capped = d->known.capped + d->entrants.capped,
                         .control = d->known.control + d->entrants.control};

    add_totals(d, "B05", &d->entrants);
    add_totals(d, "B06", &all);
    return buf_check(&d->text, err);
}

static enum forgery draw_forgery(struct dice *dice)
{
    double u = dice_unit(dice);

    return u < 0.7 ? FORGERY_NONE : u < 0.8 ? FORGERY_LINE : u < 0.9 ? FORGERY_SUM : FORGERY_TOTALS;
}

static int write_file(struct declaration *d, const char *prefix, struct archive_out *archive,
                      struct truth *truth, struct tq_error *err)
{
    struct buf path CLEANUP(buf_clear_cleanup) = {0};

    buf_format(&path, "%s!/", prefix);
    size_t name = path.length;

    buf_add_text(&path, "DS_");
    employer_add_affil(d->world, d->filing->employer, &path);
    buf_format(&path, "_%04u%02u.txt", d->month / 12u, d->month % 12u + 1);
    int r = buf_check(&path, err);

    if (r < 0)
        return r;
    d->path = path.data;
    r = truth_add_exhibit(truth, path.data, "ebds", &d->exhibit, err);
    if (r == TQ_OK)
        r = fill_file(d, truth, err);
    if (r == TQ_OK)
        r = truth_set_content(truth, d->exhibit, buf_slice(&d->text), err);
    if (r == TQ_OK)
        r = archive_out_add(archive, path.data + name, buf_slice(&d->text), d->filed, err);
    return r;
}

static int write_files(const struct world *world, const struct filing_plan *plan,
                       const char *prefix, struct archive_out *archive, struct truth *truth,
                       struct tq_error *err)
{
    struct declaration *d CLEANUP(free_cleanup) = alloc_zeroed(1, sizeof(*d));
    struct buf text CLEANUP(buf_clear_cleanup) = {0};
    int r = d ? TQ_OK : tq_no_memory(err);

    for (uint32_t i = 0; r == TQ_OK && i < plan->count; i++) {
        const struct filing *filing = &plan->filings[i];

        if (filing->person_count == 0)
            continue;
        buf_empty(&text);
        *d = (struct declaration){.world = world, .filing = filing, .text = text};
        text = (struct buf){0};
        d->month = (uint16_t)(world->month_first + filing->month);
        d->filed = world_filing(world, filing->employer, filing->month);
        d->dice = dice_for(world->seed, DICE_FILE_LINE, filing->employer);
        d->forgery = draw_forgery(&d->dice);
        r = write_file(d, prefix, archive, truth, err);
        text = d->text;
    }
    return r;
}

/* The inner archive goes to a file of its own first, then whole into the outer one. */
static int wrap(const char *inner, const char *outer, const char *name, struct truth *truth,
                size_t exhibit, struct tq_error *err)
{
    struct buf content CLEANUP(buf_clear_cleanup) = {0};
    struct archive_out *archive;
    int r = file_load(inner, ARCHIVE_BYTES_MAX, &content, err);

    (void)unlink(inner);
    if (r == TQ_OK)
        r = truth_set_content(truth, exhibit, buf_slice(&content), err);
    if (r == TQ_OK)
        r = archive_out_open(outer, ARCHIVE_ZIP, &archive, err);
    if (r < 0)
        return r;
    r = archive_out_add(archive, name, buf_slice(&content), 0, err);
    if (r < 0) {
        archive_out_drop(archive);
        return r;
    }
    return archive_out_close(archive, err);
}

static int write_inner(const struct world *world, const struct filing_plan *plan, const char *inner,
                       const char *prefix, struct truth *truth, struct tq_error *err)
{
    struct archive_out *archive;
    int r = archive_out_open(inner, ARCHIVE_TAR_GZ, &archive, err);

    if (r < 0)
        return r;
    r = truth_begin_part(truth, prefix, err);
    if (r == TQ_OK)
        r = write_files(world, plan, prefix, archive, truth, err);
    if (r == TQ_OK)
        r = truth_end_part(truth, err);
    if (r < 0) {
        archive_out_drop(archive);
        return r;
    }
    return archive_out_close(archive, err);
}

int leak_declarations_write(const struct world *world, const struct filing_plan *plan,
                            const char *leak, const struct leak_names *names, struct truth *truth,
                            struct tq_error *err)
{
    char *outer CLEANUP(free_cleanup) = file_join(leak, names->declarations);
    struct buf inner CLEANUP(buf_clear_cleanup) = {0}, prefix CLEANUP(buf_clear_cleanup) = {0};
    size_t outer_exhibit, inner_exhibit;

    buf_format(&inner, "%s.part", outer ? outer : "");
    buf_format(&prefix, "%s!/%s", names->declarations, names->inner_archive);
    int r = outer ? buf_check(&inner, err) : tq_no_memory(err);

    if (r == TQ_OK)
        r = buf_check(&prefix, err);
    if (r == TQ_OK)
        r = truth_add_exhibit(truth, names->declarations, "zip", &outer_exhibit, err);
    if (r == TQ_OK)
        r = truth_add_exhibit(truth, prefix.data, "tar", &inner_exhibit, err);
    if (r == TQ_OK)
        r = write_inner(world, plan, inner.data, prefix.data, truth, err);
    if (r == TQ_OK)
        r = wrap(inner.data, outer, names->inner_archive, truth, inner_exhibit, err);
    return r < 0 ? r : truth_set_file(truth, outer_exhibit, outer, err);
}
