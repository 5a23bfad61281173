/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * HTML: text as a browser shows it. Tables of data become tables; those that only place other
 * tables on the page are dissolved.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/decode.h"
#include "extract/document_text.h"
#include "extract/format.h"
#include "extract/html_entity.h"
#include "extract/html_stream.h"

#define TABLES_DEEP      32u    /* tables within tables; deeper ones are text */
#define ROWS_DOWN_MAX    65534u /* as browsers have it */
#define LIST_ROWS_MIN    4u     /* lists are what HTML tables are used for */
#define LIST_COLUMNS_MIN 3u

/* A table that is open. */
struct open_table {
    bool dissolved; /* it only places what is in it */
    bool in_row, in_cell;
    uint32_t columns, rows; /* of the open cell */
};

struct html_reader {
    const struct sink *sink;
    struct text_source source;
    struct document_text text;
    struct open_table tables[TABLES_DEEP];
    uint32_t depth;     /* of open tables, may be more than TABLES_DEEP */
    char raw[12];       /* the element whose content is no text ("script"), or "" */
    bool in_pre, space; /* white space counts; some is owed */
    struct buf decoded;
};

static void html_reader_clear(struct html_reader *html)
{
    text_source_clear(&html->source);
    document_text_clear(&html->text);
    buf_clear(&html->decoded);
}

/* ---- text ---- */

/* Runs of white space are one space, and none at the start of a line. */
static int add_words(struct html_reader *html, struct slice text, struct tq_error *err)
{
    while (text.length > 0) {
        size_t length = 0;
        const struct buf *line = html->text.depth > 0 ? &html->text.cell : &html->text.line;
        int r;

        if (html_is_space(text.data[0])) {
            html->space = true;
            text = slice_skip(text, 1);
            continue;
        }
        while (length < text.length && !html_is_space(text.data[length]))
            length++;
        if (html->space && line->length > 0) {
            r = document_text_add(&html->text, SLICE_LITERAL(" "), err);
            if (r < 0)
                return r;
        }
        html->space = false;
        r = document_text_add(&html->text, slice_make(text.data, length), err);
        if (r < 0)
            return r;
        text = slice_skip(text, length);
    }
    return TQ_OK;
}

static int add_lines(struct html_reader *html, struct slice text, struct tq_error *err)
{
    while (text.length > 0) {
        const char *mark = memchr(text.data, '\n', text.length);
        size_t length = mark ? (size_t)(mark - text.data) : text.length;
        int r = document_text_add(&html->text, slice_make(text.data, length), err);

        if (r == TQ_OK && mark)
            r = document_text_end_line(&html->text, err);
        if (r < 0)
            return r;
        text = slice_skip(text, length + 1);
    }
    return TQ_OK;
}

/* Text in a table but in none of its cells: a caption, or what is where it should not be. */
static bool is_aside(const struct html_reader *html)
{
    return html->depth > 0 && html->depth <= TABLES_DEEP && !html->tables[html->depth - 1].dissolved
           && !html->tables[html->depth - 1].in_cell && html->text.depth == 1;
}

static int add_text(struct html_reader *html, struct slice text, struct tq_error *err)
{
    int r;

    if (html->raw[0])
        return TQ_OK;
    buf_empty(&html->decoded);
    html_decode(&html->decoded, text);
    r = buf_check(&html->decoded, err);
    if (r < 0)
        return r;
    if (is_aside(html)) {
        struct slice words = slice_trim(buf_slice(&html->decoded));

        return words.length > 0 ? document_text_aside(&html->text, words, err) : TQ_OK;
    }
    return html->in_pre ? add_lines(html, buf_slice(&html->decoded), err)
                        : add_words(html, buf_slice(&html->decoded), err);
}

static int end_line(struct html_reader *html, struct tq_error *err)
{
    html->space = false;
    if (html->text.depth == 0 && html->text.line.length == 0)
        return TQ_OK;
    return document_text_end_line(&html->text, err);
}

/* ---- tables ---- */

static struct open_table *innermost(struct html_reader *html)
{
    return html->depth > 0 && html->depth <= TABLES_DEEP ? &html->tables[html->depth - 1] : NULL;
}

static int end_cell(struct html_reader *html, struct open_table *table, struct tq_error *err)
{
    if (!table->in_cell)
        return TQ_OK;
    table->in_cell = false;
    html->space = false;
    return table->dissolved
               ? end_line(html, err)
               : document_text_end_cell_down(&html->text, table->columns, table->rows, err);
}

