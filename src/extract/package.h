/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_PACKAGE_H
#define EXTRACT_PACKAGE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "extract/extract.h"

struct archive;

/* What stands before the content of a package that is encrypted part by part. */
struct package_lock {
    void *state;
    bool (*has)(void *state, size_t part);
    /* Decipher the bytes of a part where they lie: what is left is compressed by deflate.
     * *out_sound is false if they are not what they were. */
    int (*open)(void *state, size_t part, struct buf *bytes, bool *out_sound, struct tq_error *err);
};

/*
 * An office file as a package: a ZIP file whose members are its parts. Parts are asked for by name,
 * in any order, and come in pieces, so that memory does not grow with them. All parts together
 * obey the limits of a container. Damage is noted where it is met; what came before it counts.
 */
struct package {
    const struct extract_input *input;
    const struct extract_limits *limits;
    const struct sink *sink; /* for notes */
    struct archive *archive; /* open, `next` is the number of the member it gives next */
    size_t next;
    struct arena arena;
    struct slice *names; /* count: of the members, as the package spells them */
    bool *taken;         /* count: parts that were read, or are known to hold nothing to read */
    size_t count, name_capacity, taken_capacity;
    char *buffer;
    const struct package_lock *lock; /* borrowed; NULL: parts are read as they are */
    uint64_t total_bytes;
    bool quiet;   /* nothing is noted: the type was not told yet */
    bool stopped; /* a limit was reached */
    bool damaged; /* the list of members is not whole */
};

#define PART_NONE SIZE_MAX

/* List the members, at most `members_max` of them. Clear with package_clear(), also on failure. */
int package_open(struct package *package, const struct extract_input *input,
                 const struct extract_limits *limits, const struct sink *sink, uint32_t members_max,
                 struct tq_error *err) MUST_CHECK;
void package_clear(struct package *package);

/* The number of the member of that name, in any case and with or without a root; PART_NONE. */
size_t package_find(const struct package *package, struct slice name);

/*
 * The whole content of part `part` to `feed`, piece by piece. If `feed` sets *out_enough the rest
 * is left. *out_whole: it was read to its end.
 */
typedef int package_feed(void *state, struct slice bytes, bool *out_enough, struct tq_error *err);
int package_read(struct package *package, size_t part, package_feed *feed, void *state,
                 bool *out_whole, struct tq_error *err) MUST_CHECK;

#endif
