/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_JSON_TRAIL_H
#define EXTRACT_JSON_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TRAIL_DEPTH_MAX 8u  /* records stand nearer to the root than this */
#define TRAIL_KEY_MAX   64u /* longer keys are cut */

/*
 * How to go on behind damage in one large value: what is open around its records, and how a record
 * begins. The records are the objects of the outermost array that has some. Start with {0}.
 */
struct json_trail {
    struct json_trail_level {
        bool is_map;
        uint8_t key_length;
        char key[TRAIL_KEY_MAX]; /* of a map: the last one */
    } levels[TRAIL_DEPTH_MAX];
    uint32_t records_depth; /* of the array of records; 0: none is known */
    bool expects_first;     /* a record was opened, and no key seen yet */
    uint8_t first_length;   /* of the key that the last record began with; 0: none */
    char first[TRAIL_KEY_MAX];
};

/* A container was opened or closed, or a key came; `depth` counts the containers now open. */
void json_trail_open(struct json_trail *trail, uint32_t depth, bool is_map);
void json_trail_close(struct json_trail *trail, uint32_t depth, bool is_map);
void json_trail_key(struct json_trail *trail, uint32_t depth, struct slice key);

/* Whether json_trail_find() knows what to look for. */
bool json_trail_is_known(const struct json_trail *trail);

/* Where in `text` the next record begins that begins as the last one did; its length if none. */
size_t json_trail_find(const struct json_trail *trail, struct slice text);

/* JSON that opens anew what is open around the records, as "{\"data\":[". */
void json_trail_reopen(const struct json_trail *trail, struct buf *out);

#endif
