/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Fixed-width declaration files of social security funds (e-BDS). The layout is data: one table
 * of fields for each type of line. Detail lines are records; what the file says once about the
 * declaration (its header and totals) is repeated in each. Control sums are checked here, since
 * a changed amount shows in them without any register.
 */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "extract/decode.h"
#include "extract/format.h"
#include "extract/row_writer.h"

#define LINE_CHARACTERS 260u
#define LINE_BYTES_MAX  ((size_t)64 << 10)
#define TYPE_WIDTH      3u
#define GROUPS_MAX      65536u /* declarations in one file whose totals are repeated */

enum column {
    COLUMN_FILLER,
    COLUMN_TYPE,
    COLUMN_TRANSFER,
    COLUMN_AFFILIATION,
    COLUMN_PERIOD,
    COLUMN_EMPLOYER,
    COLUMN_ACTIVITY,
    COLUMN_ADDRESS,
    COLUMN_CITY,
    COLUMN_POSTAL,
    COLUMN_AGENCY,
    COLUMN_ISSUED,
    COLUMN_DUE,
    COLUMN_IMMATRICULATION,
    COLUMN_NAME, /* 60 characters; many writers put the first name at the 31st, others do not */
    COLUMN_NATIONAL_ID,
    COLUMN_CHILDREN,
    COLUMN_AF_DUE,
    COLUMN_AF_DEDUCT,
    COLUMN_AF_NET,
    COLUMN_AF_RETURN,
    COLUMN_DAYS,
    COLUMN_REAL,
    COLUMN_CAPPED,
    COLUMN_SITUATION,
    COLUMN_CONTROL,
    COLUMN_TOTAL_COUNT,
    COLUMN_TOTAL_CHILDREN,
    COLUMN_TOTAL_AF_DUE,
    COLUMN_TOTAL_AF_DEDUCT,
    COLUMN_TOTAL_AF_NET,
    COLUMN_TOTAL_IMMATRICULATION,
    COLUMN_TOTAL_AF_RETURN,
    COLUMN_TOTAL_DAYS,
    COLUMN_TOTAL_REAL,
    COLUMN_TOTAL_CAPPED,
    COLUMN_TOTAL_CONTROL,
    COLUMNS
};

static const char *const column_names[COLUMNS] = {
    "",
    "line_type",
    "transfer_id",
    "affiliation_number",
    "period",
    "employer_name",
    "activity",
    "address",
    "city",
    "postal_code",
    "agency",
    "issue_date",
    "due_date",
    "registration_number",
    "name",
    "national_id",
    "children",
    "family_allowance_due",
    "family_allowance_deducted",
    "family_allowance_net",
    "family_allowance_returned",
    "days",
    "salary_real_centimes",
    "salary_capped_centimes",
    "situation",
    "control_sum",
    "total_count",
    "total_children",
    "total_family_allowance_due",
    "total_family_allowance_deducted",
    "total_family_allowance_net",
    "total_registration_number",
    "total_family_allowance_returned",
    "total_days",
    "total_salary_real",
    "total_salary_capped",
    "total_control_sum",
};

/* A field of a line: the column it goes to and its width in characters. */
struct field {
    uint8_t column, width;
};

#define FIELDS_MAX 16

/* A type of line, for the letters A (sent to the employer), B (main) and E (complementary). */
struct line_type {
    char letters[4];
    char digit;
    enum line_role {
        ROLE_HEADER,
        ROLE_DETAIL,
        ROLE_TOTAL
    } role;
    struct field fields[FIELDS_MAX]; /* ends with width 0 */
};

