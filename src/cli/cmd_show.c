/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tahqiq show: one exhibit, record or subject, masked unless a reason is given and written down */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "cli/command.h"
#include "cli/held_text.h"
#include "cli/record_text.h"
#include "cli/session.h"
#include "model/date_parts.h"
#include "model/document_detail.h"
#include "model/document_structure.h"
#include "model/mask.h"
#include "model/page.h"
#include "report/case_view.h"
#include "report/ground_text.h"

static const struct option_spec show_options[] = {
    {"reveal", NULL, "show values unmasked; needs --reason"},
    {"reason", "TEXT", "why; goes into the ledger"},
    {"register", "FILE.tqr", "also tell what the register held, and when"},
    {"key", "KEYFILE", "the key of the register"},
    {NULL, NULL, NULL},
};

struct showing {
    struct session *session;
    struct case_view view;
    struct held_text held; /* opened if a register is given */
    bool reveal;
};

static void print_escaped(struct slice text)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    escape_text(&out, text);
    (void)fputs(out.data ? out.data : "", stdout);
}

static void print_value(const struct showing *showing, struct slice value)
{
    CLEANUP(buf_clear_cleanup) struct buf out = {0};

    if (showing->reveal)
        escape_text(&out, value);
    else
        mask_value(&out, value);
    (void)fputs(out.data ? out.data : "", stdout);
}

/* ---- a record ---- */

/* The rules that a cell breaks. */
static void print_breaks(const struct showing *showing, const struct record_place *place,
                         const struct cell_finding *cell)
{
    size_t count;
    const struct rule_break *breaks = case_view_breaks(&showing->view, place, &count);

    for (size_t i = 0; i < count; i++) {
        const struct rule_text *rule = case_view_rule(&showing->view, breaks[i].rule);

        if (breaks[i].column != cell->column || breaks[i].line != cell->line)
            continue;
        (void)fputs("    breaks the rule ", stdout);
        print_escaped(slice_of(rule->name));
        (void)fputs(": ", stdout);
        print_escaped(slice_of(rule_about(rule, LANGUAGE_EN)));
        (void)putchar('\n');
    }
}

/* The published text of a cell; a date's parts are joined in `room`, as they were compared. */
static struct slice published_text(const struct record_text *text, const struct column_label *label,
                                   const struct cell_finding *cell, char *room)
{
    struct slice parts[DATE_PARTS_MAX];

    if (!label || label->parts.count == 0)
        return slice_trim(record_text_cell(text, cell, label ? label->source : cell->column));
    for (unsigned i = 0; i < label->parts.count; i++)
        parts[i] = record_text_cell(text, cell, label->parts.columns[i]);
    return date_parts_join(parts, label->parts.count, room);
}

static void print_cell(const struct showing *showing, const struct table_view *table,
                       const struct record_text *text, const struct cell_finding *cell)
{
    CLEANUP(buf_clear_cleanup) struct buf field = {0};
    const struct column_label *label =
        cell->column < table->column_count ? &table->columns[cell->column] : NULL;
    char room[DATE_PARTS_BYTES];

    if (label)
        column_label_format(label, cell->period, &field);
    (void)printf("  %-28s %-15s ", field.data ? field.data : "", cell_verdict_name(cell->verdict));
    print_value(showing, published_text(text, label, cell, room));
    if (cell->ground != GROUND_NONE)
        (void)printf("  (%s)", ground_text(cell->ground));
    (void)putchar('\n');
}

/* What the register held instead, where a cell does not just agree. */
static int print_held(struct showing *showing, const struct table_view *table,
                      const struct record_finding *record, const struct cell_finding *cell,
                      struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf words = {0};
    struct held_question question = {
        .kind = table->kind, .period = cell->period, .verdict = cell->verdict};
    int r;

    if (!showing->held.reg || record->subject == SUBJECT_NONE || cell->verdict == CELL_AGREES
        || cell->column >= table->column_count)
        return TQ_OK;
    question.label = &table->columns[cell->column];
    question.subject = case_subject_key(showing->view.store, table->kind_number, record->subject);
    r = held_text_add(&showing->held, &question, &words, err);
    if (r == TQ_OK && words.length > 0)
        (void)printf("    %.*s\n", (int)words.length, words.data);
    return r;
}

