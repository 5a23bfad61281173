/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/json_stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/cleanup.h"
#include "extract/decode.h"
#include "extract/emit.h"
#include "extract/json_repair.h"
#include "extract/json_trail.h"

#define PIECE_BYTES   ((size_t)1 << 10) /* fed to the parser at once, at most a line */
#define RESUMES_MAX   10000u            /* of a text that is damaged everywhere */
#define LIKELY_EVENTS 12                /* so many without damage, and the text is JSON */

struct json_reader {
    json_handler *handler;
    void *state;
    struct json_repair repair;
    struct buf piece;
    yajl_handle parser;
    uint64_t line;
    uint64_t root_line; /* where the open root value started */
    bool long_roots;    /* a value at the root went over several lines: no JSON Lines */
    uint32_t depth;
    struct json_trail trail;
    bool skipping; /* behind damage: up to the line's end ... */
    bool seeking;  /* ... or to the next record */
    bool by_lines; /* if the line has none, the next line is a fresh start */
    bool parser_failed;
    int result; /* of the handler */
    struct json_report report;
    struct tq_error *err;
};

static void reader_clear(struct json_reader *reader)
{
    if (reader->parser)
        yajl_free(reader->parser);
    buf_clear(&reader->piece);
}

/* Pass an event on; what yajl wants to hear is whether to go on. */
static int send(struct json_reader *reader, enum json_event event, const char *text, size_t length)
{
    reader->report.events++;
    reader->result =
        reader->handler(reader->state, event, slice_make(text, length), reader->line, reader->err);
    return reader->result == TQ_OK;
}

static int send_value(struct json_reader *reader, enum json_event event, const char *text,
                      size_t length)
{
    if (reader->depth == 0)
        reader->report.roots++;
    return send(reader, event, text, length);
}

static int on_null(void *state)
{
    return send_value(state, JSON_NULL, NULL, 0);
}

static int on_boolean(void *state, int value)
{
    return value ? send_value(state, JSON_LITERAL, "true", 4)
                 : send_value(state, JSON_LITERAL, "false", 5);
}

static int on_number(void *state, const char *text, size_t length)
{
    return send_value(state, JSON_LITERAL, text, length);
}

static int on_string(void *state, const unsigned char *text, size_t length)
{
    return send_value(state, JSON_TEXT, (const char *)text, length);
}

static int on_key(void *state, const unsigned char *text, size_t length)
{
    struct json_reader *reader = state;

    json_trail_key(&reader->trail, reader->depth, slice_make((const char *)text, length));
    return send(state, JSON_KEY, (const char *)text, length);
}

static int open_container(struct json_reader *reader, enum json_event event)
{
    if (reader->depth == 0)
        reader->root_line = reader->line;
    if (reader->depth >= JSON_DEPTH_MAX) {
        reader->report.too_deep = true;
        return 0;
    }
    if (!send(reader, event, NULL, 0))
        return 0;
    reader->depth++;
    json_trail_open(&reader->trail, reader->depth, event == JSON_MAP_START);
    return 1;
}

static int close_container(struct json_reader *reader, enum json_event event)
{
    if (reader->depth > 0)
        reader->depth--;
    json_trail_close(&reader->trail, reader->depth, event == JSON_MAP_END);
    if (reader->depth == 0) {
        reader->report.roots++;
        reader->long_roots |= reader->root_line != reader->line;
    }
    return send(reader, event, NULL, 0);
}

static int on_map_start(void *state)
{
    return open_container(state, JSON_MAP_START);
}

static int on_map_end(void *state)
{
    return close_container(state, JSON_MAP_END);
}

static int on_array_start(void *state)
{
    return open_container(state, JSON_ARRAY_START);
}

static int on_array_end(void *state)
{
    return close_container(state, JSON_ARRAY_END);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_map_start,
    .yajl_map_key = on_key,
    .yajl_end_map = on_map_end,
    .yajl_start_array = on_array_start,
    .yajl_end_array = on_array_end,
};