/* reference: domain.md 3.2; the fillers at the ends of lines are left out. */
static const struct line_type line_types[] = {
    {"ABE", '0', ROLE_HEADER, {{COLUMN_TRANSFER, 14}}},
    {"ABE",
     '1',
     ROLE_HEADER,
     {{COLUMN_AFFILIATION, 7},
      {COLUMN_PERIOD, 6},
      {COLUMN_EMPLOYER, 40},
      {COLUMN_ACTIVITY, 40},
      {COLUMN_ADDRESS, 120},
      {COLUMN_CITY, 20},
      {COLUMN_POSTAL, 6},
      {COLUMN_AGENCY, 2},
      {COLUMN_ISSUED, 8},
      {COLUMN_DUE, 8}}},
    {"A",
     '2',
     ROLE_DETAIL,
     {{COLUMN_AFFILIATION, 7},
      {COLUMN_PERIOD, 6},
      {COLUMN_IMMATRICULATION, 9},
      {COLUMN_NAME, 60},
      {COLUMN_CHILDREN, 2},
      {COLUMN_AF_DUE, 6},
      {COLUMN_AF_DEDUCT, 6},
      {COLUMN_AF_NET, 6}}},
    {"A",
     '3',
     ROLE_TOTAL,
     {{COLUMN_AFFILIATION, 7},
      {COLUMN_PERIOD, 6},
      {COLUMN_TOTAL_COUNT, 6},
      {COLUMN_TOTAL_CHILDREN, 6},
      {COLUMN_TOTAL_AF_DUE, 12},
      {COLUMN_TOTAL_AF_DEDUCT, 12},
      {COLUMN_TOTAL_AF_NET, 12},
      {COLUMN_TOTAL_IMMATRICULATION, 15}}},
    {"BE",
     '2',
     ROLE_DETAIL,
     {{COLUMN_AFFILIATION, 7},
      {COLUMN_PERIOD, 6},
      {COLUMN_IMMATRICULATION, 9},
      {COLUMN_NAME, 60},
      {COLUMN_CHILDREN, 2},
      {COLUMN_AF_DUE, 6},
      {COLUMN_AF_DEDUCT, 6},
      {COLUMN_AF_NET, 6},
      {COLUMN_AF_RETURN, 6},
      {COLUMN_DAYS, 2},
      {COLUMN_REAL, 13},
      {COLUMN_CAPPED, 9},
      {COLUMN_SITUATION, 2},
      {COLUMN_CONTROL, 19}}},
    {"BE",
     '3',
     ROLE_TOTAL,
     {{COLUMN_AFFILIATION, 7},
      {COLUMN_PERIOD, 6},
      {COLUMN_TOTAL_COUNT, 6},
      {COLUMN_TOTAL_CHILDREN, 6},
      {COLUMN_TOTAL_AF_DUE, 12},
      {COLUMN_TOTAL_AF_DEDUCT, 12},
      {COLUMN_TOTAL_AF_NET, 12},
      {COLUMN_TOTAL_IMMATRICULATION, 15},
      {COLUMN_TOTAL_AF_RETURN, 12},
      {COLUMN_TOTAL_DAYS, 6},
      {COLUMN_TOTAL_REAL, 15},
      {COLUMN_TOTAL_CAPPED, 13},
      {COLUMN_TOTAL_CONTROL, 19}}},
    {"BE",
     '4',
     ROLE_DETAIL,
     {{COLUMN_AFFILIATION, 7},
      {COLUMN_PERIOD, 6},
      {COLUMN_IMMATRICULATION, 9},
      {COLUMN_NAME, 60},
      {COLUMN_NATIONAL_ID, 8},
      {COLUMN_DAYS, 2},
      {COLUMN_REAL, 13},
      {COLUMN_CAPPED, 9},
      {COLUMN_CONTROL, 19}}},
    {"BE",
     '5',
     ROLE_TOTAL,
     {{COLUMN_AFFILIATION, 7},
      {COLUMN_PERIOD, 6},
      {COLUMN_TOTAL_COUNT, 6},
      {COLUMN_TOTAL_IMMATRICULATION, 15},
      {COLUMN_TOTAL_DAYS, 6},
      {COLUMN_TOTAL_REAL, 15},
      {COLUMN_TOTAL_CAPPED, 13},
      {COLUMN_TOTAL_CONTROL, 19}}},
    {"BE",
     '6',
     ROLE_TOTAL,
     {{COLUMN_AFFILIATION, 7},
      {COLUMN_PERIOD, 6},
      {COLUMN_TOTAL_COUNT, 6},
      {COLUMN_TOTAL_IMMATRICULATION, 15},
      {COLUMN_TOTAL_DAYS, 6},
      {COLUMN_TOTAL_REAL, 15},
      {COLUMN_TOTAL_CAPPED, 13},
      {COLUMN_TOTAL_CONTROL, 19}}},
};

