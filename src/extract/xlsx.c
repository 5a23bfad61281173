/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Workbooks of Office Open XML: XLSX, XLSM, XLTX (ECMA-376 part 1, 18); and XLSB, whose parts are
 * binary. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "extract/office.h"
#include "extract/xlsb_book.h"
#include "extract/xlsb_sheet.h"
#include "extract/xlsx_book.h"
#include "extract/xlsx_comments.h"
#include "extract/xlsx_sheet.h"

#define SHEETS_MAX 4096u

struct sheet {
    struct slice name, id; /* in the arena */
};

struct workbook {
    struct office *office;
    struct xlsx_book book;
    struct relations relations;
    struct arena arena;
    struct sheet *sheets;
    size_t count, capacity;
    uint64_t hidden, more;
    bool is_binary; /* XLSB */
};

static int add_sheet(void *state, struct slice name, struct slice id, bool is_hidden,
                     struct tq_error *err)
{
    struct workbook *workbook = state;
    char *name_copy, *id_copy;
    int r;

    if (id.length == 0 || workbook->count >= SHEETS_MAX) {
        workbook->more++;
        return TQ_OK;
    }
    r = alloc_reserve(&workbook->sheets, &workbook->capacity, workbook->count + 1,
                      sizeof(*workbook->sheets), err);
    if (r < 0)
        return r;
    name_copy = arena_text(&workbook->arena, name);
    id_copy = arena_text(&workbook->arena, id);
    if (!name_copy || !id_copy)
        return tq_no_memory(err);
    workbook->sheets[workbook->count++] = (struct sheet){slice_of(name_copy), slice_of(id_copy)};
    workbook->hidden += is_hidden;
    return TQ_OK;
}

static int add_element(struct workbook *workbook, const char **attributes, struct tq_error *err)
{
    const char *name = xml_attribute(attributes, "name"), *id = xml_attribute(attributes, "id");
    const char *visible = xml_attribute(attributes, "state");

    return add_sheet(workbook, slice_of(name ? name : ""), slice_of(id ? id : ""),
                     visible && strcmp(visible, "visible") != 0, err);
}

static int book_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct workbook *workbook = state;

    (void)err;
    if (strcmp(name, "workbookPr") == 0)
        workbook->book.is_1904 = xml_flag(attributes, "date1904");
    else if (strcmp(name, "sheet") == 0)
        return add_element(workbook, attributes, err);
    return TQ_OK;
}

static int book_end(void *state, const char *name, struct tq_error *err)
{
    (void)state;
    (void)name;
    (void)err;
    return TQ_OK;
}

static int book_text(void *state, struct slice text, struct tq_error *err)
{
    (void)state;
    (void)text;
    (void)err;
    return TQ_OK;
}

/* The part a relationship of that kind leads to, else the one of the usual name. */
static size_t find_part(const struct workbook *workbook, const char *kind, const char *usual)
{
    const struct relation *relation = relations_of_kind(&workbook->relations, kind);
    size_t part = relation ? package_find(&workbook->office->package, relation->target) : PART_NONE;

    return part != PART_NONE ? part : package_find(&workbook->office->package, slice_of(usual));
}

static int read_main(struct workbook *workbook, size_t main, struct tq_error *err)
{
    struct package *package = &workbook->office->package;
    const struct xml_visitor visitor = {workbook, book_begin, book_end, book_text};

    return workbook->is_binary
               ? xlsb_book_read(package, main, &workbook->book, add_sheet, workbook, err)
               : part_read_xml(package, main, &visitor, err);
}

static int read_book(struct workbook *workbook, size_t main, struct tq_error *err)
{
    struct package *package = &workbook->office->package;
    bool is_binary = workbook->is_binary;
    size_t part;
    int r = read_main(workbook, main, err);

    if (r == TQ_OK)
        r = relations_read(package, package->names[main], &workbook->relations, err);
    if (r < 0)
        return r;
    part = find_part(workbook, "styles", is_binary ? "xl/styles.bin" : "xl/styles.xml");
    if (part != PART_NONE)
        r = (is_binary ? xlsb_styles_read : xlsx_styles_read)(package, part, &workbook->book, err);
    if (r < 0)
        return r;
    part = find_part(workbook, "sharedStrings",
                     is_binary ? "xl/sharedStrings.bin" : "xl/sharedStrings.xml");
    if (part == PART_NONE)
        return TQ_OK;
    return (is_binary ? xlsb_texts_read : xlsx_texts_read)(package, part, &workbook->book, err);
}