static int end_row(struct html_reader *html, struct open_table *table, struct tq_error *err)
{
    int r = end_cell(html, table, err);

    if (r < 0 || !table->in_row)
        return r;
    table->in_row = false;
    return table->dissolved ? end_line(html, err) : document_text_end_row(&html->text, err);
}

/* A table within a table: the outer one only places it, unless it is a list already. */
static int begin_table(struct html_reader *html, struct tq_error *err)
{
    struct open_table *outer = innermost(html);
    int r = document_text_settle(&html->text, err);

    if (r == TQ_OK && outer && !outer->dissolved && !html->text.is_list && html->text.depth == 1) {
        r = document_text_table_end(&html->text, err);
        outer->dissolved = true;
    }
    if (r == TQ_OK)
        r = end_line(html, err);
    html->depth++;
    if (r < 0 || html->depth > TABLES_DEEP)
        return r;
    html->tables[html->depth - 1] = (struct open_table){.columns = 1, .rows = 1};
    return document_text_table(&html->text, err);
}

static int end_table(struct html_reader *html, struct tq_error *err)
{
    struct open_table *table = innermost(html);
    int r = TQ_OK;

    if (html->depth == 0)
        return TQ_OK;
    if (table)
        r = end_row(html, table, err);
    html->depth--;
    if (r < 0 || !table || table->dissolved)
        return r < 0 ? r : end_line(html, err);
    return document_text_table_end(&html->text, err);
}

