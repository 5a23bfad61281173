/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Bytes to look at: borrowed, not terminated, any content. `data` may be NULL when length is 0. */
struct slice {
    const char *data;
    size_t length;
};

#define SLICE_LITERAL(text) ((struct slice){("" text), sizeof(text) - 1})

static inline struct slice slice_of(const char *text)
{
    return (struct slice){text, text ? strlen(text) : 0};
}

static inline struct slice slice_make(const char *data, size_t length)
{
    return (struct slice){data, length};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static inline bool slice_is(struct slice a, const char *text)
{
    return slice_equal(a, slice_of(text));
}

static inline bool slice_starts(struct slice a, struct slice prefix)
{
    return a.length >= prefix.length && slice_equal(slice_make(a.data, prefix.length), prefix);
}

/* Bytewise order, as memcmp(); a proper prefix comes first. */
static inline int slice_compare(struct slice a, struct slice b)
{
    size_t shared = a.length < b.length ? a.length : b.length;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;

    return order ? order : (a.length > b.length) - (a.length < b.length);
}

/* Without the first `count` bytes (all of them, if fewer). */
static inline struct slice slice_skip(struct slice a, size_t count)
{
    if (count > a.length)
        count = a.length;
    if (count == 0)
        return a; /* also: nothing is added to NULL */
    return (struct slice){a.data + count, a.length - count};
}

static inline bool slice_is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Without ASCII white space at both ends. */
static inline struct slice slice_trim(struct slice a)
{
    while (a.length > 0 && slice_is_blank(a.data[0]))
        a = slice_skip(a, 1);
    while (a.length > 0 && slice_is_blank(a.data[a.length - 1]))
        a.length--;
    return a;
}

#endif
