/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Records as names and values in plain text: a value a line, with blank or drawn lines between
 * records (forms, logs of stealers, "\x" of psql, "\G" of mysql), or all values on a line. */
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/aside.h"
#include "extract/attribute_table.h"
#include "extract/format.h"
#include "extract/labelled_line.h"
#include "extract/line_source.h"

#define CLAIM_BYTES ((size_t)16 << 10) /* enough to tell, and asked of every text */

struct labelled {
    const struct sink *sink;
    enum labelled_form form;
    struct line_source lines;
    struct attribute_table table;
    struct aside aside;
    struct buf first;       /* name of the first value of the open record */
    struct buf name, value; /* the value that may go on in the next line */
    bool has_value;
    struct note_kind remark, joined;
};

static void labelled_clear(struct labelled *labelled)
{
    line_source_clear(&labelled->lines);
    attribute_table_clear(&labelled->table);
    aside_clear(&labelled->aside);
    buf_clear(&labelled->first);
    buf_clear(&labelled->name);
    buf_clear(&labelled->value);
}

static int give_value(struct labelled *labelled, struct tq_error *err)
{
    if (!labelled->has_value)
        return TQ_OK;
    labelled->has_value = false;
    return attribute_table_value(&labelled->table, buf_slice(&labelled->name),
                                 buf_slice(&labelled->value), err);
}

static int close_record(struct labelled *labelled, struct tq_error *err)
{
    int r = give_value(labelled, err);

    buf_empty(&labelled->first);
    return r < 0 ? r : attribute_table_close(&labelled->table, 0, err);
}

static int open_value(struct labelled *labelled, struct slice name, struct slice value,
                      uint64_t line, struct tq_error *err)
{
    int r = TQ_OK;

    if (!labelled->table.is_open) {
        attribute_table_open(&labelled->table, line);
        buf_add_slice(&labelled->first, name);
        r = buf_check(&labelled->first, err);
    }
    buf_empty(&labelled->name);
    buf_empty(&labelled->value);
    buf_add_slice(&labelled->name, name);
    buf_add_slice(&labelled->value, value);
    labelled->has_value = true;
    if (r == TQ_OK)
        r = buf_check(&labelled->name, err);
    return r < 0 ? r : buf_check(&labelled->value, err);
}

/* Words between records, or more of the value before them. */
static int take_words(struct labelled *labelled, struct slice text, uint64_t line,
                      struct tq_error *err)
{
    bool is_second = labelled->table.is_second_pass;
    int r;

    if (labelled->has_value) {
        if (labelled->value.length > 0)
            buf_add_byte(&labelled->value, ' ');
        if (labelled->value.length <= CELL_BYTES_MAX)
            buf_add_slice(&labelled->value, slice_trim(text));
        r = buf_check(&labelled->value, err);
        return r < 0 || !is_second ? r
                                   : note_kind_add(&labelled->joined, labelled->sink, line, err);
    }
    if (!is_second)
        return TQ_OK;
    r = note_kind_add(&labelled->remark, labelled->sink, line, err);
    return r < 0 ? r : aside_line(&labelled->aside, line, text, err);
}

static int take_block_line(struct labelled *labelled, struct slice text, uint64_t line,
                           struct tq_error *err)
{
    bool is_blank = slice_trim(text).length == 0;
    struct slice name, value;
    int r;

    if (is_blank || labelled_line_parts(text)) {
        r = close_record(labelled, err);
        return r < 0 || is_blank || !labelled->table.is_second_pass
                   ? r
                   : aside_line(&labelled->aside, line, text, err);
    }
    if (!labelled_line_split(text, &name, &value))
        return take_words(labelled, text, line, err);
    if (labelled->table.is_open && slice_equal(name, buf_slice(&labelled->first)))
        r = close_record(labelled, err);
    else
        r = give_value(labelled, err);
    return r < 0 ? r : open_value(labelled, name, value, line, err);
}

