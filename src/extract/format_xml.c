/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * XML: elements that repeat are records, what stands in them are their cells; the words outside of
 * records, and prose, are text. Read once to see what there is, then once for each table, and once
 * more if there are such words.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"
#include "extract/decode.h"
#include "extract/format.h"
#include "extract/row_writer.h"
#include "extract/text_pages.h"
#include "extract/xml_rest.h"
#include "extract/xml_tree.h"

#define READ_BYTES     ((size_t)256 << 10)
#define ROOT           "<text>" /* for texts that have none */
#define NAME_BYTES_MAX 256u     /* an attribute "name" that is longer names nothing */

/* An element that is open. */
struct xml_frame {
    uint32_t node;                  /* 0: not told apart from others */
    bool has_elements;              /* within it */
    size_t text_start;              /* in `text` */
    bool is_nil;                    /* said to have no value */
    size_t name_start, name_length; /* what its attribute "name" says, in `names` */
};

/* One reading of the text. */
struct xml_pass {
    const struct extract_input *input;
    struct xml_tree *tree;
    struct row_writer *writer;
    struct text_pages *pages;
    uint32_t table; /* the one that is written; 0: the first reading; UINT32_MAX: text */
    struct xml xml;
    struct xml_frame *frames; /* depth */
    size_t depth, capacity;
    struct buf text, names;
    struct buf *cells; /* column_count, of the open record */
    bool in_record, is_wrapped;
    uint64_t line;
};

static void pass_clear(struct xml_pass *pass)
{
    uint32_t columns = pass->cells ? pass->tree->tables[pass->table - 1].column_count : 0;

    for (uint32_t i = 0; i < columns; i++)
        buf_clear(&pass->cells[i]);
    free(pass->cells);
    free(pass->frames);
    buf_clear(&pass->text);
    buf_clear(&pass->names);
    xml_clear(&pass->xml);
}

static bool is_first(const struct xml_pass *pass)
{
    return pass->table == 0;
}

static bool is_text(const struct xml_pass *pass)
{
    return pass->table == UINT32_MAX;
}

/* A value of a node: counted, put into its cell, or written as text, as the reading is for. */
static int take_value(struct xml_pass *pass, uint32_t node, struct slice value,
                      struct tq_error *err)
{
    struct xml_node *kind = &pass->tree->nodes[node];
    const struct xml_table *table;
    struct buf *cell;

    value = slice_trim(value);
    if (is_first(pass)) {
        kind->texts++;
        return TQ_OK;
    }
    if (is_text(pass))
        return kind->table == 0 ? text_pages_line(pass->pages, value, err) : TQ_OK;
    if (kind->table != pass->table || !pass->in_record)
        return TQ_OK;
    table = &pass->tree->tables[pass->table - 1];
    cell = &pass->cells[kind->column != COLUMN_NONE ? kind->column : table->column_count - 1];
    if (cell->length > CELL_BYTES_MAX)
        return TQ_OK; /* more would be cut anyway */
    if (cell->length > 0)
        buf_add_text(cell, "; ");
    if (kind->column == COLUMN_NONE && kind->name.length > 0) {
        buf_add_slice(cell, kind->name);
        buf_add_byte(cell, '=');
    }
    buf_add_slice(cell, value);
    return buf_check(cell, err);
}

static int take_attribute(struct xml_pass *pass, uint32_t node, struct slice name,
                          struct slice value, struct tq_error *err)
{
    uint32_t number;
    int r = xml_tree_find(pass->tree, node, NODE_ATTRIBUTE, name, is_first(pass), &number, err);

    if (r < 0 || number == 0)
        return r;
    if (is_first(pass)) {
        pass->tree->nodes[number].count++;
        pass->tree->nodes[node].has_inside = true;
    }
    return slice_trim(value).length > 0 ? take_value(pass, number, value, err) : TQ_OK;
}