static int start_parser(struct json_reader *reader)
{
    if (reader->parser)
        yajl_free(reader->parser);
    reader->parser = yajl_alloc(&callbacks, NULL, reader);
    if (!reader->parser)
        return tq_no_memory(reader->err);
    yajl_config(reader->parser, yajl_allow_multiple_values, 1);
    yajl_config(reader->parser, yajl_dont_validate_strings, 1);
    yajl_config(reader->parser, yajl_allow_comments, 1);
    yajl_config(reader->parser, yajl_allow_partial_values, 1);
    reader->repair.place = JSON_OUTSIDE;
    reader->repair.comma = false;
    reader->depth = 0;
    return TQ_OK;
}

static int restart(struct json_reader *reader)
{
    if (!send(reader, JSON_RESTART, NULL, 0))
        return reader->result;
    reader->trail = (struct json_trail){0};
    return start_parser(reader);
}

/*
 * The parser gave up. In JSON Lines the next line is a fresh start; in one value the next record
 * is, if it is known how records begin.
 */
static int take_damage(struct json_reader *reader)
{
    bool is_array = !reader->trail.levels[0].is_map;

    if (reader->result != TQ_OK)
        return reader->result;
    if (reader->report.damaged++ == 0)
        reader->report.first_line = reader->line;
    reader->seeking = reader->report.roots == 0 && json_trail_is_known(&reader->trail)
                      && reader->report.resumed < RESUMES_MAX;
    reader->by_lines = reader->report.roots > 0
                       || (reader->root_line == reader->line && !(reader->seeking && is_array));
    if ((!reader->by_lines && !reader->seeking) || reader->report.too_deep) {
        reader->report.stopped = true;
        return JSON_STOP;
    }
    if (reader->seeking)
        return TQ_OK;
    reader->skipping = true;
    return restart(reader);
}

static int parse_piece(struct json_reader *reader)
{
    yajl_status status;

    if (reader->piece.failed)
        return buf_check(&reader->piece, reader->err);
    if (reader->piece.length == 0)
        return TQ_OK;
    status =
        yajl_parse(reader->parser, (const unsigned char *)reader->piece.data, reader->piece.length);
    return status == yajl_status_ok ? TQ_OK : take_damage(reader);
}

/* In JSON Lines, a value that is still open where the next line starts an object lost its end. */
static bool is_torn(const struct json_reader *reader, struct slice rest)
{
    return (reader->repair.place >= JSON_STRING || reader->depth > 0) && reader->report.roots > 0
           && !reader->long_roots && rest.length > 1 && rest.data[0] == '{' && rest.data[1] == '"';
}

/* The next record was found: open what stands around it, as if all before it had been closed. */
static int resume(struct json_reader *reader)
{
    struct json_trail trail = reader->trail;
    CLEANUP(buf_clear_cleanup) struct buf opening = {0};
    uint64_t root_line = reader->root_line;
    int r;

    reader->seeking = false;
    reader->report.resumed++;
    if (!send(reader, JSON_RESUME, NULL, 0))
        return reader->result;
    r = start_parser(reader);
    if (r < 0)
        return r;
    json_trail_reopen(&trail, &opening);
    buf_empty(&reader->piece);
    json_repair_add(&reader->repair, buf_slice(&opening), &reader->piece);
    if (opening.failed)
        return buf_check(&opening, reader->err);
    r = parse_piece(reader);
    reader->root_line = root_line;
    reader->trail = trail;
    return r;
}

static size_t count_lines(struct slice text)
{
    size_t lines = 0;

    for (size_t i = 0; i < text.length; i++)
        lines += text.data[i] == '\n';
    return lines;
}