/* A record a line; what stands before its first name has none. */
static int take_record_line(struct labelled *labelled, struct slice text, uint64_t line,
                            struct tq_error *err)
{
    struct slice name, value;
    int r = TQ_OK;

    if (slice_trim(text).length == 0)
        return TQ_OK;
    while (r == TQ_OK && labelled_line_take(&text, &name, &value)) {
        r = give_value(labelled, err);
        if (r == TQ_OK)
            r = open_value(labelled, name, value, line, err);
    }
    if (r == TQ_OK && slice_trim(text).length > 0)
        r = take_words(labelled, text, line, err);
    return r < 0 ? r : close_record(labelled, err);
}

static int pass(struct labelled *labelled, struct tq_error *err)
{
    for (;;) {
        uint64_t line = labelled->lines.line;
        struct slice text;
        bool end;
        int r = line_source_next(&labelled->lines, &end, err);

        if (r < 0)
            return r;
        if (end)
            return close_record(labelled, err);
        text = buf_slice(&labelled->lines.text);
        r = labelled->form == LABELLED_LINES ? take_record_line(labelled, text, line, err)
                                             : take_block_line(labelled, text, line, err);
        if (r < 0)
            return r;
    }
}

static int report(struct labelled *labelled, struct tq_error *err)
{
    int r = attribute_table_finish(&labelled->table, err);

    if (r == TQ_OK)
        r = aside_finish(&labelled->aside, err);
    if (r == TQ_OK)
        r = note_kind_finish(&labelled->remark, labelled->sink, err);
    if (r == TQ_OK)
        r = note_kind_finish(&labelled->joined, labelled->sink, err);
    return r < 0 ? r : text_source_report(&labelled->lines.source, labelled->sink, err);
}

/* The form of the text in view, which is that of the whole. */
static enum labelled_form form_in_view(const struct line_source *lines)
{
    size_t length = lines->source.length < CLAIM_BYTES ? lines->source.length : CLAIM_BYTES;
    enum labelled_form form = labelled_form_of(slice_make(lines->source.text, length));

    return form == LABELLED_NONE ? LABELLED_BLOCKS : form;
}

static int labelled_read(const struct extract_input *input, const struct extract_limits *limits,
                         const struct sink *sink, struct tq_error *err)
{
    CLEANUP(labelled_clear)
    struct labelled labelled = {
        .sink = sink,
        .remark = {"a line between records, not a record", 0},
        .joined = {"a line without a name went to the value before it", 0},
    };
    char first;
    int r = emit_type(sink, "labelled", err);

    (void)limits;
    if (r < 0)
        return r;
    aside_init(&labelled.aside, sink);
    r = attribute_table_init(&labelled.table, sink, err);
    if (r == TQ_OK)
        r = line_source_open(&labelled.lines, input->fd, input->size_bytes, err);
    if (r == TQ_OK)
        r = line_source_peek(&labelled.lines, &first, err);
    if (r < 0)
        return r;
    labelled.form = form_in_view(&labelled.lines);
    r = pass(&labelled, err);
    if (r == TQ_OK)
        r = attribute_table_settle(&labelled.table, (struct slice){0}, err);
    if (r < 0)
        return r;
    line_source_rewind(&labelled.lines);
    r = pass(&labelled, err);
    return r < 0 ? r : report(&labelled, err);
}

static enum claim labelled_claim(struct slice head, const struct extract_input *input)
{
    CLEANUP(buf_clear_cleanup) struct buf text = {0};
    struct tq_error ignored;

    (void)input;
    if (head.length > CLAIM_BYTES)
        head.length = CLAIM_BYTES;
    if (decode_sample(head, &text, &ignored) < 0)
        return CLAIM_FAILED;
    if (!decode_is_text(buf_slice(&text)))
        return CLAIM_NONE;
    return labelled_form_of(buf_slice(&text)) != LABELLED_NONE ? CLAIM_LIKELY : CLAIM_NONE;
}

const struct format format_labelled = {"labelled", labelled_claim, labelled_read};
