/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The leaked lists of persons and companies. */
#include "drill/leak_list.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "drill/chosen.h"

#define COLUMNS_MAX    16u
#define REMEMBERED     64u /* rows that a duplicate may repeat */
#define STALE_TRIES    8
#define STALE_MIN_DAYS 40
#define STALE_MAX_DAYS 1100

struct column {
    enum attribute what;
    const char *header;
};

static const struct column person_columns[] = {
    {ATTRIBUTE_ROW, "N_ORDRE"},
    {ATTRIBUTE_IMMAT, "N_IMMAT"},
    {ATTRIBUTE_FULL_NAME, "NOM_PRENOM"},
    {ATTRIBUTE_CARD, "CIN"},
    {ATTRIBUTE_BIRTH, "DATE_NAISS"},
    {ATTRIBUTE_SEX, "SEXE"},
    {ATTRIBUTE_PHONE, "TEL"},
    {ATTRIBUTE_EMAIL, "EMAIL"},
    {ATTRIBUTE_ADDRESS, "ADRESSE"},
    {ATTRIBUTE_CITY, "VILLE"},
    {ATTRIBUTE_ACCOUNT, "RIB"},
    {ATTRIBUTE_EMPLOYER, "N_AFFILIE"},
    {ATTRIBUTE_EMPLOYER_NAME, "EMPLOYEUR"},
    {ATTRIBUTE_LAST_SALARY, "DERNIER_SALAIRE"},
    {ATTRIBUTE_ALIEN, "REF_LOT"},
};

static const struct column firm_columns[] = {
    {ATTRIBUTE_ROW, "N"},
    {ATTRIBUTE_FIRM_NUMBER, "N_AFFILIE"},
    {ATTRIBUTE_FIRM_NAME, "RAISON_SOCIALE"},
    {ATTRIBUTE_FIRM_ICE, "ICE"},
    {ATTRIBUTE_FIRM_TRADE_NO, "RC"},
    {ATTRIBUTE_FIRM_ACTIVITY, "ACTIVITE"},
    {ATTRIBUTE_FIRM_ADDRESS, "ADRESSE"},
    {ATTRIBUTE_FIRM_CITY, "VILLE"},
    {ATTRIBUTE_FIRM_PHONE, "TELEPHONE"},
    {ATTRIBUTE_FIRM_STATUS, "STATUT"},
    {ATTRIBUTE_FIRM_DATE, "DATE_AFFILIATION"},
    {ATTRIBUTE_ALIEN, "SCORE"},
};

/* What a row is made from; a duplicate repeats that of an earlier row. */
struct recipe {
    enum treatment treatment;
    uint32_t subject; /* number, perhaps of an outsider */
    uint32_t row;     /* whose random numbers it uses */
};

struct list {
    const struct world *world;
    unsigned kind;
    uint32_t rows;
    char delimiter;
    bool latin; /* windows-1252; else UTF-8 */
    bool crlf;
    struct style style;
    struct mixture mixture;
    struct column columns[COLUMNS_MAX];
    uint32_t column_count;
    uint16_t month; /* of the last salary */
    struct permutation order;
    uint32_t candidate, next_outsider;
    struct recipe remembered[REMEMBERED];
    struct claim claims[COLUMNS_MAX];
    struct person person;
    struct employer employer;
    size_t exhibit;
    struct chosen chosen; /* of persons */
};

static enum dice_topic topic_of(const struct list *list)
{
    return list->kind == KIND_PERSON ? DICE_ROW : DICE_COMPANY_ROW;
}

static void list_init(struct list *list, const struct world *world, unsigned kind, uint32_t rows)
{
    const struct column *columns = kind == KIND_PERSON ? person_columns : firm_columns;
    struct dice dice = dice_for(world->seed, DICE_COLUMNS, kind);
    uint32_t subjects = kind == KIND_PERSON ? world->persons : world->employers;

    *list = (struct list){.world = world, .kind = kind, .rows = rows};
    list->delimiter = dice_chance(&dice, 0.6) ? ';' : ',';
    list->latin = dice_chance(&dice, 0.5);
    list->crlf = dice_chance(&dice, 0.5);
    list->style = style_draw(&dice);
    if (kind == KIND_PERSON)
        list->style.date = 0;
    list->mixture = mixture_draw(world);
    list->month = world_last_month(world->snapshot);
    list->order = permutation_make(subjects, dice_next(&dice));
    list->column_count = kind == KIND_PERSON ? sizeof(person_columns) / sizeof(person_columns[0])
                                             : sizeof(firm_columns) / sizeof(firm_columns[0]);
    memcpy(list->columns, columns, list->column_count * sizeof(*columns));
    for (uint32_t i = list->column_count - 1; world->request.shuffle_columns && i > 0; i--) {
        uint32_t other = dice_below(&dice, i + 1);
        struct column kept = list->columns[i];

        list->columns[i] = list->columns[other];
        list->columns[other] = kept;
    }
}