static int read_sheet(struct workbook *workbook, size_t part, struct slice name,
                      struct tq_error *err)
{
    struct office *office = workbook->office;
    int r = grid_sheet(&office->text.grid, name, err);

    if (r < 0)
        return r;
    r = (workbook->is_binary ? xlsb_sheet_read : xlsx_sheet_read)(
        &office->package, part, &workbook->book, &office->text.grid, err);
    return r < 0 ? r : xlsx_comments_read(&office->package, part, &office->text.grid, err);
}

static int read_listed(struct workbook *workbook, struct tq_error *err)
{
    struct package *package = &workbook->office->package;

    for (size_t i = 0; i < workbook->count; i++) {
        const struct sheet *sheet = &workbook->sheets[i];
        const struct relation *relation = relations_of_id(&workbook->relations, sheet->id);
        size_t part = relation ? package_find(package, relation->target) : PART_NONE;
        int r = TQ_OK;

        if (relation && !slice_is(relation->kind, "worksheet"))
            continue; /* a chart: what it shows is in other sheets */
        if (part == PART_NONE)
            r = emit_note(package->sink, 0, err,
                          "a sheet of the workbook is not where it should be");
        else if (!package->taken[part])
            r = read_sheet(workbook, part, sheet->name, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

/* Sheets that the workbook does not speak of, or whose listing is damaged, by their usual names. */
static int read_unlisted(struct workbook *workbook, struct tq_error *err)
{
    struct package *package = &workbook->office->package;
    static const struct slice folder = {"xl/worksheets/sheet", 19};

    for (size_t i = 0; i < package->count; i++) {
        const char *slash = strrchr(package->names[i].data, '/');
        int r;

        if (package->taken[i] || !slice_starts(package->names[i], folder)
            || !strstr(package->names[i].data, workbook->is_binary ? ".bin" : ".xml")
            || strstr(package->names[i].data, ".rels"))
            continue;
        r = emit_note(package->sink, 0, err, "a sheet that the workbook does not list was read");
        if (r == TQ_OK)
            r = read_sheet(workbook, i, slice_of(slash + 1), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int read_all(struct workbook *workbook, size_t main, struct tq_error *err)
{
    struct office *office = workbook->office;
    int r = read_book(workbook, main, err);

    if (r == TQ_OK)
        r = read_listed(workbook, err);
    if (r == TQ_OK)
        r = read_unlisted(workbook, err);
    if (r == TQ_OK && workbook->hidden > 0)
        r = emit_note(office->sink, 0, err, "%u hidden sheets: they were read as the others",
                      (unsigned)workbook->hidden);
    if (r == TQ_OK && workbook->more > 0)
        r = emit_note(office->sink, 0, err, "%u sheets more than can be read, or without a part",
                      (unsigned)workbook->more);
    if (r == TQ_OK)
        r = grid_sheet_end(&office->text.grid, err);
    if (r == TQ_OK)
        r = office_read_texts(office, "comment", err);
    if (r == TQ_OK)
        r = office_read_texts(office, "threadedComment", err);
    return r < 0 ? r : office_read_texts(office, "drawing", err);
}

int xlsx_read(struct office *office, size_t main, struct tq_error *err)
{
    struct slice name = office->package.names[main];
    struct workbook workbook = {
        .office = office,
        .is_binary = name.length > 4 && memcmp(name.data + name.length - 4, ".bin", 4) == 0};
    int r = read_all(&workbook, main, err);

    xlsx_book_clear(&workbook.book);
    relations_clear(&workbook.relations);
    arena_clear(&workbook.arena);
    free(workbook.sheets);
    return r;
}
