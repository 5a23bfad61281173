/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A leaked table: which records it has, and how they are written. */
#include "institution/leak_out.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/file.h"
#include "drill/world.h"
#include "institution/only.h"
#include "institution/plain_text.h"
#include "institution/tamper.h"

#define REMEMBERED     64u /* rows that a duplicate may repeat */
#define STALE_TRIES    12
#define STALE_MIN_DAYS 50
#define STALE_MAX_DAYS 1200
#define OLDER_SHARE    0.3  /* of scattered rows */
#define GLUED_SHARE    0.45 /* of rows before the seam */
#define NAME_WIDTH     44u
#define TEXT_WIDTH     40u
#define SHORT_WIDTH    12u

/* Parts of 100 of what is done to records: "std" and "dirty" of the reference. */
enum treatment {
    AUTHENTIC,
    STALE,
    INCOMPLETE,
    ALTERED,
    MISATTRIBUTED,
    OUTSIDER,
    DUPLICATE
};

static const uint8_t mixtures[2][DUPLICATE + 1] = {
    {58, 9, 8, 9, 4, 10, 2},
    {21, 10, 8, 25, 4, 30, 2},
};

/* What a row is made from; a duplicate repeats that of an earlier row. */
struct recipe {
    enum treatment treatment;
    uint32_t subject;
    uint32_t row; /* whose random numbers it uses */
};

struct table {
    const struct institution *institution;
    const struct leak *leak;
    unsigned number;
    enum mixing mixing;
    struct permutation order;
    uint32_t candidate;
    struct recipe remembered[REMEMBERED];
    uint32_t rows;
    size_t exhibit;
    struct row row;
};

static enum treatment pick_treatment(const struct table *table, struct dice *dice)
{
    const uint8_t *parts = mixtures[table->institution->dirty];
    uint32_t u = dice_below(dice, 100), treatment = 0;

    while (u >= parts[treatment])
        u -= parts[treatment++];
    return (enum treatment)treatment;
}

/* The next member, in scattered order, whom the register knew at every moment of the table. */
static uint32_t next_member(struct table *table)
{
    const struct institution *institution = table->institution;

    for (;;) {
        uint32_t number =
            (uint32_t)permutation_at(&table->order, table->candidate++ % institution->persons);

        member_load(institution, number, &table->row.member);
        if (table->row.member.joined < institution->older - DAY_MINUTES
            && only_has(institution, &table->row.member))
            return number;
    }
}

static struct recipe make_recipe(struct table *table, uint32_t row)
{
    struct dice dice = dice_for(table->institution->seed, DICE_LEAK_ROW,
                                (uint64_t)row * 2 * LEAKS + table->number);
    struct recipe recipe = {pick_treatment(table, &dice), NOBODY, row};

    if (recipe.treatment == DUPLICATE && row == 0)
        recipe.treatment = AUTHENTIC;
    if (recipe.treatment == DUPLICATE) {
        uint32_t back = 1 + dice_below(&dice, row < REMEMBERED ? row : REMEMBERED);

        return table->remembered[(row - back) % REMEMBERED];
    }
    recipe.subject = recipe.treatment == OUTSIDER
                         ? institution_outsider(table->institution, table->number, row)
                         : next_member(table);
    return recipe;
}

/* The moment at which the row was drawn. */
static int32_t draw_moment(const struct table *table, uint32_t row, struct dice *dice)
{
    const struct institution *institution = table->institution;
    bool older = false;

    if (table->mixing == MIXING_SCATTERED)
        older = dice_chance(dice, OLDER_SHARE);
    if (table->mixing == MIXING_GLUED)
        older = row < (uint32_t)(table->rows * GLUED_SHARE);
    return older ? institution->older : institution->snapshot;
}

/* Something shown was held neither at T0 nor at the older moment. */
static bool is_stale(const struct row *row)
{
    for (uint32_t i = 0; i < row->cell_count; i++)
        if (row->cells[i].verdict == CELL_AGREES_EARLIER
            && !row_holds(row, &row->cells[i], row->institution->snapshot))
            return true;
    return false;
}

/* Values of before every snapshot of the table, for a member of whom something changed since. */
static bool fill_stale(struct table *table, struct dice *dice)
{
    const struct institution *institution = table->institution;
    struct row *row = &table->row;
    int32_t newest = table->mixing == MIXING_ONE ? institution->snapshot : institution->older;
    int32_t latest = newest - STALE_MIN_DAYS * DAY_MINUTES;
    int32_t earliest = newest - STALE_MAX_DAYS * DAY_MINUTES;

    row->snapshot = newest;
    if (earliest < row->member.joined + 2 * DAY_MINUTES)
        earliest = row->member.joined + 2 * DAY_MINUTES;
    for (int i = 0; i < STALE_TRIES && earliest < latest; i++) {
        row_fill(row, dice_between(dice, earliest, latest));
        if (is_stale(row))
            return true;
    }
    return false;
}

