/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* OpenDocument: spreadsheets (ODS), texts (ODT), presentations and drawings (ISO/IEC 26300). */
#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "extract/odf_sheet.h"
#include "extract/office.h"

/* One XML part of a document. */
struct odf_reader {
    struct office *office;
    struct odf_sheet sheet;
    bool is_spreadsheet;
    uint32_t active;  /* elements open whose text counts: the body, headers and footers */
    uint32_t skipped; /* elements open whose text does not */
    uint32_t text;    /* paragraphs open */
    uint32_t notes;   /* comments open */
    struct buf note;  /* a comment on a cell of a sheet */
    uint32_t span;    /* columns of the open cell of a document */
    uint64_t deleted, hidden_sheets;
};

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

#define ONE_OF(name, names) is_one_of(name, names, sizeof(names) / sizeof((names)[0]))

static const char *const body_names[] = {
    "body", "header", "footer", "header-left", "footer-left", "header-first", "footer-first"};
/* What repeats in other words what stands elsewhere: forms of an index, of a change, of a field. */
static const char *const skipped_names[] = {
    "index-title-template", "sequence-decls", "forms", "creator", "date", "calculation-settings"};
static const char *const space_names[] = {"tab", "line-break"};
static const char *const paragraph_names[] = {"p", "h"};

static bool in_sheet(const struct odf_reader *o)
{
    return o->is_spreadsheet && o->sheet.in_table && o->notes == 0;
}

/* Whether a comment on a cell is open. */
static bool in_note(const struct odf_reader *o)
{
    return o->is_spreadsheet && o->sheet.in_table && o->notes > 0;
}

static int add_to_note(struct odf_reader *o, struct slice text, struct tq_error *err)
{
    if (o->note.length <= CELL_BYTES_MAX)
        buf_add_slice(&o->note, text);
    return buf_check(&o->note, err);
}

static int end_note(struct odf_reader *o, struct tq_error *err)
{
    int r = aside_line(&o->office->text.grid.aside, o->sheet.row, buf_slice(&o->note), err);

    buf_empty(&o->note);
    return r;
}

static int add_text(struct odf_reader *o, struct slice text, struct tq_error *err)
{
    if (in_note(o))
        return add_to_note(o, text, err);
    return in_sheet(o) ? odf_sheet_text(&o->sheet, text, err)
                       : document_text_add(&o->office->text, text, err);
}

/* <text:s text:c="3"/>: spaces that XML would not keep. */
static int add_spaces(struct odf_reader *o, const char **attributes, struct tq_error *err)
{
    uint64_t count = xml_number(attributes, "c", 1);
    int r = TQ_OK;

    for (uint64_t i = 0; i < count && i < 80 && r == TQ_OK; i++)
        r = add_text(o, SLICE_LITERAL(" "), err);
    return r;
}

static int begin_in_text(struct odf_reader *o, const char *name, const char **attributes,
                         struct tq_error *err)
{
    if (strcmp(name, "s") == 0)
        return add_spaces(o, attributes, err);
    if (in_note(o))
        return ONE_OF(name, space_names) ? add_to_note(o, SLICE_LITERAL(" "), err) : TQ_OK;
    if (strcmp(name, "tab") == 0)
        return in_sheet(o) ? odf_sheet_text(&o->sheet, SLICE_LITERAL(" "), err)
                           : document_text_tab(&o->office->text, err);
    if (strcmp(name, "line-break") == 0)
        return in_sheet(o) ? odf_sheet_text(&o->sheet, SLICE_LITERAL("\n"), err)
                           : document_text_end_line(&o->office->text, err);
    if (strcmp(name, "soft-page-break") == 0 && !in_sheet(o))
        return document_text_end_page(&o->office->text, err);
    return TQ_OK;
}

/* Tables of a text or a presentation. */
static int begin_in_document(struct odf_reader *o, const char *name, const char **attributes,
                             struct tq_error *err)
{
    if (strcmp(name, "table") == 0)
        return document_text_table(&o->office->text, err);
    if (strcmp(name, "table-cell") == 0)
        o->span = (uint32_t)xml_number(attributes, "number-columns-repeated", 1);
    return TQ_OK;
}

static int end_in_document(struct odf_reader *o, const char *name, struct tq_error *err)
{
    if (strcmp(name, "table-cell") == 0)
        return document_text_end_cell(&o->office->text, o->span > 0 ? o->span : 1, err);
    if (strcmp(name, "covered-table-cell") == 0)
        return document_text_end_cell(&o->office->text, 1, err);
    if (strcmp(name, "table-row") == 0)
        return document_text_end_row(&o->office->text, err);
    if (strcmp(name, "table") == 0)
        return document_text_table_end(&o->office->text, err);
    if (strcmp(name, "page") == 0)
        return document_text_end_page(&o->office->text, err);
    return TQ_OK;
}

