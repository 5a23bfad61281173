/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* XPS and OpenXPS (ECMA-388): runs of glyphs that say their text. Those at one height are a line.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "extract/office.h"

/* One page being read. */
struct page_reader {
    struct office *office;
    double height; /* of the open line */
};

static int page_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct page_reader *reader = state;
    struct document_text *out = &reader->office->text;
    const char *text = xml_attribute(attributes, "UnicodeString");
    const char *y = xml_attribute(attributes, "OriginY");
    double height = y ? strtod(y, NULL) : 0;
    int r = TQ_OK;

    if (strcmp(name, "Glyphs") != 0 || !text)
        return TQ_OK;
    if (strncmp(text, "{}", 2) == 0) /* before a text that begins with a brace */
        text += 2;
    if (out->line.length > 0)
        r = fabs(height - reader->height) < 1 ? document_text_add(out, SLICE_LITERAL(" "), err)
                                              : document_text_end_line(out, err);
    reader->height = height;
    return r < 0 ? r : document_text_add(out, slice_of(text), err);
}

static int read_page(struct office *office, size_t part, struct tq_error *err)
{
    struct page_reader reader = {.office = office};
    const struct xml_visitor visitor = {.state = &reader, .begin = page_begin};
    int r = part_read_xml(&office->package, part, &visitor, err);

    if (r == TQ_OK && office->text.line.length > 0)
        r = document_text_end_line(&office->text, err);
    return r < 0 ? r : document_text_end_page(&office->text, err);
}

int xps_read(struct office *office, size_t main, struct tq_error *err)
{
    static const char ending[] = ".fpage";
    struct package *package = &office->package;
    int r = TQ_OK;

    package->taken[main] = true;
    for (size_t i = 0; i < package->count && r == TQ_OK; i++) {
        struct slice name = package->names[i];

        if (!package->taken[i] && name.length >= sizeof(ending)
            && slice_is(slice_skip(name, name.length + 1 - sizeof(ending)), ending))
            r = read_page(office, i, err);
    }
    return r;
}
