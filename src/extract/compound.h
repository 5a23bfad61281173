/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_COMPOUND_H
#define EXTRACT_COMPOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/slice.h"

#define COMPOUND_HEADER_BYTES 512u

/*
 * A compound file ([MS-CFB]): streams in chains of sectors, as old office files are. Only what is
 * needed to find a stream of the root by name and read it from start to end. Chains that loop or
 * lead nowhere end where they do. The root is the first entry, whatever its name (Office for Mac
 * gives it another), names are compared without their case, and what lies in a storage within the
 * root (an embedded document) is not found, unless the tree of entries is damaged.
 */
struct compound {
    int fd;
    uint64_t size_bytes;
    uint32_t sector_bytes;
    uint32_t *next; /* owned: of each sector, the one behind it; sector_count */
    size_t sector_count, next_capacity;
    uint32_t *small_next; /* owned: likewise for the small sectors within the root's stream */
    size_t small_count, small_capacity;
    char *entries;       /* owned: the directory, ENTRY_BYTES each; entry_count */
    uint8_t *is_in_root; /* owned: of each entry */
    size_t entry_count, entries_capacity;
    uint32_t *small_sectors; /* owned: of the root's stream; streams that are shorter lie in it */
    size_t small_sector_count, small_sector_capacity;
    uint32_t small_limit;
};

struct compound_stream {
    uint32_t start; /* first sector */
    uint64_t size_bytes;
};

/* Whether `head` begins one. */
bool compound_is(struct slice head);

/* Whether the tables that the header speaks of have room in a file of this size; a library that
 * believes in them first asks for gigabytes. `head`: the first 512 bytes. */
bool compound_has_room(struct slice head, uint64_t size_bytes);

/* *out_sound: it can be read. Clear with compound_clear(), also on failure. */
int compound_open(struct compound *compound, int fd, uint64_t size_bytes, bool *out_sound,
                  struct tq_error *err) MUST_CHECK;
void compound_clear(struct compound *compound);

/* The stream of that name (ASCII); false if there is none. */
bool compound_find(const struct compound *compound, const char *name,
                   struct compound_stream *out_stream);

#define COMPOUND_ENTRY_BYTES 128u
#define COMPOUND_NONE        UINT32_MAX /* no entry */
#define COMPOUND_NAME_BYTES  32u        /* with its end */

enum compound_kind {
    COMPOUND_STORAGE = 1,
    COMPOUND_STREAM = 2,
    COMPOUND_ROOT = 5
};

/* One entry of the directory: neighbours in the same storage, and what lies in it. */
struct compound_entry {
    const char *bytes;              /* COMPOUND_ENTRY_BYTES, borrowed */
    char name[COMPOUND_NAME_BYTES]; /* in ASCII; '_' stands for other characters */
    uint32_t left, right, child;    /* numbers, COMPOUND_NONE, or hostile */
    unsigned kind;
    struct compound_stream stream;
};
/* `number` is below entry_count. */
struct compound_entry compound_entry_at(const struct compound *compound, uint32_t number);

/* The number of the entry of the root that has this name, COMPOUND_NONE: there is none. */
uint32_t compound_number(const struct compound *compound, const char *name);

/* From now on the streams of that storage of the root are found, if there is one. */
int compound_enter(struct compound *compound, const char *name, struct tq_error *err) MUST_CHECK;

/*
 * Read a stream piece by piece, of a sector each. Start with {0}; *out_piece is borrowed until the
 * next call and empty at the end.
 */
struct compound_cursor {
    uint64_t done;
    uint32_t sector;
    uint64_t steps;
    bool started;
    char bytes[4096];
};
int compound_next(const struct compound *compound, const struct compound_stream *stream,
                  struct compound_cursor *cursor, struct slice *out_piece,
                  struct tq_error *err) MUST_CHECK;

/* Append a whole stream to `out`; *out_found is false if there is none, or a larger one. */
int compound_load(const struct compound *compound, const char *name, size_t bytes_max,
                  bool *out_found, struct buf *out, struct tq_error *err) MUST_CHECK;

/* Whether a file that begins with `head` is one and has such a stream: for claims. */
int compound_has(struct slice head, int fd, uint64_t size_bytes, const char *name, bool *out_has,
                 struct tq_error *err) MUST_CHECK;

#endif
