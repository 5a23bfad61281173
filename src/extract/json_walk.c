/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/json_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

#define KEY_BYTES_MAX 1024 /* of a path; longer keys are cut */

enum role {
    ROLE_OUTER_MAP,   /* outside of records */
    ROLE_OUTER_ARRAY, /* the same: objects in it are records */
    ROLE_DICT,        /* objects in it are records under their key */
    ROLE_RECORD,      /* an object that is a record */
    ROLE_ROW,         /* an array that is a record */
    ROLE_FIELD_MAP,   /* inside a record */
    ROLE_FIELD_ARRAY,
};

struct json_frame {
    enum role role;
    uint32_t path_length;                 /* of the path without the part that the next key adds */
    uint32_t index;                       /* elements so far, or keys of a row */
    uint32_t map_children, like_children; /* of an outer map: objects, and those alike */
    uint64_t first_key, child_first_key;  /* hashes */
};

void json_walk_clear(struct json_walk *walk)
{
    free(walk->frames);
    buf_clear(&walk->path);
    buf_clear(&walk->dict_found);
    *walk = (struct json_walk){0};
}

static struct json_frame *top(struct json_walk *walk)
{
    return walk->depth ? &walk->frames[walk->depth - 1] : NULL;
}

static void cut_path(struct json_walk *walk, size_t length)
{
    if (length < walk->path.length)
        walk->path.length = length;
}

static bool in_record(const struct json_walk *walk)
{
    return walk->record_depth > 0;
}

/* The path of a value inside the record, without the dot that may start it. */
static struct slice record_path(const struct json_walk *walk)
{
    struct slice path = buf_slice(&walk->path);

    path = slice_skip(path, walk->frames[walk->record_depth - 1].path_length);
    return path.length > 0 && path.data[0] == '.' ? slice_skip(path, 1) : path;
}

static struct slice outer_path(const struct json_walk *walk)
{
    struct slice path = buf_slice(&walk->path);

    return path.length > 0 && path.data[0] == '.' ? slice_skip(path, 1) : path;
}

static uint64_t hash_text(struct slice text)
{
    static const uint8_t key[SIPHASH_KEY_BYTES] = "columns of JSON";

    return siphash(key, text.data, text.length) | 1;
}

static void take_key(struct json_walk *walk, struct json_frame *frame, struct slice key)
{
    if (key.length > KEY_BYTES_MAX)
        key.length = KEY_BYTES_MAX;
    cut_path(walk, frame->path_length);
    buf_add_byte(&walk->path, '.');
    buf_add_slice(&walk->path, key);
    if (frame->first_key == 0)
        frame->first_key = hash_text(key);
}

/* An element of an array inside a record gets its index when it is an object or array. */
static void index_path(struct json_walk *walk, struct json_frame *frame)
{
    cut_path(walk, frame->path_length);
    buf_format(&walk->path, "[%u]", frame->index);
}

/* A row has its elements' positions for keys. */
static void position_path(struct json_walk *walk, struct json_frame *frame)
{
    cut_path(walk, frame->path_length);
    buf_format(&walk->path, ".%u", frame->index);
}

static bool is_by_roots(const struct json_walk *walk)
{
    return walk->mode == JSON_BY_ROOTS || walk->mode == JSON_BY_ROWS;
}

static enum role role_of_map(const struct json_walk *walk, const struct json_frame *parent)
{
    if (in_record(walk))
        return ROLE_FIELD_MAP;
    if (!parent) {
        if (is_by_roots(walk))
            return ROLE_RECORD;
    } else if (parent->role == ROLE_OUTER_ARRAY || parent->role == ROLE_DICT) {
        return ROLE_RECORD;
    }
    if (walk->mode == JSON_BY_KEYS && slice_equal(outer_path(walk), walk->dict_path))
        return ROLE_DICT;
    return ROLE_OUTER_MAP;
}

static enum role role_of_array(const struct json_walk *walk, const struct json_frame *parent)
{
    if (in_record(walk))
        return ROLE_FIELD_ARRAY;
    if (!parent && walk->mode == JSON_BY_ROWS)
        return ROLE_ROW;
    return parent && parent->role == ROLE_OUTER_ARRAY ? ROLE_ROW : ROLE_OUTER_ARRAY;
}

static bool starts_record(enum role role)
{
    return role == ROLE_RECORD || role == ROLE_ROW;
}

/* The key of a record that stands in an object of records. */
static int emit_dict_key(struct json_walk *walk, struct slice key, struct tq_error *err)
{
    if (key.length > 0 && key.data[0] == '.')
        key = slice_skip(key, 1);
    return walk->visitor->cell(walk->visitor->state, SLICE_LITERAL("key"), key, err);
}

static int open_record(struct json_walk *walk, const struct json_frame *parent, uint64_t line,
                       struct tq_error *err)
{
    struct slice path = outer_path(walk), key = {0};
    int r;

    if (parent && parent->role == ROLE_DICT) {
        key = slice_skip(buf_slice(&walk->path), parent->path_length);
        path = walk->dict_path;
    }
    walk->records++;
    r = walk->visitor->record(walk->visitor->state, path, line, err);
    if (r != TQ_OK)
        return r;
    return key.length > 0 ? emit_dict_key(walk, key, err) : TQ_OK;
}