/* Where in its exhibit a subject was found whom a text names. */
static void print_place(const struct stored_table *stored, uint64_t place)
{
    unsigned high = (unsigned)((place & ~PLACE_IN_SHEET) >> 32), low = (unsigned)place;

    if (stored->batch_count > 0 || stored->head.shape != SHAPE_DOCUMENTS || place == 0)
        return;
    if (place & PLACE_IN_SHEET)
        (void)printf("  named in sheet %u, row %u\n", high, low);
    else if (high > 0)
        (void)printf("  named on page %u, line %u\n", high, low);
    else
        (void)printf("  named in line %u\n", low);
}

static int print_record(struct showing *showing, const struct record_place *place,
                        struct tq_error *err)
{
    const struct table_view *table = &showing->view.tables[place->table];
    const struct record_finding *record;
    const struct cell_finding *cells;
    struct record_text text = {0};
    int r = case_view_record(&showing->view, place, &record, &cells, err);

    if (r < 0)
        return r;
    print_escaped(slice_of(showing->view.exhibits.items[place->exhibit].path));
    (void)printf(":%u  %s  P=%.6f", record->record, record_verdict_name(record->verdict),
                 (double)record->posterior / PROBABILITY_ONE);
    if (record->likely)
        (void)fputs(" (likely)", stdout);
    if (record->subject != SUBJECT_NONE) {
        (void)printf("  %s ", table->kind);
        print_value(showing,
                    case_subject_key(showing->view.store, table->kind_number, record->subject));
    }
    (void)putchar('\n');
    print_place(table->stored, record->place);
    r = record_text_open(&showing->view, place, record, &text, err);
    if (r < 0)
        return r;
    for (uint32_t i = 0; i < record->cell_count && r == TQ_OK; i++) {
        print_cell(showing, table, &text, &cells[i]);
        r = print_held(showing, table, record, &cells[i], err);
        print_breaks(showing, place, &cells[i]);
    }
    record_text_close(&text);
    return r;
}

/* 0: no number of a record. */
static unsigned long long record_number(const char *text)
{
    if (strlen(text) > 18 || strspn(text, "0123456789") != strlen(text))
        return 0;
    return strtoull(text, NULL, 10);
}

/* EXHIBIT:RECORD; the last colon separates, since paths may hold some. */
static int show_record(struct showing *showing, const char *id, struct tq_error *err)
{
    const char *colon = strrchr(id, ':');
    unsigned long long record = colon ? record_number(colon + 1) : 0;
    struct slice path = slice_make(id, colon ? (size_t)(colon - id) : 0);

    if (!colon || record == 0)
        return tq_fail(err, TQ_E_USAGE, "a record is named EXHIBIT:NUMBER, not '%s'", id);
    for (size_t i = 0; i < showing->view.record_count; i++) {
        const struct record_place *place = &showing->view.records[i];

        if (place->record == record
            && slice_is(path, showing->view.exhibits.items[place->exhibit].path))
            return print_record(showing, place, err);
    }
    return tq_fail(err, TQ_E_USAGE, "there is no record '%s'; 'tahqiq export CASE records' has all",
                   id);
}

/* ---- a subject ---- */

