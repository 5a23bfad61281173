/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_JSON_STREAM_H
#define EXTRACT_JSON_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "extract/extract.h"

#define JSON_DEPTH_MAX 256u /* deeper nesting is an attack */

enum json_event {
    JSON_MAP_START,
    JSON_KEY, /* text: the key */
    JSON_MAP_END,
    JSON_ARRAY_START,
    JSON_ARRAY_END,
    JSON_TEXT,    /* text: a string, decoded */
    JSON_LITERAL, /* text: a number as written, "true" or "false" */
    JSON_NULL,
    JSON_RESTART, /* damage: what was open is lost, a value at the root follows */
    JSON_RESUME,  /* the same, but the value goes on: what stands around its records is opened anew
                   */
};

/*
 * One event of the stream, at depth `depth` (0: a value at the root) and line `line` (from 1).
 * JSON_STOP ends the reading without an error.
 */
#define JSON_STOP 1
typedef int json_handler(void *state, enum json_event event, struct slice text, uint64_t line,
                         struct tq_error *err);

/* What there was to say about the text. */
struct json_report {
    uint64_t roots; /* values at the root that were complete */
    uint64_t events;
    uint64_t damaged;    /* places that could not be read */
    uint64_t first_line; /* the first of them */
    uint64_t resumed;    /* of them, those behind which reading went on in the same value */
    bool stopped;        /* what comes after it was not read */
    bool unfinished;     /* the text ends inside a value */
    bool too_deep;
    uint64_t repairs; /* \xNN escapes, trailing commas, bare words, raw control characters */
};

/*
 * Read JSON, or JSON Lines, as a stream of events. Parsed by yajl behind a filter that repairs
 * what programs commonly get wrong: \xNN escapes (a byte), unknown escapes, control characters in
 * strings, trailing commas, single quotes, bare words, NaN, wrappers such as ObjectId(...).
 * Damage in JSON Lines costs a line; in one large value, what comes before the next object that
 * begins as the records before did.
 */
int json_stream_read(const struct extract_input *input, json_handler *handler, void *state,
                     struct json_report *out_report, const struct sink *sink,
                     struct tq_error *err) MUST_CHECK;

/* The same for text in memory that may be cut off at its end. */
int json_stream_text(struct slice text, json_handler *handler, void *state,
                     struct json_report *out_report, struct tq_error *err) MUST_CHECK;

/* The notes on damage that a report calls for. */
int json_report_note(const struct json_report *report, const struct sink *sink,
                     struct tq_error *err) MUST_CHECK;

/* Whether text is JSON: it parses to its end, or far enough. */
int json_is_likely(struct slice text, bool *out_likely, struct tq_error *err) MUST_CHECK;

#endif