/* What a total sums up. */
static const struct {
    uint8_t total, detail;
} summed[] = {
    {COLUMN_TOTAL_CHILDREN, COLUMN_CHILDREN},
    {COLUMN_TOTAL_AF_DUE, COLUMN_AF_DUE},
    {COLUMN_TOTAL_AF_DEDUCT, COLUMN_AF_DEDUCT},
    {COLUMN_TOTAL_AF_NET, COLUMN_AF_NET},
    {COLUMN_TOTAL_IMMATRICULATION, COLUMN_IMMATRICULATION},
    {COLUMN_TOTAL_AF_RETURN, COLUMN_AF_RETURN},
    {COLUMN_TOTAL_DAYS, COLUMN_DAYS},
    {COLUMN_TOTAL_REAL, COLUMN_REAL},
    {COLUMN_TOTAL_CAPPED, COLUMN_CAPPED},
    {COLUMN_TOTAL_CONTROL, COLUMN_CONTROL},
};

/* Rank of a situation in the control sum; the last three are how newer screens spell them. */
static const struct {
    char code[3];
    uint8_t rank;
} situations[] = {
    {"SO", 1}, {"DE", 2}, {"IT", 3}, {"IL", 4}, {"AT", 5}, {"CS", 6},
    {"MS", 7}, {"MP", 8}, {"CO", 6}, {"ML", 4}, {"MT", 3},
};

/* The totals of one declaration, by the digit of the line; lines are copies in the arena. */
struct group {
    struct slice total_lines[2]; /* of lines 3 and 5 */
};

struct sums {
    uint64_t count, columns[COLUMNS];
    bool whole; /* every line could be read */
};

struct ebds {
    const struct sink *sink;
    struct text_source source;
    struct row_writer writer;
    struct arena arena;
    struct group *groups; /* owned */
    size_t group_count, group_capacity;
    bool is_second_pass;

    /* Learnt in the first pass. */
    bool used[COLUMNS];
    uint32_t columns[COLUMNS]; /* where each goes; COLUMNS: nowhere */
    uint32_t column_count;

    /* State within the file. */
    uint64_t line;
    uint64_t group; /* number of the declaration, from 1 */
    char last_digit;
    struct slice header[COLUMNS]; /* values of header lines, copies in header_arena */
    struct arena header_arena;
    struct sums sums[2]; /* of details 2 and 4 */
    struct note_kind length_notes, sum_notes, unreadable;
};

static void ebds_clear(struct ebds *e)
{
    text_source_clear(&e->source);
    row_writer_clear(&e->writer);
    arena_clear(&e->arena);
    arena_clear(&e->header_arena);
    free(e->groups);
}

static const struct line_type *find_type(struct slice line)
{
    if (line.length < TYPE_WIDTH || line.data[1] != '0' || line.data[0] == '\0')
        return NULL;
    for (size_t i = 0; i < sizeof(line_types) / sizeof(line_types[0]); i++) {
        if (line.data[2] == line_types[i].digit && strchr(line_types[i].letters, line.data[0]))
            return &line_types[i];
    }
    return NULL;
}

static size_t count_characters(struct slice line)
{
    size_t count = 0;

    for (size_t i = 0; i < line.length; i++)
        count += ((unsigned char)line.data[i] & 0xC0) != 0x80;
    return count;
}

/*
 * Cut a line into its fields. Widths count characters, unless the line has the right length in
 * bytes only: then the writer counted bytes.
 */
static void cut_fields(const struct line_type *type, struct slice line,
                       struct slice out_values[COLUMNS])
{
    bool by_bytes = line.length == LINE_CHARACTERS && count_characters(line) != LINE_CHARACTERS;
    size_t at = TYPE_WIDTH;

    for (size_t i = 0; i < FIELDS_MAX && type->fields[i].width > 0; i++) {
        size_t start = at, characters = 0;

        while (at < line.length) {
            bool starts = by_bytes || ((unsigned char)line.data[at] & 0xC0) != 0x80;

            if (starts && characters == type->fields[i].width)
                break;
            characters += starts;
            at++;
        }
        out_values[type->fields[i].column] = slice_make(line.data + start, at - start);
    }
    out_values[COLUMN_TYPE] = slice_make(line.data, TYPE_WIDTH);
}

static bool parse_number(struct slice text, uint64_t *out_value)
{
    uint64_t value = 0;

    if (text.length == 0)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text.data[i] - '0'); /* 19 digits fit */
    }
    *out_value = value;
    return true;
}

static uint64_t situation_rank(struct slice situation)
{
    for (size_t i = 0; i < sizeof(situations) / sizeof(situations[0]); i++) {
        if (slice_is(situation, situations[i].code))
            return situations[i].rank;
    }
    return 0;
}

