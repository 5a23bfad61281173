/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/json_trail.h"

#include <string.h>

#include "base/escape.h"

static uint8_t keep_key(char *out, struct slice key)
{
    size_t length = key.length < TRAIL_KEY_MAX ? key.length : TRAIL_KEY_MAX - 1;

    if (length > 0)
        memcpy(out, key.data, length);
    return (uint8_t)length;
}

void json_trail_open(struct json_trail *trail, uint32_t depth, bool is_map)
{
    if (depth <= TRAIL_DEPTH_MAX) {
        trail->levels[depth - 1].is_map = is_map;
        trail->levels[depth - 1].key_length = 0;
    }
    if (trail->records_depth > 0 && depth == trail->records_depth + 1)
        trail->expects_first = is_map;
}

static void forget_records(struct json_trail *trail, uint32_t depth)
{
    trail->records_depth = depth;
    trail->first_length = 0;
    trail->expects_first = false;
}

void json_trail_close(struct json_trail *trail, uint32_t depth, bool is_map)
{
    bool in_array = depth > 0 && depth <= TRAIL_DEPTH_MAX && !trail->levels[depth - 1].is_map;

    if (trail->records_depth > depth)
        forget_records(trail, 0);
    if (is_map && in_array && (trail->records_depth == 0 || depth < trail->records_depth))
        forget_records(trail, depth);
}

void json_trail_key(struct json_trail *trail, uint32_t depth, struct slice key)
{
    if (depth > 0 && depth <= TRAIL_DEPTH_MAX) {
        struct json_trail_level *level = &trail->levels[depth - 1];

        level->key_length = keep_key(level->key, key);
    }
    if (trail->expects_first && depth == trail->records_depth + 1) {
        trail->expects_first = false;
        trail->first_length = key.length < TRAIL_KEY_MAX ? keep_key(trail->first, key) : 0;
    }
}

bool json_trail_is_known(const struct json_trail *trail)
{
    return trail->records_depth > 0 && trail->first_length > 0;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The brace before a key in quotes at text[at .. at + length); SIZE_MAX if there is none. */
static size_t brace_before(struct slice text, size_t at, size_t length)
{
    char quote = at > 0 ? text.data[at - 1] : 0;

    if ((quote != '"' && quote != '\'') || at + length >= text.length
        || text.data[at + length] != quote)
        return SIZE_MAX;
    at--;
    while (at > 0 && is_space(text.data[at - 1]))
        at--;
    return at > 0 && text.data[at - 1] == '{' ? at - 1 : SIZE_MAX;
}

size_t json_trail_find(const struct json_trail *trail, struct slice text)
{
    size_t at = 0;

    while (at < text.length) {
        const char *found =
            memmem(text.data + at, text.length - at, trail->first, trail->first_length);
        size_t brace;

        if (!found)
            break;
        at = (size_t)(found - text.data);
        brace = brace_before(text, at, trail->first_length);
        if (brace != SIZE_MAX)
            return brace;
        at++;
    }
    return text.length;
}

void json_trail_reopen(const struct json_trail *trail, struct buf *out)
{
    for (uint32_t i = 0; i < trail->records_depth; i++) {
        const struct json_trail_level *level = &trail->levels[i];

        buf_add_byte(out, level->is_map ? '{' : '[');
        if (!level->is_map)
            continue;
        escape_json(out, slice_make(level->key, level->key_length));
        buf_add_byte(out, ':');
    }
}