/* Behind damage: pass over what comes before the next record; *text is what is left. */
static int seek(struct json_reader *reader, struct slice *text)
{
    const char *mark = reader->by_lines ? memchr(text->data, '\n', text->length) : NULL;
    struct slice here = mark ? slice_make(text->data, (size_t)(mark - text->data)) : *text;
    size_t at = json_trail_find(&reader->trail, here);

    reader->line += count_lines(slice_make(here.data, at));
    *text = slice_skip(*text, at);
    if (at < here.length)
        return resume(reader);
    if (!mark)
        return TQ_OK;
    reader->seeking = false;
    reader->line++;
    *text = slice_skip(*text, 1);
    return restart(reader);
}

/*
 * How much of a piece the parser read before it gave up: all of it, if repairs have moved its
 * bytes. What it refused last may be the brace of the next record; a line's end is for seek().
 */
static size_t bytes_read(const struct json_reader *reader, struct slice piece, uint64_t repairs)
{
    size_t used = yajl_get_bytes_consumed(reader->parser), most = piece.length;

    if (piece.length > 1 && piece.data[piece.length - 1] == '\n')
        most--;
    if (reader->repair.repairs != repairs || used > most)
        return most;
    return used > 0 ? used - 1 : 0;
}

/* One piece for the parser, at most a line; *out_used: how much of it is done with. */
static int feed_piece(struct json_reader *reader, struct slice piece, size_t *out_used)
{
    uint64_t repairs = reader->repair.repairs;
    int r;

    *out_used = piece.length;
    if (reader->skipping)
        return TQ_OK;
    buf_empty(&reader->piece);
    json_repair_add(&reader->repair, piece, &reader->piece);
    r = parse_piece(reader);
    if (r == TQ_OK && reader->seeking)
        *out_used = bytes_read(reader, piece, repairs);
    return r;
}

/* Feed text: line by line, so that places are known and damage costs no more than a line. */
static int feed(struct json_reader *reader, struct slice text)
{
    while (text.length > 0) {
        size_t wanted = text.length < PIECE_BYTES ? text.length : PIECE_BYTES, used = 0;
        const char *mark = memchr(text.data, '\n', wanted);
        size_t length = mark ? (size_t)(mark - text.data) + 1 : wanted;
        int r = reader->seeking ? seek(reader, &text)
                                : feed_piece(reader, slice_make(text.data, length), &used);

        if (r != TQ_OK)
            return r;
        text = slice_skip(text, used);
        if (!mark || used < length)
            continue;
        if (!reader->skipping && !reader->seeking && is_torn(reader, text)) {
            r = take_damage(reader);
            if (r != TQ_OK)
                return r;
        }
        reader->skipping = false;
        reader->line++;
    }
    return TQ_OK;
}

static int finish(struct json_reader *reader)
{
    int r;

    if (reader->skipping || reader->seeking) {
        reader->report.stopped = reader->report.roots == 0;
        return TQ_OK;
    }
    buf_empty(&reader->piece);
    json_repair_end(&reader->repair, &reader->piece);
    r = parse_piece(reader);
    if (r != TQ_OK)
        return r;
    reader->report.unfinished = reader->depth > 0 || reader->repair.place >= JSON_STRING;
    return TQ_OK;
}

static int reader_start(struct json_reader *reader)
{
    reader->line = 1;
    return start_parser(reader);
}

static void take_report(struct json_reader *reader, struct json_report *out_report)
{
    reader->report.repairs = reader->repair.repairs;
    *out_report = reader->report;
}

int json_stream_read(const struct extract_input *input, json_handler *handler, void *state,
                     struct json_report *out_report, const struct sink *sink, struct tq_error *err)
{
    CLEANUP(reader_clear)
    struct json_reader reader = {.handler = handler, .state = state, .err = err};
    CLEANUP(text_source_clear_cleanup) struct text_source source = {.fd = -1};
    int r;

    r = text_source_open(&source, input->fd, input->size_bytes, err);
    if (r < 0)
        return r;
    r = reader_start(&reader);
    if (r < 0)
        return r;
    while (!source.final) {
        r = text_source_more(&source, source.length, err);
        if (r < 0)
            return r;
        r = feed(&reader, slice_make(source.text, source.length));
        if (r != TQ_OK)
            break;
    }
    if (r == TQ_OK)
        r = finish(&reader);
    if (r < 0)
        return r;
    take_report(&reader, out_report);
    return sink ? text_source_report(&source, sink, err) : TQ_OK;
}

