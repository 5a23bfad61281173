/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_JSON_WALK_H
#define EXTRACT_JSON_WALK_H

#include "extract/json_stream.h"

#define JSON_INDEX_MAX 16u /* objects of an array inside a record that get columns of their own */

/*
 * Turns JSON events into tables. An array of objects (or of rows) that is reached through objects
 * only is a table named by its path; each object in it is a record, flattened to dotted paths. If
 * there is no such array, or several values at the root, each object at the root is a record. An
 * object of many like objects ("dict") is a table whose records have their key as a column.
 */
enum json_mode {
    JSON_BY_ARRAYS, /* tables are the arrays of objects */
    JSON_BY_ROOTS,  /* each value at the root is a record */
    JSON_BY_ROWS,   /* the same, and each array at the root is a row */
    JSON_BY_KEYS,   /* the object at `dict_path` holds the records */
};

/* What the walk finds; calls come in the order of the text. */
struct json_visitor {
    void *state;
    /* A record of the table at `path` begins; cells follow, then record_end. */
    int (*record)(void *state, struct slice path, uint64_t line, struct tq_error *err);
    int (*cell)(void *state, struct slice path, struct slice text, struct tq_error *err);
    int (*record_end)(void *state, bool whole, struct tq_error *err);
    /* A value outside of all records. */
    int (*aside)(void *state, struct slice path, struct slice text, struct tq_error *err);
};

struct json_frame;

struct json_walk {
    enum json_mode mode;
    struct slice dict_path;
    const struct json_visitor *visitor;
    bool one_root_only; /* stop at a second value at the root */

    struct json_frame *frames; /* owned */
    size_t depth, capacity;
    struct buf path;       /* of the value that comes next */
    uint32_t record_depth; /* number of frames outside of the open record; 0: none open */

    /* What was found, for the choice of the mode. */
    uint64_t roots, records, beyond_index;
    uint64_t root_values; /* values that are elements of an array at the root */
    uint64_t dict_size;   /* of the largest object of like objects */
    struct buf dict_found;
    bool stopped; /* there was a second root */
};

void json_walk_clear(struct json_walk *walk);

/* A json_handler over a struct json_walk. */
int json_walk_event(void *state, enum json_event event, struct slice text, uint64_t line,
                    struct tq_error *err);

#endif
