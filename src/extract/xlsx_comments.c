/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Comments on cells, each with the row of its cell (ECMA-376 part 1, 18.7; threads: MS-XLSX 2.6).
 */
#include "extract/xlsx_comments.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/part.h"
#include "extract/sheet_merges.h"

struct comment_reader {
    struct grid *grid;
    bool in_comment, skipped; /* skipped: how it is pronounced */
    uint32_t row;             /* of its cell */
    uint32_t in_text;
    struct buf text;
};

static bool is_text(const char *name)
{
    return strcmp(name, "t") == 0 || strcmp(name, "text") == 0;
}

static bool is_comment(const char *name)
{
    return strcmp(name, "comment") == 0 || strcmp(name, "threadedComment") == 0;
}

static int comment_begin(void *state, const char *name, const char **attributes,
                         struct tq_error *err)
{
    struct comment_reader *reader = state;
    const char *reference;
    uint32_t column;

    (void)err;
    if (is_comment(name)) {
        reference = xml_attribute(attributes, "ref");
        reader->in_comment = true;
        reader->row = 0;
        if (reference)
            cell_reference(&reference, &column, &reader->row);
    } else if (strcmp(name, "rPh") == 0) {
        reader->skipped = true;
    } else if (is_text(name)) {
        reader->in_text++;
    }
    return TQ_OK;
}

static int comment_end(void *state, const char *name, struct tq_error *err)
{
    struct comment_reader *reader = state;
    int r;

    if (strcmp(name, "rPh") == 0)
        reader->skipped = false;
    else if (is_text(name))
        reader->in_text -= reader->in_text > 0;
    if (!reader->in_comment || !is_comment(name))
        return TQ_OK;
    reader->in_comment = false;
    r = buf_check(&reader->text, err);
    if (r == TQ_OK)
        r = aside_line(&reader->grid->aside, reader->row, buf_slice(&reader->text), err);
    buf_empty(&reader->text);
    return r;
}

static int comment_text(void *state, struct slice text, struct tq_error *err)
{
    struct comment_reader *reader = state;

    if (!reader->in_comment || reader->in_text == 0 || reader->skipped
        || reader->text.length > CELL_BYTES_MAX)
        return TQ_OK;
    buf_add_slice(&reader->text, text);
    return buf_check(&reader->text, err);
}

static int read_part(struct package *package, size_t part, struct grid *grid, struct tq_error *err)
{
    struct comment_reader reader = {.grid = grid};
    const struct xml_visitor visitor = {&reader, comment_begin, comment_end, comment_text};
    int r = part_read_xml(package, part, &visitor, err);

    if (r == TQ_OK && reader.text.length > 0) /* the part was cut */
        r = comment_end(&reader, "comment", err);
    buf_clear(&reader.text);
    return r;
}

int xlsx_comments_read(struct package *package, size_t sheet, struct grid *grid,
                       struct tq_error *err)
{
    struct relations relations = {0};
    int r = relations_read(package, package->names[sheet], &relations, err);

    for (size_t i = 0; i < relations.count && r == TQ_OK; i++) {
        const struct relation *relation = &relations.items[i];
        bool is_ours =
            slice_is(relation->kind, "comments") || slice_is(relation->kind, "threadedComment");
        size_t part = is_ours ? package_find(package, relation->target) : PART_NONE;

        if (part != PART_NONE && !package->taken[part]
            && !memmem(relation->target.data, relation->target.length, ".bin", 4))
            r = read_part(package, part, grid, err);
    }
    relations_clear(&relations);
    return r;
}
