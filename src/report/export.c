/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The list of exports, and those that are one query each. */
#include "report/export.h"

#include <string.h>

#include "base/cleanup.h"
#include "report/case_view.h"
#include "report/exports.h"

static const struct export_kind kinds[] = {
    {"records", "every record with its subject, verdict and cells", export_records},
    {"subjects", "every subject that occurs, and how it is affected", export_subjects},
    {"exhibits", "every exhibit with digest, type, verdict and notes", export_exhibits},
    {"readings", "which register field each column holds", export_readings},
    {"snapshots", "when each table was taken", export_snapshots},
    {"counts", "records and subjects, counted", export_counts},
    {"recapture", "whom no finder holds, by the overlap of several", export_recapture},
    {"rules", "how each table stands against consistency rules", export_rules},
    {"signs", "tests for made-up rows, by table", export_signs},
    {"mosaic", "which register tables explain each table, and whom it covers", export_mosaic},
    {"pdf_signs", "signs that documents were edited", export_pdf_signs},
    {"pdf_clusters", "documents of one template made alike", export_pdf_clusters},
    {"breaks", "the cells that break a consistency rule", export_breaks},
};

size_t export_count(void)
{
    return sizeof(kinds) / sizeof(kinds[0]);
}

const struct export_kind *export_at(size_t number)
{
    return &kinds[number];
}

const struct export_kind *export_find(const char *name)
{
    for (size_t i = 0; i < export_count(); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    return NULL;
}

/* ---- subjects ---- */

struct subject_export {
    struct case_store *store;
    struct line_writer writer;
};

static void format_categories(uint16_t categories, struct buf *out)
{
    for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
        if (!(categories & 1u << i))
            continue;
        if (out->length > 0)
            buf_add_byte(out, ';');
        buf_add_text(out, category_name((enum category)i));
    }
}

static int write_subject(void *state, const struct subject_row *row, struct slice key,
                         struct tq_error *err)
{
    struct subject_export *export = state;
    CLEANUP(buf_clear_cleanup) struct buf categories = {0};
    CLEANUP(buf_clear_cleanup) struct buf severity = {0};

    format_categories(row->categories, &categories);
    buf_format(&severity, "%.2f", row->severity);
    if (buf_check(&categories, err) < 0 || buf_check(&severity, err) < 0)
        return TQ_E_NOMEM;
    row_text(&export->writer, slice_of(case_kind_name(export->store, row->kind)));
    row_text(&export->writer, key);
    row_number(&export->writer, row->affected);
    row_number(&export->writer, row->named_falsely);
    row_number(&export->writer, row->exposed);
    row_text(&export->writer, buf_slice(&categories));
    row_number(&export->writer, row->records);
    row_number(&export->writer, row->documents);
    row_json(&export->writer, buf_slice(&severity));
    row_end(&export->writer);
    return TQ_OK;
}

int export_subjects(struct case_store *store, FILE *file, enum row_format format,
                    struct tq_error *err)
{
    static const char *const columns[] = {"kind",     "subject",    "affected", "named_falsely",
                                          "exposed",  "categories", "records",  "documents",
                                          "severity", NULL};
    struct subject_export export = {.store = store};
    int r = case_view_check_examined(store, err);

    if (r < 0)
        return r;
    line_writer_start(&export.writer, file, format, columns);
    r = case_subjects(store, write_subject, &export, err);
    if (r < 0) {
        buf_clear(&export.writer.line);
        return r;
    }
    return line_writer_finish(&export.writer, err);
}

/* ---- readings and snapshots, table by table ---- */

/* A line for each of the table's columns that the reading is of. */
static void write_column(const struct table_view *table, const struct column_label *label,
                         unsigned number, struct line_writer *writer)
{
    CLEANUP(buf_clear_cleanup) struct buf field = {0};

    buf_add_text(&field, label->field);
    if (label->period[0] != '\0')
        buf_format(&field, "@%s", label->period);
    row_text(writer, slice_of(table->stored->head.name));
    row_number(writer, column_label_source(label, number) + 1u);
    row_text(writer, slice_of(column_label_header(table, label, number)));
    row_text(writer, buf_slice(&field));
    row_decimal(writer, label->agreement);
    row_decimal(writer, label->chance);
    row_decimal(writer, label->filled);
    row_text(writer, slice_of(label->status));
    row_end(writer);
}

