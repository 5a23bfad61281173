/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Visio (VSDX, VSDM): the texts of shapes, and what shapes have as data, page by page. */
#include <string.h>

#include "extract/office.h"

/* One page being read. */
struct page_reader {
    struct office *office;
    bool in_text, in_data; /* in the text of a shape, in the section of its data */
};

static bool has_name(const char **attributes, const char *wanted)
{
    const char *name = xml_attribute(attributes, "N");

    return name && strcmp(name, wanted) == 0;
}

static int page_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct page_reader *reader = state;
    const char *value = xml_attribute(attributes, "V");

    if (strcmp(name, "Text") == 0)
        reader->in_text = true;
    else if (strcmp(name, "Section") == 0)
        reader->in_data = has_name(attributes, "Property");
    else if (reader->in_data && value && value[0] && strcmp(name, "Cell") == 0
             && (has_name(attributes, "Value") || has_name(attributes, "Label")))
        return document_text_aside(&reader->office->text, slice_of(value), err);
    return TQ_OK;
}

static int page_end(void *state, const char *name, struct tq_error *err)
{
    struct page_reader *reader = state;

    if (strcmp(name, "Section") == 0)
        reader->in_data = false;
    if (strcmp(name, "Text") != 0)
        return TQ_OK;
    reader->in_text = false;
    return document_text_end_line(&reader->office->text, err);
}

static int page_text(void *state, struct slice text, struct tq_error *err)
{
    struct page_reader *reader = state;
    struct document_text *out = &reader->office->text;
    int r = TQ_OK;

    while (reader->in_text && text.length > 0 && r == TQ_OK) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) : text.length;

        r = document_text_add(out, slice_make(text.data, length), err);
        if (r == TQ_OK && mark)
            r = document_text_end_line(out, err);
        text = slice_skip(text, length + (mark != NULL));
    }
    return r;
}

static int read_page(struct office *office, size_t part, struct tq_error *err)
{
    struct page_reader reader = {.office = office};
    const struct xml_visitor visitor = {&reader, page_begin, page_end, page_text};
    int r = part_read_xml(&office->package, part, &visitor, err);

    if (r == TQ_OK && office->text.line.length > 0) /* it was cut inside a text */
        r = document_text_end_line(&office->text, err);
    return r < 0 ? r : document_text_end_page(&office->text, err);
}

int vsdx_read(struct office *office, size_t main, struct tq_error *err)
{
    struct package *package = &office->package;
    int r = read_page(office, main, err);

    for (size_t i = 0; i < package->count && r == TQ_OK; i++) {
        struct slice name = package->names[i];

        /* Pages, the masters of their shapes, comments. */
        if (!package->taken[i] && slice_starts(name, SLICE_LITERAL("visio/"))
            && slice_is(slice_skip(name, name.length - 4), ".xml") && !office_is_structure(name))
            r = read_page(office, i, err);
    }
    return r;
}