static uint32_t small_number(struct slice text)
{
    uint32_t value = 0;

    for (size_t i = 0; i < text.length && i < 5 && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        value = value * 10 + (uint32_t)(text.data[i] - '0');
    return value;
}

static int begin_cell(struct html_reader *html, struct slice tag, struct tq_error *err)
{
    struct open_table *table = innermost(html);
    struct slice rowspan = html_attribute(tag, "rowspan");
    uint32_t columns = small_number(html_attribute(tag, "colspan"));
    uint32_t rows = small_number(rowspan);
    int r;

    if (!table)
        return end_line(html, err);
    r = end_cell(html, table, err);
    table->in_row = table->in_cell = true;
    table->columns = columns > 0 && columns < TABLE_COLUMNS_MAX ? columns : 1;
    table->rows = rows;
    if (rows > ROWS_DOWN_MAX || (rows == 0 && slice_is(rowspan, "0"))) /* to the end */
        table->rows = ROWS_DOWN_MAX;
    return r;
}

/* ---- tags ---- */

enum tag_kind {
    TAG_OTHER,
    TAG_BLOCK, /* what stands in it stands on lines of its own */
    TAG_RAW,   /* its content is no text */
    TAG_TABLE,
    TAG_ROW,
    TAG_CELL,
    TAG_PRE,
    TAG_INPUT,
};

static enum tag_kind kind_of(struct slice name)
{
    static const struct {
        const char *name;
        enum tag_kind kind;
    } known[] = {
        {"p", TAG_BLOCK},       {"div", TAG_BLOCK},      {"br", TAG_BLOCK},
        {"li", TAG_BLOCK},      {"h1", TAG_BLOCK},       {"h2", TAG_BLOCK},
        {"h3", TAG_BLOCK},      {"h4", TAG_BLOCK},       {"h5", TAG_BLOCK},
        {"h6", TAG_BLOCK},      {"hr", TAG_BLOCK},       {"ul", TAG_BLOCK},
        {"ol", TAG_BLOCK},      {"dl", TAG_BLOCK},       {"dt", TAG_BLOCK},
        {"dd", TAG_BLOCK},      {"title", TAG_BLOCK},    {"body", TAG_BLOCK},
        {"section", TAG_BLOCK}, {"article", TAG_BLOCK},  {"header", TAG_BLOCK},
        {"footer", TAG_BLOCK},  {"form", TAG_BLOCK},     {"option", TAG_BLOCK},
        {"address", TAG_BLOCK}, {"caption", TAG_BLOCK},  {"blockquote", TAG_BLOCK},
        {"nav", TAG_BLOCK},     {"main", TAG_BLOCK},     {"fieldset", TAG_BLOCK},
        {"legend", TAG_BLOCK},  {"textarea", TAG_BLOCK}, {"script", TAG_RAW},
        {"style", TAG_RAW},     {"table", TAG_TABLE},    {"tr", TAG_ROW},
        {"td", TAG_CELL},       {"th", TAG_CELL},        {"pre", TAG_PRE},
        {"input", TAG_INPUT},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (html_name_is(name, known[i].name))
            return known[i].kind;
    }
    return TAG_OTHER;
}

/* What a form was filled with. */
static int add_input(struct html_reader *html, struct slice tag, struct tq_error *err)
{
    struct slice value = html_attribute(tag, "value");
    int r;

    if (value.length == 0)
        return TQ_OK;
    html->space = true;
    r = add_text(html, value, err);
    html->space = true;
    return r;
}

static int begin_tag(struct html_reader *html, enum tag_kind kind, struct slice name,
                     struct slice tag, struct tq_error *err)
{
    struct open_table *table = innermost(html);

    switch (kind) {
    case TAG_RAW:
        memcpy(html->raw, name.data, name.length);
        html->raw[name.length] = '\0';
        return TQ_OK;
    case TAG_TABLE:
        return begin_table(html, err);
    case TAG_ROW:
        if (!table)
            return end_line(html, err);
        if (end_row(html, table, err) < 0)
            return err->status;
        table->in_row = true;
        return TQ_OK;
    case TAG_CELL:
        return begin_cell(html, tag, err);
    case TAG_PRE:
        html->in_pre = true;
        return end_line(html, err);
    case TAG_BLOCK:
        return end_line(html, err);
    case TAG_INPUT:
        return add_input(html, tag, err);
    case TAG_OTHER:
        break;
    }
    return TQ_OK;
}

static int end_tag(struct html_reader *html, enum tag_kind kind, struct tq_error *err)
{
    struct open_table *table = innermost(html);

    switch (kind) {
    case TAG_TABLE:
        return end_table(html, err);
    case TAG_ROW:
        return table ? end_row(html, table, err) : end_line(html, err);
    case TAG_CELL:
        return table ? end_cell(html, table, err) : end_line(html, err);
    case TAG_PRE:
        html->in_pre = false;
        return end_line(html, err);
    case TAG_BLOCK:
        return end_line(html, err);
    case TAG_RAW:
    case TAG_INPUT:
    case TAG_OTHER:
        break;
    }
    return TQ_OK;
}

static int take_tag(void *state, const struct html_tag *tag, struct tq_error *err)
{
    struct html_reader *html = state;

    if (html->raw[0]) {
        if (tag->is_end && html_name_is(tag->name, html->raw))
            html->raw[0] = '\0';
        return TQ_OK;
    }
    return tag->is_end ? end_tag(html, kind_of(tag->name), err)
                       : begin_tag(html, kind_of(tag->name), tag->name, tag->whole, err);
}

static int take_text(void *state, struct slice text, struct tq_error *err)
{
    return add_text(state, text, err);
}

static int read_all(struct html_reader *html, const struct extract_input *input,
                    struct tq_error *err)
{
    const struct html_visitor visitor = {html, take_tag, take_text};
    int r = html_stream_read(input, &html->source, &visitor, &html->text.pages.stopped, err);

    if (r == TQ_OK)
        r = document_text_finish(&html->text, err);
    if (r == TQ_OK && html->text.grid.writer.record == 0 && html->text.pages.page_count == 0)
        r = emit_note(html->sink, 0, err, "no records and no text were found");
    return r < 0 ? r : text_source_report(&html->source, html->sink, err);
}

static int html_read(const struct extract_input *input, const struct extract_limits *limits,
                     const struct sink *sink, struct tq_error *err)
{
    CLEANUP(html_reader_clear) struct html_reader html = {.sink = sink, .source = {.fd = -1}};
    int r = emit_type(sink, "html", err);

    if (r < 0)
        return r;
    document_text_init(&html.text, sink, limits);
    html.text.list_rows_min = LIST_ROWS_MIN;
    html.text.list_columns_min = LIST_COLUMNS_MIN;
    return read_all(&html, input, err);
}

/* ---- recognition ---- */

static bool has_tag(struct slice text, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i + length + 1 < text.length; i++) {
        const char *at = memchr(text.data + i, '<', text.length - i - length - 1);

        if (!at)
            return false;
        i = (size_t)(at - text.data);
        if (strncasecmp(at + 1, name, length) == 0
            && (html_is_space(at[1 + length]) || at[1 + length] == '>'))
            return true;
    }
    return false;
}

static enum claim html_claim(struct slice head, const struct extract_input *input)
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
    if (start.length == 0 || start.data[0] != '<')
        return CLAIM_NONE;
    if (has_tag(start, "html")
        || (start.length > 15 && strncasecmp(start.data, "<!doctype html", 14) == 0))
        return CLAIM_CERTAIN;
    if (slice_starts(start, SLICE_LITERAL("<?xml")))
        return CLAIM_NONE;
    return (has_tag(start, "table") && has_tag(start, "tr")) || has_tag(start, "body")
                   || has_tag(start, "div")
               ? CLAIM_LIKELY
               : CLAIM_NONE;
}

const struct format format_html = {"html", html_claim, html_read};