static int show_subject(struct showing *showing, const char *id, struct tq_error *err)
{
    uint64_t found = 0;

    for (size_t i = 0; i < showing->view.record_count; i++) {
        const struct record_place *place = &showing->view.records[i];
        const struct table_view *table = &showing->view.tables[place->table];
        const struct record_finding *record;
        const struct cell_finding *cells;
        int r = case_view_record(&showing->view, place, &record, &cells, err);

        if (r < 0)
            return r;
        if (record->subject == SUBJECT_NONE
            || !slice_is(case_subject_key(showing->view.store, table->kind_number, record->subject),
                         id))
            continue;
        r = print_record(showing, place, err);
        if (r < 0)
            return r;
        found++;
    }
    if (found == 0)
        return tq_fail(err, TQ_E_USAGE, "no record names the subject '%s'", id);
    return TQ_OK;
}

/* ---- an exhibit ---- */

static int print_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                      struct tq_error *err)
{
    (void)state;
    (void)exhibit;
    (void)err;
    if (place > UINT32_MAX)
        (void)printf("  page %u line %u: ", (unsigned)(place >> 32), (unsigned)place);
    else if (place > 0)
        (void)printf("  line %u: ", (unsigned)place);
    else
        (void)fputs("  ", stdout);
    print_escaped(text);
    (void)putchar('\n');
    return TQ_OK;
}

static int print_fact(void *state, uint32_t exhibit, struct slice name, struct slice value,
                      struct tq_error *err)
{
    (void)state;
    (void)exhibit;
    (void)err;
    if (slice_is(name, DOCUMENT_EDIT_FACT)) /* a value: shown, masked, as a sign */
        return TQ_OK;
    (void)fputs("  ", stdout);
    print_escaped(name);
    (void)fputs(": ", stdout);
    print_escaped(value);
    (void)putchar('\n');
    return TQ_OK;
}

static int count_records(struct showing *showing, uint32_t position, struct tq_error *err)
{
    uint64_t tally[RECORD_VERDICT_COUNT] = {0};

    for (size_t i = 0; i < showing->view.record_count; i++) {
        const struct record_finding *record;
        const struct cell_finding *cells;
        int r;

        if (showing->view.records[i].exhibit != position)
            continue;
        r = case_view_record(&showing->view, &showing->view.records[i], &record, &cells, err);
        if (r < 0)
            return r;
        tally[record->verdict]++;
    }
    for (int i = RECORD_VERDICT_COUNT - 1; i >= 0; i--) {
        if (tally[i] > 0)
            (void)printf("  %-14s %10" PRIu64 "\n", record_verdict_name((enum record_verdict)i),
                         tally[i]);
    }
    return TQ_OK;
}

/* Of the tables that are of this exhibit alone; layouts are in the export. */
static int print_signs(const struct showing *showing, uint32_t exhibit, struct tq_error *err)
{
    const struct case_view *view = &showing->view;

    for (size_t i = 0; i < view->table_sign_count; i++) {
        const struct table_sign *sign = &view->table_signs[i];
        CLEANUP(buf_clear_cleanup) struct buf fields = {0};

        if (!sign->row.sign || view->tables[sign->table].stored->exhibit != exhibit)
            continue;
        case_view_sign_fields(view, sign, &fields);
        if (buf_check(&fields, err) < 0)
            return TQ_E_NOMEM;
        (void)printf("  sign of fabrication: %s", sign_test_name(sign->row.test));
        if (fields.length > 0) {
            (void)fputs(" (", stdout);
            print_escaped(buf_slice(&fields));
            (void)fputs(")", stdout);
        }
        (void)printf(", effect %+.2f, corrected chance %.1e\n", sign->row.effect, sign->row.chance);
    }
    return TQ_OK;
}

/* ": (share) of the table's rows or subjects, (share) of the register's". */
static void print_shares(const struct mosaic_row *row)
{
    (void)printf(": %.1f %% of %" PRIu64, row->share * 100, row->of);
    if (row->held_share >= 0)
        (void)printf(", %.1f %% of the register", row->held_share * 100);
    if (row->chance >= 0)
        (void)printf(", effect %+.2f, corrected chance %.1e", row->effect, row->chance);
}