static void write_reading(const struct table_view *table, uint32_t column,
                          struct line_writer *writer)
{
    const struct column_label *label = &table->columns[column];

    if (!label->status)
        return; /* free text: a field of the register that no document named */
    if (table_view_is_part(table, column)
        || (label->parts.count > 0 && strcmp(label->status, "full") != 0))
        return; /* a line of the date's, or of the part's */
    for (unsigned i = 0; i < column_label_source_count(label); i++)
        write_column(table, label, i, writer);
}

int export_readings(struct case_store *store, FILE *file, enum row_format format,
                    struct tq_error *err)
{
    static const char *const columns[] = {"table",  "column", "header", "field", "agreement",
                                          "chance", "filled", "status", NULL};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < view.table_count; i++) {
        for (uint32_t column = 0; column < view.tables[i].column_count; column++)
            write_reading(&view.tables[i], column, &writer);
    }
    case_view_close(&view);
    return line_writer_finish(&writer, err);
}

static int write_dating(const struct table_view *table, const struct dating *dating,
                        struct line_writer *writer, struct tq_error *err)
{
    for (uint32_t i = 0; i < dating->count; i++) {
        const int32_t moments[] = {dating->snapshots[i].from, dating->snapshots[i].to,
                                   dating->snapshots[i].best};

        row_text(writer, slice_of(table->stored->head.name));
        for (unsigned m = 0; m < 3; m++) {
            CLEANUP(buf_clear_cleanup) struct buf text = {0};

            moment_format(&text, moments[m]);
            if (buf_check(&text, err) < 0)
                return TQ_E_NOMEM;
            row_text(writer, buf_slice(&text));
        }
        row_decimal(writer, dating->snapshots[i].share);
        row_end(writer);
    }
    return TQ_OK;
}

int export_snapshots(struct case_store *store, FILE *file, enum row_format format,
                     struct tq_error *err)
{
    static const char *const columns[] = {"table", "from", "to", "best", "share", NULL};
    struct line_writer writer;
    struct case_view view;
    int r = case_view_open(store, &view, err);

    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    for (size_t i = 0; i < view.table_count && r == TQ_OK; i++) {
        struct dating dating = {0};

        r = case_get_dating(store, view.tables[i].stored->number, &dating, err);
        if (r == TQ_OK)
            r = write_dating(&view.tables[i], &dating, &writer, err);
        dating_clear(&dating);
    }
    case_view_close(&view);
    if (r < 0) {
        buf_clear(&writer.line);
        return r;
    }
    return line_writer_finish(&writer, err);
}

/* ---- counts ---- */

static int write_count(void *state, const struct count_row *row, struct tq_error *err)
{
    struct line_writer *writer = state;

    (void)err;
    row_text(writer, slice_of(row->measure));
    row_text(writer, slice_of(row->kind));
    row_text(writer, slice_of(row->category));
    row_text(writer, slice_of(row->verdict));
    row_number(writer, row->value);
    row_number(writer, row->low);
    row_number(writer, row->high);
    row_end(writer);
    return TQ_OK;
}

int export_counts(struct case_store *store, FILE *file, enum row_format format,
                  struct tq_error *err)
{
    static const char *const columns[] = {"measure", "kind", "category", "verdict",
                                          "value",   "low",  "high",     NULL};
    struct line_writer writer;
    int r = case_view_check_examined(store, err);

    if (r < 0)
        return r;
    line_writer_start(&writer, file, format, columns);
    r = case_counts(store, write_count, &writer, err);
    if (r < 0) {
        buf_clear(&writer.line);
        return r;
    }
    return line_writer_finish(&writer, err);
}
