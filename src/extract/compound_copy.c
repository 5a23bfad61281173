/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * The copy has sectors of 4,096 bytes: its header, the directory, the table of links, and then the
 * streams, each in one piece. There are no small sectors; the header says so by a limit of zero.
 */
#include "extract/compound_copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "extract/little_endian.h"

#define SECTOR_BYTES     4096u
#define LINKS_IN_SECTOR  (SECTOR_BYTES / 4)
#define ENTRIES_A_SECTOR (SECTOR_BYTES / COMPOUND_ENTRY_BYTES)
#define TABLES_MAX       109u /* sectors of links that the header has room for */
#define LINK_FREE        0xFFFFFFFFu
#define LINK_END         0xFFFFFFFEu
#define LINK_TABLE       0xFFFFFFFDu

struct copy {
    const struct compound *compound;
    const uint32_t *list;
    size_t count;
    uint32_t *positions; /* entry_count: of each entry in the list, COMPOUND_NONE: not in it */
    uint64_t *sizes;     /* count: of the streams */
    uint32_t directory_sectors, table_sectors, stream_sectors;
    struct buf bytes; /* on their way */
    bool is_whole;
};

static void copy_clear(struct copy *copy)
{
    free(copy->positions);
    free(copy->sizes);
    buf_clear(&copy->bytes);
}

static void put_u16(char *at, uint32_t value)
{
    at[0] = (char)(value & 0xFF);
    at[1] = (char)(value >> 8 & 0xFF);
}

static void put_u32(char *at, uint32_t value)
{
    put_u16(at, value & 0xFFFF);
    put_u16(at + 2, value >> 16);
}

static uint32_t sectors_of(uint64_t size_bytes)
{
    return (uint32_t)((size_bytes + SECTOR_BYTES - 1) / SECTOR_BYTES);
}

/* How long each stream is; false: they are more than the table of links can hold. */
static bool measure(struct copy *copy, uint64_t *bytes_left)
{
    uint64_t sectors = 0, tables = 1, others;

    for (size_t i = 0; i < copy->count; i++) {
        struct compound_entry entry = compound_entry_at(copy->compound, copy->list[i]);
        uint64_t size = entry.kind == COMPOUND_STREAM ? entry.stream.size_bytes : 0;

        copy->positions[copy->list[i]] = (uint32_t)i;
        copy->is_whole &= size <= *bytes_left;
        copy->sizes[i] = size < *bytes_left ? size : *bytes_left;
        *bytes_left -= copy->sizes[i];
        sectors += sectors_of(copy->sizes[i]);
    }
    copy->directory_sectors = (uint32_t)((copy->count + ENTRIES_A_SECTOR - 1) / ENTRIES_A_SECTOR);
    others = sectors + copy->directory_sectors;
    while (tables * LINKS_IN_SECTOR < others + tables)
        tables++;
    copy->table_sectors = (uint32_t)(tables < TABLES_MAX ? tables : TABLES_MAX);
    copy->stream_sectors = (uint32_t)sectors;
    return tables <= TABLES_MAX;
}

static int give(struct copy *copy, struct mail_members *members, struct tq_error *err)
{
    int r = buf_check(&copy->bytes, err);

    if (r == TQ_OK)
        r = mail_members_bytes(members, buf_slice(&copy->bytes), err);
    buf_empty(&copy->bytes);
    return r;
}

static void add_header(struct copy *copy)
{
    static const char start[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    char *at = buf_extend(&copy->bytes, SECTOR_BYTES);

    if (!at)
        return;
    memset(at, 0, SECTOR_BYTES);
    memcpy(at, start, sizeof(start) - 1);
    put_u16(at + 24, 0x3E);
    put_u16(at + 26, 4);
    put_u16(at + 28, 0xFFFE);
    put_u16(at + 30, 12);
    put_u16(at + 32, 6);
    put_u32(at + 40, copy->directory_sectors);
    put_u32(at + 44, copy->table_sectors);
    put_u32(at + 60, LINK_END); /* no small sectors */
    put_u32(at + 68, LINK_END);
    for (uint32_t i = 0; i < TABLES_MAX; i++)
        put_u32(at + 76 + 4 * (size_t)i,
                i < copy->table_sectors ? copy->directory_sectors + i : LINK_FREE);
}

/* An entry as it was, but for the numbers in it. */
static void change_entry(const struct copy *copy, char *at, uint32_t start, uint64_t size_bytes)
{
    for (size_t field = 68; field <= 76; field += 4) {
        uint32_t number = u32_of(at + field);

        put_u32(at + field,
                number < copy->compound->entry_count ? copy->positions[number] : COMPOUND_NONE);
    }
    put_u32(at + 116, size_bytes > 0 ? start : LINK_END);
    put_u32(at + 120, (uint32_t)size_bytes);
    put_u32(at + 124, 0);
}

/* The storage is the root now. */
static void change_root(char *at)
{
    static const char name[] = "R\0o\0o\0t\0 \0E\0n\0t\0r\0y\0\0";

    memset(at, 0, 64);
    memcpy(at, name, sizeof(name) - 1);
    put_u16(at + 64, sizeof(name) - 1);
    at[66] = COMPOUND_ROOT;
    put_u32(at + 68, COMPOUND_NONE);
    put_u32(at + 72, COMPOUND_NONE);
}

static void add_directory(struct copy *copy)
{
    size_t all = (size_t)copy->directory_sectors * ENTRIES_A_SECTOR;
    uint32_t sector = copy->directory_sectors + copy->table_sectors;

    for (size_t i = 0; i < all; i++) {
        char *at = buf_extend(&copy->bytes, COMPOUND_ENTRY_BYTES);

        if (!at)
            return;
        memset(at, 0, COMPOUND_ENTRY_BYTES);
        if (i >= copy->count) {
            memset(at + 68, 0xFF, 12);
            continue;
        }
        memcpy(at, compound_entry_at(copy->compound, copy->list[i]).bytes, COMPOUND_ENTRY_BYTES);
        change_entry(copy, at, sector, copy->sizes[i]);
        if (i == 0)
            change_root(at);
        sector += sectors_of(copy->sizes[i]);
    }
}

/* The sectors of one chain follow each other. */
static void add_chain(struct copy *copy, uint32_t *sector, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        char link[4];

        ++*sector;
        put_u32(link, i + 1 < length ? *sector : LINK_END);
        buf_add(&copy->bytes, link, sizeof(link));
    }
}