static int print_mosaic_row(const struct showing *showing, const struct mosaic_row *row,
                            struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    case_view_mosaic_detail(row, showing->reveal, &detail);
    if (buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    (void)printf("  mosaic, %s: ", mosaic_part_name(row->part));
    print_escaped(row->name);
    if (detail.length > 0) {
        (void)fputs(" = ", stdout);
        print_escaped(buf_slice(&detail));
    }
    if (row->columns.length > 0)
        (void)printf(", columns %.*s", (int)row->columns.length, row->columns.data);
    if (row->of > 0)
        print_shares(row);
    (void)putchar('\n');
    return TQ_OK;
}

/* How a document was edited; texts of pages are masked as all values. */
static int print_document_sign(void *state, const struct document_sign_row *row,
                               struct tq_error *err)
{
    const struct showing *showing = state;
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    document_detail_say(&detail, LANGUAGE_EN, row->detail);
    if (buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    (void)printf("  sign of editing (%s): %s", document_weight_name(row->weight),
                 document_sign_name(row->sign));
    if (row->page > 0)
        (void)printf(", page %u: '", row->page);
    if (row->page > 0) {
        print_value(showing, row->before);
        (void)fputs("' -> '", stdout);
        print_value(showing, row->after);
        (void)putchar('\'');
    }
    if (detail.length > 0) {
        (void)fputs(row->page > 0 ? " (" : ": ", stdout);
        print_escaped(buf_slice(&detail));
        (void)fputs(row->page > 0 ? ")" : "", stdout);
    }
    (void)putchar('\n');
    return TQ_OK;
}

/* Sources and leads of the tables of this exhibit; what is no lead is in the export. */
static int print_mosaic(const struct showing *showing, uint32_t exhibit, struct tq_error *err)
{
    const struct case_view *view = &showing->view;
    int r = TQ_OK;

    for (size_t i = 0; i < view->mosaic.count && r == TQ_OK; i++) {
        const struct mosaic_row *row = &view->mosaic.items[i].row;

        if (view->tables[row->table].stored->exhibit == exhibit
            && (row->part != MOSAIC_COVERAGE || row->lead))
            r = print_mosaic_row(showing, row, err);
    }
    return r;
}

static int print_document_signs(struct showing *showing, const struct exhibit *exhibit,
                                struct tq_error *err)
{
    const struct exhibit_list *list = &showing->view.exhibits;
    uint32_t first = list->items[list->primary[list->position[exhibit->number]]].number;
    int r = case_document_signs(showing->view.store, first, print_document_sign, showing, err);

    if (r == TQ_OK && exhibit->type && strcmp(exhibit->type, "pdf") == 0)
        (void)fputs("  no sign of editing, or no other one, is no proof that nothing was edited\n",
                    stdout);
    return r;
}

static int print_exhibit(struct showing *showing, uint32_t position, struct tq_error *err)
{
    const struct exhibit *exhibit = &showing->view.exhibits.items[position];
    char digest[SHA256_HEX + 1];
    int r;

    hex_of(exhibit->sha256, SHA256_BYTES, digest);
    print_escaped(slice_of(exhibit->path));
    (void)printf("\n  %s, %" PRIu64 " bytes\n  sha256 %s\n",
                 exhibit->type && exhibit->type[0] ? exhibit->type : "not read",
                 exhibit->size_bytes, digest);
    r = count_records(showing, position, err);
    if (r == TQ_OK)
        r = print_signs(showing, exhibit->number, err);
    if (r == TQ_OK)
        r = print_mosaic(showing, exhibit->number, err);
    if (r == TQ_OK)
        r = print_document_signs(showing, exhibit, err);
    if (r == TQ_OK)
        r = case_facts(showing->view.store, exhibit->number, print_fact, NULL, err);
    if (r == TQ_OK)
        r = case_notes(showing->view.store, exhibit->number, print_note, NULL, err);
    return r;
}

static int show_exhibit(struct showing *showing, const char *id, struct tq_error *err)
{
    for (size_t i = 0; i < showing->view.exhibits.count; i++) {
        if (strcmp(showing->view.exhibits.items[i].path, id) == 0)
            return print_exhibit(showing, (uint32_t)i, err);
    }
    return tq_fail(err, TQ_E_USAGE,
                   "there is no exhibit '%s'; 'tahqiq export CASE exhibits' has all", id);
}

/* ---- the command ---- */

static const struct {
    const char *name;
    int (*show)(struct showing *showing, const char *id, struct tq_error *err);
} things[] = {{"exhibit", show_exhibit}, {"record", show_record}, {"subject", show_subject}};

/* Who looked at what in clear, and why, before it is shown. */
static int write_reveal(struct session *session, const char *thing, const char *id,
                        const char *reason, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf detail = {0};

    buf_format(&detail, "{\"what\":\"%s\",\"id\":", thing);
    escape_json(&detail, slice_of(id));
    buf_add_text(&detail, ",\"reason\":");
    escape_json(&detail, slice_of(reason));
    buf_add_byte(&detail, '}');
    if (buf_check(&detail, err) < 0)
        return TQ_E_NOMEM;
    return ledger_append(session->ledger, "reveal", buf_slice(&detail), err);
}

static int show(const struct options *options, size_t thing, const char *reason,
                struct tq_error *err)
{
    const char *reg = option_value(&command_show, options, "register");
    struct session session = {0};
    struct showing showing = {.session = &session, .reveal = reason != NULL};
    int r = session_open(options->operands[0], showing.reveal, &session, err);

    if (r == TQ_OK && showing.reveal)
        r = write_reveal(&session, things[thing].name, options->operands[2], reason, err);
    if (r == TQ_OK && reg)
        r = held_text_open(&showing.held, session.store, reg,
                           option_value(&command_show, options, "key"), showing.reveal, err);
    if (r == TQ_OK)
        r = case_view_open(session.store, &showing.view, err);
    if (r == TQ_OK) {
        r = things[thing].show(&showing, options->operands[2], err);
        case_view_close(&showing.view);
    }
    held_text_close(&showing.held);
    session_close(&session);
    return r;
}

static int run_show(const struct options *options)
{
    const char *reason = option_value(&command_show, options, "reason");
    bool reveal = option_given(&command_show, options, "reveal");
    struct tq_error err;
    size_t thing = 0;

    while (thing < 3 && strcmp(things[thing].name, options->operands[1]) != 0)
        thing++;
    if (thing == 3) {
        complain("show: there is exhibit, record or subject to show, not '%s'",
                 options->operands[1]);
        return EXIT_USAGE;
    }
    if (reveal && (!reason || reason[0] == '\0')) {
        complain("show: --reveal needs --reason TEXT, which goes into the ledger");
        return EXIT_USAGE;
    }
    if (reason && !reveal) {
        complain("show: --reason goes with --reveal; without it values stay masked");
        return EXIT_USAGE;
    }
    if (option_given(&command_show, options, "register")
        != option_given(&command_show, options, "key")) {
        complain("show: --register FILE.tqr and --key KEYFILE go together");
        return EXIT_USAGE;
    }
    if (show(options, thing, reveal ? reason : NULL, &err) < 0)
        return command_failed(&err);
    return EXIT_DONE;
}

const struct command command_show = {
    .name = "show",
    .operands = "CASE exhibit|record|subject ID",
    .summary = "Show one exhibit, record or subject",
    .help = "ID is the path of an exhibit, EXHIBIT:NUMBER for a record, or the register key of a\n"
            "subject. Values are masked; to see them in clear give a reason: it is written into\n"
            "the ledger first. With the register that the case was examined with, cells that do\n"
            "not just agree come with what it held, and when.",
    .operands_min = 3,
    .operands_max = 3,
    .options = show_options,
    .prints = true,
    .run = run_show,
};