/* All but the name, which may be that of a column: it is taken at the end of the element. */
static int take_attributes(struct xml_pass *pass, uint32_t node, const char **attributes,
                           struct tq_error *err)
{
    for (; *attributes; attributes += 2) {
        int r;

        if (strncmp(attributes[0], "xmlns", 5) == 0 || strncmp(attributes[0], "xsi:", 4) == 0
            || (strcmp(attributes[0], "name") == 0 && strlen(attributes[1]) < NAME_BYTES_MAX))
            continue;
        r = take_attribute(pass, node, slice_of(attributes[0]), slice_of(attributes[1]), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int begin_frame(struct xml_pass *pass, const char *name, const char **attributes,
                       struct tq_error *err)
{
    struct xml_frame *frame, *outer;
    const char *called = xml_attribute(attributes, "name");
    int r =
        alloc_reserve(&pass->frames, &pass->capacity, pass->depth + 1, sizeof(*pass->frames), err);

    if (r < 0)
        return r;
    outer = pass->depth > 0 ? &pass->frames[pass->depth - 1] : NULL;
    frame = &pass->frames[pass->depth];
    *frame = (struct xml_frame){.text_start = pass->text.length,
                                .is_nil = xml_flag(attributes, "nil"),
                                .name_start = pass->names.length};
    if (called && strlen(called) < NAME_BYTES_MAX) {
        buf_add_text(&pass->names, called);
        frame->name_length = strlen(called);
        r = buf_check(&pass->names, err);
        if (r < 0)
            return r;
    }
    if (outer) {
        outer->has_elements = true;
        if (is_first(pass))
            pass->tree->nodes[outer->node].has_inside = true;
    }
    pass->depth++;
    if (outer && outer->node == 0)
        return TQ_OK; /* within what could not be told apart */
    return xml_tree_find(pass->tree, outer ? outer->node : 0, NODE_ELEMENT, slice_of(name),
                         is_first(pass), &frame->node, err);
}

static void begin_record(struct xml_pass *pass)
{
    pass->in_record = true;
    pass->line = xml_line(&pass->xml);
}

static int on_begin(void *state, const char *name, const char **attributes, struct tq_error *err)
{
    struct xml_pass *pass = state;
    uint32_t node;
    int r = begin_frame(pass, name, attributes, err);

    if (r < 0)
        return r;
    node = pass->frames[pass->depth - 1].node;
    if (node == 0)
        return TQ_OK;
    if (is_first(pass))
        pass->tree->nodes[node].count++;
    else if (pass->tree->nodes[node].is_record && pass->tree->nodes[node].table == pass->table)
        begin_record(pass);
    return take_attributes(pass, node, attributes, err);
}

static int end_record(struct xml_pass *pass, uint8_t flags, struct tq_error *err)
{
    const struct xml_table *table = &pass->tree->tables[pass->table - 1];

    pass->in_record = false;
    for (uint32_t i = 0; i < table->column_count; i++) {
        int r = row_writer_cell(pass->writer, buf_slice(&pass->cells[i]), err);

        if (r < 0)
            return r;
        buf_empty(&pass->cells[i]);
    }
    return row_writer_row(pass->writer, pass->line, flags, err);
}

/* The words of an element, and what its attribute "name" says: that is the column if they have
 * nothing else between them, as in <field name="id">1</field>, and else a value of its own. */
static int end_values(struct xml_pass *pass, const struct xml_frame *frame, struct tq_error *err)
{
    struct slice name = slice_make(pass->names.data + frame->name_start, frame->name_length);
    struct slice text = slice_trim(
        slice_make(pass->text.data + frame->text_start, pass->text.length - frame->text_start));
    uint32_t node = frame->node;
    int r = TQ_OK;

    if (is_first(pass) && text.length > 0)
        pass->tree->nodes[node].mixed += frame->has_elements;
    if (name.length > 0 && text.length > 0 && !frame->has_elements)
        r = xml_tree_find(pass->tree, node, NODE_NAMED, name, is_first(pass), &node, err);
    else if (name.length > 0 && !frame->is_nil && frame->node != 0)
        r = take_attribute(pass, frame->node, SLICE_LITERAL("name"), name, err);
    if (r < 0 || text.length == 0)
        return r;
    return take_value(pass, node != 0 ? node : frame->node, text, err);
}

/* In prose a line ends where an element does that stands among elements, not among words. */
static int end_prose(struct xml_pass *pass, struct tq_error *err)
{
    uint32_t outer = pass->depth > 1 ? pass->frames[pass->depth - 2].node : 0;
    int r = TQ_OK;

    if (pass->tree->nodes[outer].mixed > 0)
        return TQ_OK;
    for (size_t i = 0; i < pass->text.length; i++) {
        if (pass->text.data[i] == '\n')
            pass->text.data[i] = ' ';
    }
    if (slice_trim(buf_slice(&pass->text)).length > 0)
        r = text_pages_line(pass->pages, slice_trim(buf_slice(&pass->text)), err);
    buf_empty(&pass->text);
    return r;
}

static int on_end(void *state, const char *name, struct tq_error *err)
{
    struct xml_pass *pass = state;
    struct xml_frame *frame = &pass->frames[pass->depth - 1];
    uint32_t node = frame->node;
    int r;

    (void)name;
    if (is_text(pass) && pass->tree->is_prose) {
        r = end_prose(pass, err);
    } else {
        buf_add(&pass->text, "", 0); /* there is a text, though it may be empty */
        buf_add(&pass->names, "", 0);
        r = buf_check(&pass->text, err);
        if (r == TQ_OK)
            r = buf_check(&pass->names, err);
        if (r == TQ_OK)
            r = end_values(pass, frame, err);
        if (pass->text.length > frame->text_start)
            pass->text.length = frame->text_start;
    }
    pass->names.length = frame->name_start;
    pass->depth--;
    if (r == TQ_OK && pass->in_record && pass->tree->nodes[node].is_record
        && pass->tree->nodes[node].table == pass->table)
        r = end_record(pass, 0, err);
    return r;
}

static int on_text(void *state, struct slice text, struct tq_error *err)
{
    struct xml_pass *pass = state;

    if (pass->depth == 0)
        return TQ_OK;
    if (pass->text.length > pass->frames[pass->depth - 1].text_start + CELL_BYTES_MAX)
        return TQ_OK; /* more would be cut anyway */
    buf_add_slice(&pass->text, text);
    return buf_check(&pass->text, err);
}

/* Texts that do not begin as XML should may have no single root: they get one. */
static bool lacks_root(struct slice head)
{
    head = slice_trim(head);
    return head.length > 1 && head.data[0] == '<' && head.data[1] != '?' && head.data[1] != '!';
}

static int feed_all(struct xml_pass *pass, char *buffer, struct tq_error *err)
{
    uint64_t offset = 0;
    size_t got;
    int r;

    do {
        r = file_read_at(pass->input->fd, offset, buffer, READ_BYTES, &got, err);
        if (r == TQ_OK && offset == 0 && lacks_root(slice_make(buffer, got))) {
            pass->is_wrapped = true;
            r = xml_feed(&pass->xml, SLICE_LITERAL(ROOT), false, err);
        }
        if (r == TQ_OK && got > 0)
            r = xml_feed(&pass->xml, slice_make(buffer, got), false, err);
        offset += got;
    } while (r == TQ_OK && got > 0 && !pass->xml.fault && !(is_text(pass) && pass->pages->stopped));
    if (r < 0)
        return r;
    return xml_feed(&pass->xml, pass->is_wrapped ? SLICE_LITERAL("</text>") : (struct slice){0},
                    true, err);
}

/* Read the text once; what is open where it breaks off is closed. */
static int run(struct xml_pass *pass, struct tq_error *err)
{
    CLEANUP(free_cleanup) char *buffer = alloc_zeroed(READ_BYTES, 1);
    const struct xml_visitor visitor = {pass, on_begin, on_end, on_text};
    int r;

    if (!buffer)
        return tq_no_memory(err);
    if (!is_first(pass) && !is_text(pass)) {
        pass->cells =
            alloc_zeroed(pass->tree->tables[pass->table - 1].column_count, sizeof(*pass->cells));
        if (!pass->cells)
            return tq_no_memory(err);
    }
    r = xml_open(&pass->xml, &visitor, NULL, err);
    if (r == TQ_OK)
        r = feed_all(pass, buffer, err);
    while (r == TQ_OK && pass->xml.fault && pass->depth > 0) {
        bool torn =
            pass->in_record && pass->tree->nodes[pass->frames[pass->depth - 1].node].is_record;

        if (torn)
            r = end_record(pass, ROW_RAGGED, err);
        if (r == TQ_OK)
            r = on_end(pass, "", err);
    }
    return r;
}

struct xml_reading {
    const struct extract_input *input;
    const struct sink *sink;
    struct xml_tree tree;
    struct row_writer writer;
    struct text_pages pages;
};

/* Where a pass broke off, if it did. */
struct xml_fault {
    const char *what; /* NULL: it did not */
    uint64_t line, at;
};

static int read_once(struct xml_reading *reading, uint32_t table, struct xml_fault *out_fault,
                     struct tq_error *err)
{
    struct xml_pass pass = {.input = reading->input,
                            .tree = &reading->tree,
                            .writer = &reading->writer,
                            .pages = &reading->pages,
                            .table = table};
    int r = run(&pass, err);

    *out_fault = (struct xml_fault){pass.xml.fault, pass.xml.fault_line, pass.xml.fault_at};
    if (pass.is_wrapped)
        out_fault->at -= out_fault->at > sizeof(ROOT) - 1 ? sizeof(ROOT) - 1 : out_fault->at;
    pass_clear(&pass);
    return r;
}

static int note_findings(struct xml_reading *reading, const struct xml_fault *fault,
                         struct tq_error *err)
{
    int r = TQ_OK;

    if (fault->what)
        r = emit_note(reading->sink, fault->line, err,
                      "damaged XML: %s; the rest was read as plain text", fault->what);
    if (r == TQ_OK && reading->tree.full)
        r = emit_note(
            reading->sink, 0, err,
            "more kinds of elements than can be told apart: the others were read as text");
    for (uint32_t i = 0; i < reading->tree.table_count && r == TQ_OK; i++) {
        if (reading->tree.tables[i].has_others)
            r = emit_note(reading->sink, 0, err,
                          "too many kinds of values for columns: the rare ones share the last");
    }
    if (r == TQ_OK && reading->writer.record == 0 && reading->pages.page_count == 0)
        r = emit_note(reading->sink, 0, err, "no records and no text were found");
    return r;
}

static int read_tables(struct xml_reading *reading, struct tq_error *err)
{
    struct xml_fault ignored;
    int r = TQ_OK;

    for (uint32_t i = 1; r == TQ_OK && i <= reading->tree.table_count; i++) {
        const struct xml_table *table = &reading->tree.tables[i - 1];

        r = row_writer_table(&reading->writer, table->name, table->column_count, table->columns,
                             err);
        if (r == TQ_OK)
            r = read_once(reading, i, &ignored, err);
    }
    return r < 0 ? r : row_writer_finish(&reading->writer, err);
}

static int read_all(struct xml_reading *reading, struct tq_error *err)
{
    struct xml_fault fault, ignored;
    int r = xml_tree_init(&reading->tree, err);

    if (r == TQ_OK)
        r = read_once(reading, 0, &fault, err);
    if (r == TQ_OK)
        r = xml_tree_settle(&reading->tree, err);
    if (r == TQ_OK)
        r = read_tables(reading, err);
    if (r == TQ_OK && xml_tree_has_text(&reading->tree))
        r = read_once(reading, UINT32_MAX, &ignored, err);
    if (r == TQ_OK && fault.what)
        r = xml_rest_read(reading->input, fault.at, &reading->pages, err);
    if (r == TQ_OK)
        r = text_pages_finish(&reading->pages, err);
    return r < 0 ? r : note_findings(reading, &fault, err);
}

static int xml_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    struct xml_reading reading = {
        .input = input, .sink = sink, .pages = {.sink = sink, .pages_max = limits->pages_max}};
    int r = emit_type(sink, "xml", err);

    row_writer_init(&reading.writer, sink);
    if (r == TQ_OK)
        r = read_all(&reading, err);
    xml_tree_clear(&reading.tree);
    row_writer_clear(&reading.writer);
    text_pages_clear(&reading.pages);
    return r;
}

/* ---- recognition ---- */

static int count_element(void *state, const char *name, const char **attributes,
                         struct tq_error *err)
{
    uint32_t *elements = state;

    (void)name;
    (void)attributes;
    (void)err;
    ++*elements;
    return TQ_OK;
}

/* Without a declaration: as long as it is well-formed, and has some elements. */
static enum claim try_parse(struct slice head)
{
    uint32_t elements = 0;
    const struct xml_visitor visitor = {.state = &elements, .begin = count_element};
    struct tq_error ignored;
    struct xml xml;
    int r = xml_open(&xml, &visitor, NULL, &ignored);

    if (r == TQ_OK)
        r = xml_feed(&xml, SLICE_LITERAL(ROOT), false, &ignored);
    if (r == TQ_OK)
        r = xml_feed(&xml, head, false, &ignored);
    r = r < 0 ? CLAIM_FAILED : !xml.fault && elements > 1 ? CLAIM_LIKELY : CLAIM_NONE;
    xml_clear(&xml);
    return r;
}

static enum claim xml_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;
    struct slice start;

    (void)input;
    if (head.length < 4 || !memchr(head.data, '<', head.length < 64 ? head.length : 64))
        return CLAIM_NONE;
    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    start = slice_trim(buf_slice(&text));
    if (slice_starts(start, SLICE_LITERAL("<?xml"))
        || slice_starts(start, SLICE_LITERAL("<!DOCTYPE")))
        return CLAIM_CERTAIN;
    if (start.length == 0 || start.data[0] != '<')
        return CLAIM_NONE;
    return try_parse(head);
}

const struct format format_xml = {"xml", xml_claim, xml_read};
