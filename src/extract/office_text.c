/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Running text of Office Open XML: WordprocessingML (ECMA-376 part 1, 17), DrawingML (21) and
 * comments. They share the names of what matters: <t> holds text, <p> is a paragraph, <tbl>, <tr>
 * and <tc> are tables.
 */
#include <string.h>

#include "extract/office.h"

#define SKIP_NONE 0u

struct text_reader {
    struct document_text *text;
    uint32_t in_text; /* within <t> */
    uint32_t depth;   /* of the open element */
    uint32_t skip;    /* depth of the element whose content is left out; SKIP_NONE */
    uint32_t span;    /* columns of the open cell */
    uint64_t deleted; /* texts that were deleted and are still there */
};

/* Content that says the same again: a fallback for old programs, an instruction, a position. */
static bool is_left_out(const char *name)
{
    static const char *const names[] = {"Fallback", "instrText", "posOffset", "delInstrText",
                                        "rPh"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static int begin_break(struct text_reader *reader, const char *name, const char **attributes,
                       struct tq_error *err)
{
    const char *type = xml_attribute(attributes, "type");

    if (strcmp(name, "tab") == 0)
        return document_text_tab(reader->text, err);
    if (strcmp(name, "noBreakHyphen") == 0)
        return document_text_add(reader->text, SLICE_LITERAL("-"), err);
    if (strcmp(name, "br") == 0 && type && strcmp(type, "page") == 0)
        return document_text_end_page(reader->text, err);
    if (strcmp(name, "lastRenderedPageBreak") == 0)
        return document_text_end_page(reader->text, err);
    if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0)
        return document_text_end_line(reader->text, err);
    return TQ_OK;
}

static int text_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct text_reader *reader = state;

    reader->depth++;
    if (reader->skip != SKIP_NONE)
        return TQ_OK;
    if (is_left_out(name)) {
        reader->skip = reader->depth;
        return TQ_OK;
    }
    reader->deleted += strcmp(name, "delText") == 0;
    if (strcmp(name, "t") == 0 || strcmp(name, "delText") == 0 || strcmp(name, "text") == 0)
        reader->in_text++;
    else if (strcmp(name, "tabs") == 0)
        reader->skip = reader->depth; /* where tabs stop, not tabs */
    else if (strcmp(name, "tbl") == 0)
        return document_text_table(reader->text, err);
    else if (strcmp(name, "tc") == 0)
        reader->span = 1;
    else if (strcmp(name, "gridSpan") == 0)
        reader->span = (uint32_t)xml_number(attributes, "val", 1);
    else
        return begin_break(reader, name, attributes, err);
    if (strcmp(name, "tc") == 0) /* DrawingML says it here */
        reader->span = (uint32_t)xml_number(attributes, "gridSpan", 1);
    return TQ_OK;
}

static int text_end(void *state, const char *name, struct tq_error *err)
{
    struct text_reader *reader = state;
    uint32_t depth = reader->depth--;

    if (reader->skip != SKIP_NONE) {
        if (reader->skip == depth)
            reader->skip = SKIP_NONE;
        return TQ_OK;
    }
    if (strcmp(name, "t") == 0 || strcmp(name, "delText") == 0 || strcmp(name, "text") == 0)
        reader->in_text -= reader->in_text > 0;
    else if (strcmp(name, "tc") == 0)
        return document_text_end_cell(reader->text, reader->span > 0 ? reader->span : 1, err);
    else if (strcmp(name, "tr") == 0)
        return document_text_end_row(reader->text, err);
    else if (strcmp(name, "tbl") == 0)
        return document_text_table_end(reader->text, err);
    if (strcmp(name, "p") == 0 || strcmp(name, "text") == 0)
        return document_text_end_line(reader->text, err);
    return TQ_OK;
}

static int text_text(void *state, struct slice text, struct tq_error *err)
{
    struct text_reader *reader = state;

    if (reader->in_text == 0 || reader->skip != SKIP_NONE)
        return TQ_OK;
    return document_text_add(reader->text, text, err);
}

int office_read_text(struct office *office, size_t part, struct tq_error *err)
{
    struct text_reader reader = {.text = &office->text};
    const struct xml_visitor visitor = {&reader, text_begin, text_end, text_text};
    int r = part_read_xml(&office->package, part, &visitor, err);

    while (r == TQ_OK && office->text.depth > 0) /* the part was cut inside a table */
        r = document_text_table_end(&office->text, err);
    if (r == TQ_OK && office->text.line.length > 0)
        r = document_text_end_line(&office->text, err);
    if (r == TQ_OK && reader.deleted > 0)
        r = emit_note(
            office->sink, 0, err,
            "text that was deleted with changes being tracked is still there: it was read");
    return r;
}

static bool ends_in(struct slice name, struct slice ending)
{
    return name.length >= ending.length
           && slice_equal(slice_skip(name, name.length - ending.length), ending);
}

bool office_is_structure(struct slice name)
{
    static const char *const endings[] = {".rels", ".vml",    ".odttf", ".xsl",    ".fdoc",
                                          ".frag", ".struct", "/",      "mimetype"};
    static const char *const words[] = {
        "[Content_Types].xml", "/theme/",           "styles",         "ettings",
        "fontTable",           "numbering.xml",     "calcChain",      "binaryIndex",
        "/tables/table",       "docProps/",         "Thumbnails/",    "slideLayout",
        "slideMaster",         "notesMaster",       "tableStyles",    "handoutMaster",
        "presProps",           "viewProps",         "sheetMetadata",  "META-INF/",
        "manifest.rdf",        "Configurations2/",  "meta.xml",       "persons/",
        "layout-cache",        "/metadata.xml",     "itemProps",      "glossary/",
        "ObjectReplacements/", "stylesWithEffects", "commentAuthors", "volatileDependencies",
    };

    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (ends_in(name, slice_of(endings[i])))
            return true;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (memmem(name.data, name.length, words[i], strlen(words[i])))
            return true;
    }
    return false;
}

int office_read_texts(struct office *office, const char *start, struct tq_error *err)
{
    struct package *package = &office->package;

    for (size_t i = 0; i < package->count; i++) {
        struct slice name = package->names[i];
        const char *slash = name.length > 0 ? memrchr(name.data, '/', name.length) : NULL;
        struct slice last = slash ? slice_skip(name, (size_t)(slash + 1 - name.data)) : name;
        int r;

        if (package->taken[i] || !slice_starts(last, slice_of(start)) || office_is_structure(name)
            || !ends_in(last, SLICE_LITERAL(".xml")))
            continue;
        r = office_read_text(office, i, err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}