static struct subject subject_of(const struct list *list)
{
    return list->kind == KIND_PERSON ? (struct subject){.person = &list->person}
                                     : (struct subject){.employer = &list->employer};
}

static void load(struct list *list, uint32_t number)
{
    if (list->kind == KIND_PERSON)
        person_load(list->world, number, &list->person);
    else
        employer_load(list->world, number, &list->employer);
}

static bool is_loaded(const struct list *list, uint32_t number)
{
    if (list->kind == KIND_PERSON)
        return list->person.number == number && list->person.month_count > 0;
    return list->employer.number == number && list->employer.home.count > 0;
}

static int32_t first_known(const struct list *list)
{
    return list->kind == KIND_PERSON ? list->person.registered
                                     : list->employer.home.versions[0].known;
}

static bool is_chosen(const struct list *list)
{
    return list->kind != KIND_PERSON || chosen_has(&list->chosen, list->world, &list->person);
}

/* The next subject, in scattered order, that the register knew at the snapshot. */
static uint32_t next_subject(struct list *list)
{
    for (;;) {
        assert(list->candidate < list->order.size);
        uint32_t number = (uint32_t)permutation_at(&list->order, list->candidate++);

        load(list, number);
        if (first_known(list) < list->world->snapshot - DAY_MINUTES && is_chosen(list))
            return number;
    }
}

static uint32_t next_outsider(struct list *list)
{
    const struct world *world = list->world;
    uint32_t first = list->kind == KIND_PERSON ? world->persons : world->employers;
    uint32_t count = list->kind == KIND_PERSON ? world->outsiders : world->employer_outsiders;

    return first + list->next_outsider++ % count;
}

static struct recipe make_recipe(struct list *list, uint32_t row)
{
    struct dice dice = dice_for(list->world->seed, topic_of(list), (uint64_t)row * 2);
    struct recipe recipe = {mixture_pick(&list->mixture, &dice), NOBODY, row};

    if (recipe.treatment == TREAT_DUPLICATE && row == 0)
        recipe.treatment = TREAT_AUTHENTIC;
    if (recipe.treatment == TREAT_DUPLICATE) {
        uint32_t back = 1 + dice_below(&dice, row < REMEMBERED ? row : REMEMBERED);

        return list->remembered[(row - back) % REMEMBERED];
    }
    recipe.subject = recipe.treatment == TREAT_OUTSIDER ? next_outsider(list) : next_subject(list);
    return recipe;
}

static void fill(struct list *list, int32_t moment, uint16_t month)
{
    for (uint32_t i = 0; i < list->column_count; i++)
        claim_fill(list->world, subject_of(list), list->columns[i].what, month, moment,
                   &list->claims[i]);
}

static bool any_missing(const struct list *list)
{
    for (uint32_t i = 0; i < list->column_count; i++)
        if (list->claims[i].verdict == CELL_MISSING)
            return true;
    return false;
}

/* Salaries of an older list are of an older month; the verdict is still that at the snapshot, for
 * the month of the whole list. */
static void judge_salary(struct list *list)
{
    for (uint32_t i = 0; i < list->column_count; i++) {
        struct claim *claim = &list->claims[i];

        if (claim->what != ATTRIBUTE_LAST_SALARY)
            continue;
        if (claim->value[0]) {
            claim->verdict =
                claim_judge(list->world, subject_of(list), claim->what, list->month, claim->value);
            claim->month = list->month;
            continue;
        }
        claim_fill(list->world, subject_of(list), claim->what, list->month, list->world->snapshot,
                   claim);
        claim->verdict = claim->value[0] ? CELL_MISSING : CELL_NOT_JUDGED;
        claim->value[0] = 0;
    }
}

/* What the register held at some earlier time; the present if none will do. */
static void fill_stale(struct list *list, struct dice *dice)
{
    const struct world *world = list->world;
    int32_t latest = world->snapshot - STALE_MIN_DAYS * DAY_MINUTES;
    int32_t earliest = world->snapshot - STALE_MAX_DAYS * DAY_MINUTES;
    int32_t first = first_known(list) + 2 * DAY_MINUTES;

    earliest = earliest > first ? earliest : first;
    for (int i = 0; i < STALE_TRIES && earliest < latest; i++) {
        int32_t moment = dice_between(dice, earliest, latest);

        fill(list, moment, world_last_month(moment));
        judge_salary(list);
        if (!any_missing(list))
            return;
    }
    fill(list, world->snapshot, list->month);
}