int json_stream_text(struct slice text, json_handler *handler, void *state,
                     struct json_report *out_report, struct tq_error *err)
{
    CLEANUP(reader_clear)
    struct json_reader reader = {.handler = handler, .state = state, .err = err};
    int r;

    r = reader_start(&reader);
    if (r < 0)
        return r;
    r = feed(&reader, text);
    if (r == TQ_OK)
        r = finish(&reader);
    if (r < 0)
        return r;
    take_report(&reader, out_report);
    return TQ_OK;
}

int json_report_note(const struct json_report *report, const struct sink *sink,
                     struct tq_error *err)
{
    int r;

    if (report->too_deep) {
        r = emit_note(sink, report->first_line, err,
                      "nested deeper than %u levels: not read from here on", JSON_DEPTH_MAX);
    } else if (report->stopped) {
        r = emit_note(sink, report->first_line, err,
                      "damaged JSON: what comes after this line was not read");
    } else if (report->resumed > 0) {
        r = emit_note(sink, report->first_line, err,
                      "%" PRIu64 " damaged places, this is the first: what was open there, up to "
                      "the next record, was left out",
                      report->damaged);
    } else if (report->damaged > 0) {
        r = emit_note(sink, report->first_line, err,
                      "%" PRIu64 " damaged lines were left out, this is the first",
                      report->damaged);
    } else {
        r = TQ_OK;
    }
    if (r < 0)
        return r;
    if (report->unfinished) {
        r = emit_note(sink, 0, err, "the JSON ends in the middle of a value");
        if (r < 0)
            return r;
    }
    if (report->repairs > 0)
        return emit_note(sink, 0, err, "%" PRIu64 " faults of JSON syntax were repaired",
                         report->repairs);
    return TQ_OK;
}

/* What a likely JSON text does not have: bare values at the root. */
struct likeness {
    uint32_t depth;
    uint64_t bare_roots;
};

static int count_event(void *state, enum json_event event, struct slice text, uint64_t line,
                       struct tq_error *err)
{
    struct likeness *likeness = state;

    (void)text;
    (void)line;
    (void)err;
    if (event == JSON_MAP_START || event == JSON_ARRAY_START)
        likeness->depth++;
    else if (event == JSON_MAP_END || event == JSON_ARRAY_END)
        likeness->depth--;
    else if (event == JSON_RESTART || event == JSON_RESUME)
        likeness->depth = 0;
    else if (likeness->depth == 0)
        likeness->bare_roots++;
    return TQ_OK;
}

/* An object, or an array of such. */
static bool begins_as_object(struct slice text)
{
    if (text.data[0] == '[')
        text = slice_trim(slice_skip(text, 1));
    return text.length > 0 && text.data[0] == '{';
}

/* Of text that parsed: few faults for its length. An array of other than objects needs more proof.
 */
static bool has_few_faults(const struct json_report *report, bool is_object)
{
    if (report->repairs > (is_object ? report->events * 2 : report->events / 10))
        return false;
    if (report->damaged == 0)
        return true;
    return report->events >= LIKELY_EVENTS && report->damaged * LIKELY_EVENTS <= report->events;
}

int json_is_likely(struct slice text, bool *out_likely, struct tq_error *err)
{
    struct json_report report = {0};
    struct likeness likeness = {0};
    int r;

    *out_likely = false;
    text = slice_trim(text);
    if (text.length < 2 || (text.data[0] != '{' && text.data[0] != '['))
        return TQ_OK;
    r = json_stream_text(text, count_event, &likeness, &report, err);
    if (r == TQ_OK)
        *out_likely = likeness.bare_roots == 0 && has_few_faults(&report, begins_as_object(text));
    return r;
}