static int odf_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct odf_reader *o = state;

    if (o->skipped > 0 || (o->active > 0 && ONE_OF(name, skipped_names))) {
        o->skipped++;
        return TQ_OK;
    }
    if (ONE_OF(name, body_names))
        o->active++;
    if (o->active == 0)
        return odf_sheet_style(&o->sheet, name, attributes, err);
    if (strcmp(name, "spreadsheet") == 0)
        o->is_spreadsheet = true;
    else if (strcmp(name, "annotation") == 0)
        o->notes++;
    else if (strcmp(name, "deletion") == 0)
        o->deleted++;
    if (ONE_OF(name, paragraph_names)) {
        o->text++;
        return in_sheet(o) ? odf_sheet_paragraph(&o->sheet, err) : TQ_OK;
    }
    if (o->text > 0)
        return begin_in_text(o, name, attributes, err);
    if (o->is_spreadsheet && o->notes == 0)
        return odf_sheet_begin(&o->sheet, name, attributes, err);
    return begin_in_document(o, name, attributes, err);
}

static int odf_end(void *state, const char *name, struct tq_error *err)
{
    struct odf_reader *o = state;

    if (o->skipped > 0) {
        o->skipped--;
        return TQ_OK;
    }
    if (o->active == 0)
        return TQ_OK;
    if (ONE_OF(name, body_names))
        o->active--;
    if (strcmp(name, "annotation") == 0) {
        bool was_in_note = in_note(o);

        o->notes -= o->notes > 0;
        return was_in_note && o->notes == 0 ? end_note(o, err) : TQ_OK;
    }
    if (ONE_OF(name, paragraph_names)) {
        o->text -= o->text > 0;
        if (in_note(o))
            return add_to_note(o, SLICE_LITERAL(" "), err);
        return in_sheet(o) ? TQ_OK : document_text_end_line(&o->office->text, err);
    }
    if (o->is_spreadsheet && o->notes == 0)
        return odf_sheet_end(&o->sheet, name, err);
    return o->text > 0 ? TQ_OK : end_in_document(o, name, err);
}

static int odf_text(void *state, struct slice text, struct tq_error *err)
{
    struct odf_reader *o = state;

    return o->text > 0 && o->skipped == 0 ? add_text(o, text, err) : TQ_OK;
}

static int read_content(struct office *office, size_t part, struct tq_error *err)
{
    struct odf_reader o = {.office = office};
    const struct xml_visitor visitor = {&o, odf_begin, odf_end, odf_text};
    int r;

    odf_sheet_init(&o.sheet, &office->text.grid);
    r = part_read_xml(&office->package, part, &visitor, err);
    while (r == TQ_OK && office->text.depth > 0) /* it was cut inside a table */
        r = document_text_table_end(&office->text, err);
    if (r == TQ_OK && office->text.line.length > 0)
        r = document_text_end_line(&office->text, err);
    if (r == TQ_OK)
        r = odf_sheet_finish(&o.sheet, err);
    if (r == TQ_OK && o.deleted > 0)
        r = emit_note(
            office->sink, 0, err,
            "text that was deleted with changes being tracked is still there: it was read");
    if (r == TQ_OK && o.note.length > 0)
        r = end_note(&o, err);
    odf_sheet_clear(&o.sheet);
    buf_clear(&o.note);
    return r;
}

static bool ends_in(struct slice name, struct slice ending)
{
    return name.length >= ending.length
           && slice_equal(slice_skip(name, name.length - ending.length), ending);
}

static int read_parts(struct office *office, size_t main, struct tq_error *err)
{
    struct package *package = &office->package;
    int r = read_content(office, main, err);

    for (size_t i = 0; i < package->count && r == TQ_OK; i++) {
        bool is_object = ends_in(package->names[i], SLICE_LITERAL("/content.xml"));

        if (!package->taken[i] && (is_object || slice_is(package->names[i], "styles.xml")))
            r = read_content(office, i, err);
    }
    return r < 0 ? r
                 : part_read_facts(package, package_find(package, SLICE_LITERAL("meta.xml")), err);
}

int odf_read(struct office *office, size_t main, struct tq_error *err)
{
    struct package *package = &office->package;
    bool is_open = true;
    int r = odf_lock_read(&office->lock, package, err);

    if (r == TQ_OK && office->lock.count > 0)
        r = odf_lock_find(&office->lock, &is_open, err);
    office->is_shut = !is_open;
    if (r == TQ_OK && !is_open)
        memset(package->taken, true, package->count * sizeof(*package->taken));
    return r < 0 || !is_open ? r : read_parts(office, main, err);
}