static void treat(struct list *list, const struct recipe *recipe, struct dice *dice)
{
    const struct world *world = list->world;
    struct subject subject = subject_of(list);

    if (recipe->treatment == TREAT_STALE)
        fill_stale(list, dice);
    else
        fill(list, world->snapshot, list->month);
    switch (recipe->treatment) {
    case TREAT_ALTERED_ONE:
    case TREAT_ALTERED_SEVERAL:
        forge_alter_some(world, subject, list->claims, list->column_count,
                         recipe->treatment == TREAT_ALTERED_SEVERAL, dice);
        break;
    case TREAT_MISATTRIBUTED:
        (void)forge_misattribute(world, subject, list->claims, list->column_count, dice);
        break;
    case TREAT_FABRICATED_RIGHT:
    case TREAT_FABRICATED_WRONG:
        forge_fabricate(world, subject, recipe->treatment == TREAT_FABRICATED_RIGHT, list->claims,
                        list->column_count, dice);
        break;
    default:
        break;
    }
}

static void show(struct list *list, const struct recipe *recipe, uint32_t row, struct dice *dice)
{
    bool respell =
        list->kind == KIND_PERSON && recipe->treatment != TREAT_OUTSIDER && dice_chance(dice, 0.06);

    for (uint32_t i = 0; i < list->column_count; i++) {
        struct claim *claim = &list->claims[i];

        if (claim->what == ATTRIBUTE_ROW)
            snprintf(claim->value, CLAIM_BYTES_MAX, "%u", row + 1);
        if (claim->what == ATTRIBUTE_ALIEN) {
            struct dice alien = dice_for(list->world->seed, topic_of(list), (uint64_t)row * 2 + 1);

            snprintf(claim->value, CLAIM_BYTES_MAX, list->kind == KIND_PERSON ? "L%c%05u" : "%c%u",
                     list->kind == KIND_PERSON ? (int)('P' + dice_below(&alien, 6)) : '0',
                     dice_below(&alien, list->kind == KIND_PERSON ? 100000 : 100));
        }
        claim_show(claim, &list->style);
        if (respell)
            forge_respell(list->world, &list->person, claim, &list->style, dice);
    }
    if (recipe->treatment == TREAT_INCOMPLETE)
        forge_spoil(list->claims, list->column_count, dice);
}

/* UTF-8 to windows-1252, for the characters up to U+00FF that the drill uses. */
static void add_latin(struct buf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c >= 0xc2 && *c <= 0xc3 && c[1]) {
            buf_add_byte(out, (char)((*c & 3) << 6 | (c[1] & 0x3f)));
            c++;
        } else {
            buf_add_byte(out, (char)*c);
        }
    }
}

static void add_row(const struct list *list, struct buf *out)
{
    TEXT_SCRATCH(cell);

    for (uint32_t i = 0; i < list->column_count; i++) {
        buf_empty(&cell);
        if (list->latin)
            add_latin(&cell, list->claims[i].shown);
        else
            buf_add_text(&cell, list->claims[i].shown);
        if (i > 0)
            buf_add_byte(out, list->delimiter);
        text_add_csv(out, buf_slice(&cell), list->delimiter);
        if (cell.failed)
            out->failed = cell.failed;
    }
    buf_add_text(out, list->crlf ? "\r\n" : "\n");
}

/* Rows of outsiders and inventions are about nobody, whatever their cells look like. */
static enum record_verdict judge(struct list *list, const struct recipe *recipe,
                                 uint32_t *out_subject)
{
    if (recipe->treatment == TREAT_OUTSIDER) {
        for (uint32_t i = 0; i < list->column_count; i++)
            if (list->claims[i].verdict != CELL_NOT_JUDGED)
                list->claims[i].verdict = CELL_UNKNOWN;
    }
    if (recipe->treatment == TREAT_OUTSIDER || recipe->treatment == TREAT_FABRICATED_RIGHT
        || recipe->treatment == TREAT_FABRICATED_WRONG) {
        *out_subject = NOBODY;
        return RECORD_UNFOUNDED;
    }
    *out_subject = recipe->subject;
    return claims_judge(list->claims, list->column_count);
}

static int write_row(struct list *list, uint32_t row, const char *path, struct text_file *file,
                     struct truth *truth, struct tq_error *err)
{
    struct recipe recipe = make_recipe(list, row);
    struct dice dice =
        dice_for(list->world->seed, topic_of(list), (uint64_t)recipe.row * 2 + (1ull << 40));
    struct truth_record record = {.exhibit = list->exhibit,
                                  .number = row + 1,
                                  .table = path,
                                  .kind = list->kind,
                                  .claims = list->claims,
                                  .claim_count = list->column_count};