static void treat(struct table *table, const struct recipe *recipe, uint32_t row_number,
                  struct dice *dice)
{
    struct row *row = &table->row;

    row->snapshot = draw_moment(table, row_number, dice);
    int32_t moment = row->snapshot;

    if (recipe->treatment == STALE && fill_stale(table, dice))
        return;
    row->snapshot = moment;
    row_fill(row, moment);
    if (recipe->treatment == ALTERED)
        tamper_alter(row, institution_ghost(table->institution, table->number, recipe->row, 0),
                     dice);
    if (recipe->treatment == MISATTRIBUTED)
        tamper_misattribute(row, moment, dice);
}

/* Spellings are drawn by the row's own number: a duplicate may be spelt otherwise. */
static void show(struct table *table, const struct recipe *recipe, uint32_t number,
                 struct dice *dice)
{
    struct row *row = &table->row;
    struct dice spelling = dice_for(table->institution->seed, DICE_LEAK_SPELLING,
                                    (uint64_t)number * LEAKS + table->number);

    if (dice_below(&spelling, 100) < table->institution->respelled)
        tamper_respell(row, &spelling);
    for (uint32_t i = 0; i < row->cell_count; i++)
        row_show(row, &row->cells[i]);
    if (recipe->treatment == INCOMPLETE)
        tamper_spoil(row, dice);
}

static enum record_verdict judge(struct table *table, const struct recipe *recipe,
                                 uint32_t *out_subject)
{
    struct row *row = &table->row;

    if (recipe->treatment != OUTSIDER) {
        *out_subject = recipe->subject;
        return row_judge(row);
    }
    for (uint32_t i = 0; i < row->cell_count; i++)
        row->cells[i].verdict = CELL_UNKNOWN;
    *out_subject = NOBODY;
    return RECORD_UNFOUNDED;
}

static uint32_t width_of(const struct column *column)
{
    if (column->writing == WRITE_NAME)
        return NAME_WIDTH;
    return column->writing == WRITE_PLAIN ? TEXT_WIDTH : SHORT_WIDTH;
}

static void add_padded(struct buf *out, const char *text, uint32_t width)
{
    uint32_t characters[SHOWN_BYTES_MAX];
    size_t count = plain_decode(slice_of(text), characters, SHOWN_BYTES_MAX);

    buf_add_text(out, text);
    for (; count < width; count++)
        buf_add_byte(out, ' ');
}

static void add_delimited(const struct table *table, const char *text, bool first, struct buf *out)
{
    if (!first)
        buf_add_byte(out, table->leak->delimiter);
    text_add_csv(out, slice_of(text), table->leak->delimiter);
}

static void add_member(const struct cell *cell, bool first, struct buf *out)
{
    buf_add_byte(out, first ? '{' : ',');
    escape_json(out, slice_of(cell->column->header));
    buf_add_byte(out, ':');
    escape_json(out, slice_of(cell->shown));
}

/* A line of the table: headers, or the cells of a row. */
static void add_line(const struct table *table, bool headers, struct buf *out)
{
    struct buf line CLEANUP(buf_clear_cleanup) = {0};
    const struct row *row = &table->row;

    for (uint32_t i = 0; i < row->cell_count; i++) {
        const struct cell *cell = &row->cells[i];
        const char *text = headers ? cell->column->header : cell->shown;

        if (table->leak->layout == LAYOUT_JSON_LINES)
            add_member(cell, i == 0, &line);
        else if (table->leak->layout == LAYOUT_FIXED)
            add_padded(&line, text, width_of(cell->column));
        else
            add_delimited(table, text, i == 0, &line);
    }
    buf_add_text(&line, table->leak->layout == LAYOUT_JSON_LINES ? "}\n" : "\r\n");
    plain_add_encoded(out, buf_slice(&line), row->hand.encoding);
    if (line.failed)
        out->failed = line.failed;
}

static int write_row(struct table *table, uint32_t number, struct text_file *file,
                     struct truth *truth, struct tq_error *err)
{
    struct recipe recipe = make_recipe(table, number);
    struct dice dice = dice_for(table->institution->seed, DICE_LEAK_ROW,
                                ((uint64_t)recipe.row * 2 + 1) * LEAKS + table->number);
    struct truth_record record = {.exhibit = table->exhibit,
                                  .number = number + 1,
                                  .table = table->leak->file,
                                  .kind = KIND_PERSON,
                                  .claims = table->row.cells,
                                  .claim_count = table->row.cell_count};