static int open_frame(struct json_walk *walk, bool is_map, uint64_t line, struct tq_error *err)
{
    struct json_frame *parent = top(walk), *frame;
    enum role role;
    int r;

    if (!parent) {
        walk->path.length = 0;
        if (walk->one_root_only && walk->roots++ > 0) {
            walk->stopped = true;
            return JSON_STOP;
        }
    }
    if (parent && parent->role == ROLE_FIELD_ARRAY)
        index_path(walk, parent);
    else if (parent && parent->role == ROLE_ROW)
        position_path(walk, parent);
    else if (parent && parent->role == ROLE_OUTER_ARRAY)
        cut_path(walk, parent->path_length);

    role = is_map ? role_of_map(walk, parent) : role_of_array(walk, parent);
    if (starts_record(role)) {
        r = open_record(walk, parent, line, err);
        if (r != TQ_OK)
            return r;
    }
    if (parent && parent->role == ROLE_OUTER_MAP && is_map)
        parent->map_children++;
    r = alloc_reserve(&walk->frames, &walk->capacity, walk->depth + 1, sizeof(*walk->frames), err);
    if (r < 0)
        return r;
    frame = &walk->frames[walk->depth++];
    *frame = (struct json_frame){.role = role, .path_length = (uint32_t)walk->path.length};
    if (starts_record(role))
        walk->record_depth = (uint32_t)walk->depth;
    return TQ_OK;
}

/* An object of objects that start with the same key, outside of records, may be a table. */
static void consider_dict(struct json_walk *walk, const struct json_frame *frame)
{
    if (frame->role != ROLE_OUTER_MAP || frame->map_children < 3
        || frame->like_children * 2 < frame->map_children || frame->map_children <= walk->dict_size)
        return;
    walk->dict_size = frame->map_children;
    buf_empty(&walk->dict_found);
    buf_add_slice(&walk->dict_found, outer_path(walk));
}

static int close_frame(struct json_walk *walk, struct tq_error *err)
{
    struct json_frame frame, *parent;
    int r = TQ_OK;

    if (walk->depth == 0)
        return TQ_OK;
    frame = walk->frames[--walk->depth];
    parent = top(walk);
    cut_path(walk, frame.path_length);
    consider_dict(walk, &frame);
    if (parent) {
        if (parent->role == ROLE_OUTER_MAP && frame.first_key) {
            parent->like_children += parent->child_first_key == frame.first_key;
            parent->child_first_key = frame.first_key;
        }
        parent->index++;
        if (parent->role == ROLE_FIELD_ARRAY || parent->role == ROLE_ROW)
            cut_path(walk, parent->path_length);
    }
    if (starts_record(frame.role)) {
        walk->record_depth = 0;
        r = walk->visitor->record_end(walk->visitor->state, true, err);
    }
    return r;
}

/* Whether an enclosing array inside the record is past the elements that get columns. */
static bool is_beyond_index(const struct json_walk *walk)
{
    for (size_t i = walk->depth; i > walk->record_depth; i--) {
        const struct json_frame *frame = &walk->frames[i - 1];

        if (frame->role == ROLE_FIELD_ARRAY && i < walk->depth && frame->index >= JSON_INDEX_MAX)
            return true;
    }
    return false;
}

static int take_value(struct json_walk *walk, struct slice text, struct tq_error *err)
{
    struct json_frame *parent = top(walk);
    int r;

    if (!parent) {
        walk->path.length = 0;
        if (!is_by_roots(walk))
            return walk->visitor->aside(walk->visitor->state, (struct slice){0}, text, err);
        walk->records++;
        return TQ_OK;
    }
    if (!in_record(walk)) {
        parent->index++;
        walk->root_values += walk->depth == 1 && parent->role == ROLE_OUTER_ARRAY;
        return walk->visitor->aside(walk->visitor->state, outer_path(walk), text, err);
    }
    if (parent->role == ROLE_ROW)
        position_path(walk, parent);
    else if (parent->role == ROLE_FIELD_ARRAY)
        cut_path(walk, parent->path_length);
    parent->index++;
    if (is_beyond_index(walk)) {
        walk->beyond_index++;
        return TQ_OK;
    }
    if (walk->path.failed)
        return buf_check(&walk->path, err);
    r = walk->visitor->cell(walk->visitor->state, record_path(walk), text, err);
    if (parent->role == ROLE_ROW)
        cut_path(walk, parent->path_length);
    return r;
}

static int restart(struct json_walk *walk, struct tq_error *err)
{
    bool was_open = in_record(walk);

    walk->depth = 0;
    walk->record_depth = 0;
    walk->path.length = 0;
    return was_open ? walk->visitor->record_end(walk->visitor->state, false, err) : TQ_OK;
}

int json_walk_event(void *state, enum json_event event, struct slice text, uint64_t line,
                    struct tq_error *err)
{
    struct json_walk *walk = state;
    struct json_frame *frame = top(walk);

    switch (event) {
    case JSON_MAP_START:
    case JSON_ARRAY_START:
        return open_frame(walk, event == JSON_MAP_START, line, err);
    case JSON_MAP_END:
    case JSON_ARRAY_END:
        return close_frame(walk, err);
    case JSON_KEY:
        if (frame)
            take_key(walk, frame, text);
        return walk->path.failed ? buf_check(&walk->path, err) : TQ_OK;
    case JSON_RESUME:
        walk->roots -= walk->roots > 0;
        return restart(walk, err);
    case JSON_RESTART:
        return restart(walk, err);
    case JSON_TEXT:
    case JSON_LITERAL:
    case JSON_NULL:
    default:
        return take_value(walk, text, err);
    }
}