    list->remembered[row % REMEMBERED] = recipe;
    if (!is_loaded(list, recipe.subject))
        load(list, recipe.subject);
    treat(list, &recipe, &dice);
    show(list, &recipe, row, &dice);
    add_row(list, &file->text);
    record.verdict = judge(list, &recipe, &record.subject);
    int r = truth_add_record(truth, &record, err);

    return r < 0 ? r : text_file_pump(file, err);
}

static int write_rows(struct list *list, const char *path, struct text_file *file,
                      struct truth *truth, struct tq_error *err)
{
    const struct drill_request *request = &list->world->request;

    for (uint32_t i = 0; !request->no_header && i < list->column_count; i++) {
        buf_add_text(&file->text, list->columns[i].header);
        if (i + 1 < list->column_count)
            buf_add_byte(&file->text, list->delimiter);
        else
            buf_add_text(&file->text, list->crlf ? "\r\n" : "\n");
    }
    for (uint32_t row = 0; row < list->rows; row++) {
        int r = write_row(list, row, path, file, truth, err);

        if (r < 0)
            return r;
        if (request->progress && row % 4096 == 0)
            request->progress(request->state, list->kind == KIND_PERSON ? "persons" : "companies",
                              (double)row / list->rows);
    }
    return TQ_OK;
}

static int write_list(struct list *list, const char *leak, const char *path, struct truth *truth,
                      struct tq_error *err)
{
    char *full CLEANUP(free_cleanup) = file_join(leak, path);
    struct text_file file;
    int r = full ? text_file_open(&file, leak, path, err) : tq_no_memory(err);

    if (r < 0)
        return r;
    r = truth_begin_part(truth, path, err);
    if (r == TQ_OK)
        r = write_rows(list, path, &file, truth, err);
    if (r == TQ_OK)
        r = truth_end_part(truth, err);
    if (r < 0) {
        text_file_drop(&file);
        return r;
    }
    r = text_file_close(&file, err);
    return r < 0 ? r : truth_set_file(truth, list->exhibit, full, err);
}

/* What of the register the list was made from. */
static void add_mosaic(const struct list *list, const char *path, struct truth *truth)
{
    static const char *const person_sources[] = {"insured",    "contact",      "accounts",
                                                 "employment", "declarations", "employers"};
    TEXT_SCRATCH(value);

    for (size_t i = 0;
         list->kind == KIND_PERSON && i < sizeof(person_sources) / sizeof(person_sources[0]); i++)
        truth_add_source(truth, path, person_sources[i]);
    if (list->kind == KIND_EMPLOYER)
        truth_add_source(truth, path, "employers");
    if (list->kind != KIND_PERSON || list->chosen.only == ONLY_NOTHING)
        return;
    chosen_add_value(&list->chosen, list->world, &value);
    truth_add_filter(truth, path, chosen_field(&list->chosen), buf_slice(&value));
}

/* Of a few chosen persons not all are leaked. */
static int choose(struct list *list, struct tq_error *err)
{
    int r = list->kind == KIND_PERSON ? chosen_find(list->world, &list->chosen, err) : TQ_OK;
    uint32_t most = list->chosen.count / 10 * 9;

    if (r == TQ_OK && list->chosen.only != ONLY_NOTHING && list->rows > most)
        list->rows = most;
    if (r == TQ_OK && list->rows == 0)
        return tq_fail(err, TQ_E_USAGE,
                       "a drill of %u persons is too small for a leak of only one employer or "
                       "city: give more --persons",
                       list->world->persons);
    return r;
}

int leak_list_write(const struct world *world, unsigned kind, uint32_t rows, const char *leak,
                    const char *path, struct truth *truth, struct tq_error *err)
{
    struct list *list CLEANUP(free_cleanup) = alloc_zeroed(1, sizeof(*list));
    int r;

    if (!list)
        return tq_no_memory(err);
    list_init(list, world, kind, rows);
    r = choose(list, err);
    if (r < 0)
        return r;
    add_mosaic(list, path, truth);
    r = truth_add_exhibit(truth, path, "csv", &list->exhibit, err);
    if (r < 0)
        return r;
    uint32_t old = list->mixture.parts[TREAT_AUTHENTIC] + list->mixture.parts[TREAT_STALE];

    truth_add_snapshot(truth, path, world->snapshot, world->snapshot,
                       list->mixture.parts[TREAT_AUTHENTIC] / (double)old);
    return write_list(list, leak, path, truth, err);
}