    table->remembered[number % REMEMBERED] = recipe;
    if (table->row.member.number != recipe.subject || number == 0)
        member_load(table->institution, recipe.subject, &table->row.member);
    treat(table, &recipe, number, &dice);
    show(table, &recipe, number, &dice);
    add_line(table, false, &file->text);
    record.verdict = judge(table, &recipe, &record.subject);
    int r = truth_add_record(truth, &record, err);

    return r < 0 ? r : text_file_pump(file, err);
}

static int write_rows(struct table *table, struct text_file *file, struct truth *truth,
                      struct tq_error *err)
{
    const struct drill_request *request = &table->institution->request;

    if (table->row.hand.encoding == ENCODING_UTF16)
        buf_add_u16(&file->text, 0xfeff);
    if (table->leak->layout != LAYOUT_JSON_LINES)
        add_line(table, true, &file->text);
    for (uint32_t i = 0; i < table->rows; i++) {
        int r = write_row(table, i, file, truth, err);

        if (r < 0)
            return r;
        if (request->progress && i % 4096 == 0)
            request->progress(request->state, "leak", (double)i / table->rows);
    }
    return TQ_OK;
}

static int write_table(struct table *table, const char *leak, struct truth *truth,
                       struct tq_error *err)
{
    const char *name = table->leak->file;
    char *path CLEANUP(free_cleanup) = file_join(leak, name);
    struct text_file file;
    int r = path ? text_file_open(&file, leak, name, err) : tq_no_memory(err);

    if (r < 0)
        return r;
    r = truth_begin_part(truth, name, err);
    if (r == TQ_OK)
        r = write_rows(table, &file, truth, err);
    if (r == TQ_OK)
        r = truth_end_part(truth, err);
    if (r < 0) {
        text_file_drop(&file);
        return r;
    }
    r = text_file_close(&file, err);
    return r < 0 ? r : truth_set_file(truth, table->exhibit, path, err);
}

static void add_snapshots(const struct table *table, struct truth *truth)
{
    const struct institution *institution = table->institution;
    double older = table->mixing == MIXING_SCATTERED ? OLDER_SHARE : GLUED_SHARE;

    if (table->mixing == MIXING_ONE)
        older = 0;
    truth_add_snapshot(truth, table->leak->file, institution->snapshot, institution->snapshot,
                       1 - older);
    if (older > 0)
        truth_add_snapshot(truth, table->leak->file, institution->older, institution->older, older);
}

static bool is_shown(const struct institution *institution, const struct leak *leak,
                     unsigned history)
{
    for (uint32_t i = 0; i < leak->column_count; i++) {
        const struct column *column = &leak->columns[i];

        for (uint32_t k = 0; column->variants >> institution->variant & 1u && column->field
                             && k < column->part_count;
             k++) {
            if (institution->profile->traits[column->parts[k]].history == history)
                return true;
        }
    }
    return false;
}

/* The tables of the register whose columns the leak shows, and whom it shows. */
static void add_mosaic(const struct table *table, struct truth *truth)
{
    const struct institution *institution = table->institution;
    const struct profile *profile = institution->profile;

    for (unsigned i = 0; i < profile->history_count; i++) {
        if (is_shown(institution, table->leak, i))
            truth_add_source(truth, table->leak->file, profile->histories[i].name);
    }
    if (institution->one_town)
        truth_add_filter(truth, table->leak->file, only_field(institution),
                         buf_slice(&institution->town));
}

int leak_out_write(const struct institution *institution, unsigned number, const char *leak,
                   struct truth *truth, struct tq_error *err)
{
    struct table *table CLEANUP(free_cleanup) = alloc_zeroed(1, sizeof(*table));
    struct dice dice = dice_for(institution->seed, DICE_LEAK, number * 2 + 1);

    if (!table)
        return tq_no_memory(err);
    table->institution = institution;
    table->leak = &institution->profile->leaks[number];
    table->number = number;
    table->mixing = institution->mixings[number];
    table->rows = institution->rows;
    if (institution->one_town && table->rows > institution->town_members)
        table->rows = institution->town_members;
    table->order = permutation_make(institution->persons, dice_next(&dice));
    row_init(&table->row, institution, number);
    int r = truth_add_exhibit(truth, table->leak->file, table->leak->type, &table->exhibit, err);

    if (r < 0)
        return r;
    add_snapshots(table, truth);
    add_mosaic(table, truth);
    return write_table(table, leak, truth, err);
}