/* The control sum of a detail line; false if a part of it is no number. */
static bool control_sum(const struct slice values[COLUMNS], uint64_t *out_sum)
{
    static const uint8_t parts[] = {COLUMN_IMMATRICULATION, COLUMN_AF_RETURN, COLUMN_DAYS,
                                    COLUMN_REAL, COLUMN_CAPPED};
    uint64_t sum = situation_rank(values[COLUMN_SITUATION]), part;

    for (size_t i = 0; i < sizeof(parts); i++) {
        if (parts[i] == COLUMN_AF_RETURN && !values[COLUMN_AF_RETURN].data)
            continue; /* lines 4 have none */
        if (!parse_number(values[parts[i]], &part))
            return false;
        sum += part;
    }
    *out_sum = sum;
    return true;
}

static int note_wrong(struct ebds *e, const char *what, uint64_t is, uint64_t should,
                      struct tq_error *err)
{
    bool above = is > should;

    if (e->sum_notes.count++ >= NOTE_REPEAT_MAX)
        return TQ_OK;
    return emit_note(e->sink, e->line, err, "%s is wrong: %" PRIu64 " too %s", what,
                     above ? is - should : should - is, above ? "high" : "low");
}

static int check_detail(struct ebds *e, const struct slice values[COLUMNS], struct tq_error *err)
{
    struct sums *sums = &e->sums[values[COLUMN_TYPE].data[2] == '4'];
    uint64_t is, should;

    sums->count++;
    for (size_t i = 0; i < sizeof(summed) / sizeof(summed[0]); i++) {
        uint64_t value;

        if (parse_number(values[summed[i].detail], &value))
            sums->columns[summed[i].detail] += value;
        else if (values[summed[i].detail].data)
            sums->whole = false;
    }
    if (!parse_number(values[COLUMN_CONTROL], &is))
        return TQ_OK;
    if (!control_sum(values, &should) || is == should)
        return TQ_OK;
    return note_wrong(e, "the control sum of the line", is, should, err);
}

/* Some writers have the returned allowances before the sum of numbers in line 3. */
static bool matches_swapped(const struct slice line, const struct sums *sums)
{
    const size_t at = TYPE_WIDTH + 7 + 6 + 6 + 6 + 12 + 12 + 12;
    uint64_t returned, numbers;

    return line.length >= at + 27 && parse_number(slice_make(line.data + at, 12), &returned)
           && parse_number(slice_make(line.data + at + 12, 15), &numbers)
           && returned == sums->columns[COLUMN_AF_RETURN]
           && numbers == sums->columns[COLUMN_IMMATRICULATION];
}

static int check_total(struct ebds *e, const struct slice values[COLUMNS], struct slice line,
                       struct tq_error *err)
{
    char digit = values[COLUMN_TYPE].data[2];
    struct sums both = e->sums[0];
    const struct sums *sums = digit == '5' ? &e->sums[1] : digit == '6' ? &both : &e->sums[0];
    bool swapped = digit == '3' && matches_swapped(line, sums);
    uint64_t is;

    both.count += e->sums[1].count;
    both.whole &= e->sums[1].whole;
    for (size_t i = 0; i < COLUMNS; i++)
        both.columns[i] += e->sums[1].columns[i];
    if (!sums->whole)
        return TQ_OK;