static void add_links(struct copy *copy)
{
    uint32_t sector = 0, all = copy->table_sectors * LINKS_IN_SECTOR;
    char link[4];

    add_chain(copy, &sector, copy->directory_sectors);
    put_u32(link, LINK_TABLE);
    for (uint32_t i = 0; i < copy->table_sectors; i++, sector++)
        buf_add(&copy->bytes, link, sizeof(link));
    for (size_t i = 0; i < copy->count; i++)
        add_chain(copy, &sector, sectors_of(copy->sizes[i]));
    put_u32(link, LINK_FREE);
    for (; sector < all; sector++)
        buf_add(&copy->bytes, link, sizeof(link));
}

static int add_zeros(struct copy *copy, uint64_t count, struct mail_members *members,
                     struct tq_error *err)
{
    int r = TQ_OK;

    while (count > 0 && r == TQ_OK && !members->stopped) {
        size_t length = count < SECTOR_BYTES ? (size_t)count : SECTOR_BYTES;
        char *at = buf_extend(&copy->bytes, length);

        if (at)
            memset(at, 0, length);
        r = give(copy, members, err);
        count -= length;
    }
    return r;
}

/* A stream to the end of its last sector. What is not there is zero. */
static int add_stream(struct copy *copy, size_t i, struct mail_members *members,
                      struct tq_error *err)
{
    uint64_t room = (uint64_t)sectors_of(copy->sizes[i]) * SECTOR_BYTES;
    struct compound_stream stream = compound_entry_at(copy->compound, copy->list[i]).stream;
    struct compound_cursor cursor = {0};
    struct slice piece = {0};
    uint64_t done = 0;
    int r = TQ_OK;

    while (done < copy->sizes[i] && r == TQ_OK && !members->stopped) {
        r = compound_next(copy->compound, &stream, &cursor, &piece, err);
        if (r < 0 || piece.length == 0)
            break;
        if (piece.length > copy->sizes[i] - done)
            piece.length = (size_t)(copy->sizes[i] - done);
        r = mail_members_bytes(members, piece, err);
        done += piece.length;
    }
    copy->is_whole &= done >= copy->sizes[i];
    return r < 0 ? r : add_zeros(copy, room - done, members, err);
}

int compound_copy(const struct compound *compound, const uint32_t *list, size_t count,
                  uint64_t *bytes_left, struct mail_members *members, bool *out_whole,
                  struct tq_error *err)
{
    CLEANUP(copy_clear)
    struct copy copy = {.compound = compound, .list = list, .count = count, .is_whole = true};
    int r = TQ_OK;

    copy.positions = alloc_zeroed(compound->entry_count, sizeof(*copy.positions));
    copy.sizes = alloc_zeroed(count, sizeof(*copy.sizes));
    if (!copy.positions || !copy.sizes)
        return tq_no_memory(err);
    memset(copy.positions, 0xFF, compound->entry_count * sizeof(*copy.positions));
    if (!measure(&copy, bytes_left)) {
        *out_whole = false;
        return TQ_OK;
    }
    add_header(&copy);
    add_directory(&copy);
    add_links(&copy);
    r = give(&copy, members, err);
    for (size_t i = 0; i < count && r == TQ_OK && !members->stopped; i++)
        r = add_stream(&copy, i, members, err);
    if (r == TQ_OK)
        *out_whole = copy.is_whole;
    return r;
}
