/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef STORE_PACK_H
#define STORE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * CASE/cache.pack: what readers yielded, as entries one after the other, each a header and a
 * payload, padded to 8 bytes:
 *
 *   u32 magic "TQPE" | u32 kind | u32 owner | u32 number | u64 payload bytes | u64 checksum
 *
 * The file starts with 16 bytes of its own ("TAHQIQ PACK 0001"). Nothing in it is found without
 * case.db, which knows the offset and length of every entry; kind, owner and number are repeated
 * here so that a wrong offset is noticed. All numbers are little endian and as in memory, so that
 * loading is one pread() and pointer arithmetic.
 */
struct pack {
    char *path; /* owned */
    int fd;     /* -1: a case opened for reading without its cache */
    uint64_t end;
    bool unsynced;
};

enum pack_kind {
    PACK_ROWS = 1, /* owner: table, number: batch */
    PACK_PAGE = 2, /* owner: exhibit, number: position of the page */
};

/* What an entry is, and where: `length` is that of header and payload, without the padding. */
struct pack_entry {
    enum pack_kind kind;
    uint32_t owner, number;
    uint64_t offset, length;
};

#define PACK_START_BYTES  16u
#define PACK_HEADER_BYTES 32u
#define PACK_ALIGNMENT    8u
#define PACK_ENTRY_MAX    ((uint64_t)8 << 30) /* 4 GiB of text and its offsets: struct batch */

/* `writing`: make the file if there is none, and lock it; TQ_E_IO if another process holds it. */
int pack_open(const char *path, bool writing, struct pack *out_pack,
              struct tq_error *err) MUST_CHECK;
void pack_close(struct pack *pack);

/* Forget everything from `end` on; it was never committed, or belongs to what was dropped. */
int pack_cut(struct pack *pack, uint64_t end, struct tq_error *err) MUST_CHECK;

/* Build an entry: pack_begin() on an empty buf leaves room for the header, then the payload is
 * added to the buf, then pack_append() fills the header in and writes it. On success offset and
 * length of *entry are set. */
void pack_begin(struct buf *bytes);
int pack_append(struct pack *pack, struct buf *bytes, struct pack_entry *entry,
                struct tq_error *err) MUST_CHECK;
int pack_sync(struct pack *pack, struct tq_error *err) MUST_CHECK;

/* Read an entry into `memory` (entry->length bytes); the payload starts PACK_HEADER_BYTES in. Any
 * number of threads. TQ_E_KEY if it is not, whole and unchanged, what `entry` says. */
int pack_load(const struct pack *pack, const struct pack_entry *entry, void *memory,
              struct tq_error *err) MUST_CHECK;

/* A fast 64-bit checksum against accidents (not against forgers). */
uint64_t pack_checksum(const void *data, size_t length);

#endif