    if (parse_number(values[COLUMN_TOTAL_COUNT], &is) && is != sums->count) {
        int r = note_wrong(e, "the number of lines", is, sums->count, err);

        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < sizeof(summed) / sizeof(summed[0]); i++) {
        uint64_t should = sums->columns[summed[i].detail];
        int r;

        if (swapped
            && (summed[i].detail == COLUMN_AF_RETURN || summed[i].detail == COLUMN_IMMATRICULATION))
            continue;
        if (!parse_number(values[summed[i].total], &is) || is == should)
            continue;
        r = note_wrong(e, column_names[summed[i].total], is, should, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static void begin_group(struct ebds *e)
{
    e->group++;
    memset(e->header, 0, sizeof(e->header));
    arena_reset(&e->header_arena);
    e->sums[0] = (struct sums){.whole = true};
    e->sums[1] = (struct sums){.whole = true};
}

static int take_header(struct ebds *e, const struct slice values[COLUMNS], struct tq_error *err)
{
    for (size_t i = COLUMN_TYPE + 1; i < COLUMNS; i++) {
        char *copy;

        if (!values[i].data)
            continue;
        copy = arena_text(&e->header_arena, values[i]);
        if (!copy)
            return tq_no_memory(err);
        e->header[i] = slice_make(copy, values[i].length);
    }
    return TQ_OK;
}

/* Keep a line of totals for the second pass. */
static int keep_total(struct ebds *e, struct slice line, struct tq_error *err)
{
    char *copy;
    int r;

    if (line.data[2] == '6' || e->group > GROUPS_MAX || e->group == 0)
        return TQ_OK;
    r = alloc_reserve(&e->groups, &e->group_capacity, (size_t)e->group, sizeof(*e->groups), err);
    if (r < 0)
        return r;
    while (e->group_count < e->group)
        e->groups[e->group_count++] = (struct group){0};
    copy = arena_text(&e->arena, line);
    if (!copy)
        return tq_no_memory(err);
    e->groups[e->group - 1].total_lines[line.data[2] == '5'] = slice_make(copy, line.length);
    return TQ_OK;
}

/* Put a value into the row where its column is; header and total values fill empty columns. */
static void place_values(const struct ebds *e, const struct slice values[COLUMNS],
                         struct slice *row)
{
    for (size_t i = COLUMN_TYPE; i < COLUMNS; i++) {
        if (values[i].data && e->columns[i] < COLUMNS)
            row[e->columns[i]] = slice_trim(values[i]);
    }
}

static int emit_row(struct ebds *e, const struct slice *row, uint8_t flags, struct tq_error *err)
{
    for (uint32_t i = 0; i < e->column_count; i++) {
        int r = row_writer_cell(&e->writer, row[i], err);

        if (r < 0)
            return r;
    }
    return row_writer_row(&e->writer, e->line, flags, err);
}

static int emit_detail(struct ebds *e, const struct slice values[COLUMNS], uint8_t flags,
                       struct tq_error *err)
{
    struct slice row[COLUMNS] = {{0}}, totals[COLUMNS] = {{0}};
    size_t which = values[COLUMN_TYPE].data[2] == '4';

    if (e->group > 0 && e->group <= e->group_count) {
        struct slice line = e->groups[e->group - 1].total_lines[which];
        const struct line_type *type = line.data ? find_type(line) : NULL;

        if (type)
            cut_fields(type, line, totals);
    }
    place_values(e, totals, row);
    place_values(e, e->header, row);
    place_values(e, values, row);
    return emit_row(e, row, flags, err);
}

/* All columns of a file of this sort (by its letter), whether it has lines of each type or not:
 * files of one sort make tables of one shape. */
static void learn_columns(struct ebds *e, char letter)
{
    e->used[COLUMN_TYPE] = true;
    for (size_t t = 0; t < sizeof(line_types) / sizeof(line_types[0]); t++) {
        const struct line_type *type = &line_types[t];

        if (!strchr(type->letters, letter) || type->digit == '6')
            continue;
        for (size_t i = 0; i < FIELDS_MAX && type->fields[i].width > 0; i++)
            e->used[type->fields[i].column] = true;
    }
}

static int first_look(struct ebds *e, const struct line_type *type, struct slice line,
                      struct tq_error *err)
{
    learn_columns(e, line.data[0]);
    return type->role == ROLE_TOTAL ? keep_total(e, line, err) : TQ_OK;
}

static int second_look(struct ebds *e, const struct line_type *type, struct slice line,
                       const struct slice values[COLUMNS], struct tq_error *err)
{
    size_t characters = count_characters(line);
    bool odd = characters != LINE_CHARACTERS && line.length != LINE_CHARACTERS;
    int r;

    if (odd) {
        r = note_kind_add(&e->length_notes, e->sink, e->line, err);
        if (r < 0)
            return r;
    }
    if (type->role == ROLE_HEADER)
        return take_header(e, values, err);
    if (type->role == ROLE_TOTAL)
        return check_total(e, values, line, err);
    r = check_detail(e, values, err);
    return r < 0 ? r : emit_detail(e, values, odd ? ROW_RAGGED : 0, err);
}

/* A line of no known type: a record that could not be read. */
static int take_unknown(struct ebds *e, struct slice line, struct tq_error *err)
{
    struct slice row[COLUMNS] = {{0}};
    int r;

    if (slice_trim(line).length == 0 || !e->is_second_pass)
        return TQ_OK;
    r = note_kind_add(&e->unreadable, e->sink, e->line, err);
    if (r < 0)
        return r;
    e->sums[0].whole = e->sums[1].whole = false;
    row[0] = line;
    return emit_row(e, row, ROW_UNREADABLE, err);
}

static int take_line(struct ebds *e, struct slice line, struct tq_error *err)
{
    struct slice values[COLUMNS] = {{0}};
    const struct line_type *type;

    e->line++;
    while (line.length > 0
           && (line.data[line.length - 1] == '\r' || line.data[line.length - 1] == '\x1A'))
        line.length--;
    type = find_type(line);
    if (!type)
        return take_unknown(e, line, err);
    if (type->digit == '0' || (type->digit == '1' && e->last_digit != '0') || e->group == 0)
        begin_group(e);
    e->last_digit = type->digit;
    cut_fields(type, line, values);
    return e->is_second_pass ? second_look(e, type, line, values, err)
                             : first_look(e, type, line, err);
}

/* All lines of the exhibit, once. */
static int pass(struct ebds *e, struct tq_error *err)
{
    struct text_source *source = &e->source;
    size_t at = 0;

    e->line = e->group = 0;
    e->last_digit = 0;
    for (;;) {
        size_t left = source->length - at;
        const char *mark = left ? memchr(source->text + at, '\n', left) : NULL;
        size_t length = mark ? (size_t)(mark - source->text) - at : left;
        int r;

        if (!mark && !source->final && length < LINE_BYTES_MAX) {
            r = text_source_more(source, at, err);
            if (r < 0)
                return r;
            at = 0;
            continue;
        }
        if (!mark && left == 0)
            return TQ_OK;
        r = take_line(e, slice_make(source->text + at, length), err);
        if (r < 0)
            return r;
        at += length + (mark != NULL);
    }
}

/* Number the columns that this file has, and announce the table. */
static int announce(struct ebds *e, struct tq_error *err)
{
    struct slice headers[COLUMNS];

    e->used[COLUMN_FILLER] = false;
    for (size_t i = 0; i < COLUMNS; i++) {
        e->columns[i] = COLUMNS;
        if (!e->used[i])
            continue;
        e->columns[i] = e->column_count;
        headers[e->column_count++] = slice_of(column_names[i]);
    }
    if (e->column_count == 0) {
        e->column_count = 1;
        headers[0] = SLICE_LITERAL("line_type");
    }
    return row_writer_table(&e->writer, (struct slice){0}, e->column_count, headers, err);
}

static int ebds_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    CLEANUP(ebds_clear)
    struct ebds e = {
        .sink = sink,
        .source = {.fd = -1},
        .length_notes = {"the line is shorter or longer than 260 characters", 0},
        .sum_notes = {"a control sum or total is wrong", 0},
        .unreadable = {"a line of no known type", 0},
    };
    int r;

    (void)limits;
    row_writer_init(&e.writer, sink);
    r = emit_type(sink, "ebds", err);
    if (r < 0)
        return r;
    r = text_source_open(&e.source, input->fd, input->size_bytes, err);
    if (r < 0)
        return r;
    r = pass(&e, err);
    if (r < 0)
        return r;
    r = announce(&e, err);
    if (r < 0)
        return r;
    text_source_rewind(&e.source);
    e.is_second_pass = true;
    r = pass(&e, err);
    if (r < 0)
        return r;
    r = row_writer_finish(&e.writer, err);
    if (r < 0)
        return r;
    r = note_kind_finish(&e.length_notes, sink, err);
    if (r < 0)
        return r;
    r = note_kind_finish(&e.sum_notes, sink, err);
    if (r < 0)
        return r;
    r = note_kind_finish(&e.unreadable, sink, err);
    return r < 0 ? r : text_source_report(&e.source, sink, err);
}

/* A line of ours: its type, and digits behind it. */
static bool is_ours(struct slice line)
{
    const struct line_type *type = find_type(line);
    size_t digits = type && type->digit == '0' ? 14 : 13;

    if (!type || line.length < TYPE_WIDTH + digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        char c = line.data[TYPE_WIDTH + i];

        if (c < '0' || c > '9')
            return false;
    }
    return true;
}

static enum claim ebds_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;
    struct slice rest;
    size_t lines = 0, ours = 0;

    (void)input;
    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    for (rest = buf_slice(&text); rest.length > 0;) {
        const char *mark = memchr(rest.data, '\n', rest.length);
        size_t length = mark ? (size_t)(mark - rest.data) : rest.length;

        if (length > TYPE_WIDTH && (mark || lines == 0)) {
            lines++;
            ours += is_ours(slice_make(rest.data, length));
        }
        rest = slice_skip(rest, length + 1);
    }
    return ours > 0 && ours * 10 >= lines * 8 ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_ebds = {"ebds", ebds_claim, ebds_read};
