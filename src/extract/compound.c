/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/compound.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

#define HEADER_BYTES    COMPOUND_HEADER_BYTES
#define DIFAT_IN_HEADER 109u
#define SECTOR_MAX      0xFFFFFFFAu /* from here on numbers have other meanings */
#define SMALL_BYTES     64u
#define SMALL_LIMIT     4096u /* of a stream in small sectors; no file has another */
#define ENTRY_BYTES     COMPOUND_ENTRY_BYTES
#define ENTRIES_MAX     65536u
#define NAME_UNITS_MAX  32u

static const char signature[] = {'\xD0', '\xCF', '\x11', '\xE0', '\xA1', '\xB1', '\x1A', '\xE1'};

static uint32_t u16_at(const char *bytes)
{
    return (uint32_t)(unsigned char)bytes[0] | (uint32_t)(unsigned char)bytes[1] << 8;
}

static uint32_t u32_at(const char *bytes)
{
    return u16_at(bytes) | u16_at(bytes + 2) << 16;
}

bool compound_is(struct slice head)
{
    return head.length >= HEADER_BYTES && memcmp(head.data, signature, sizeof(signature)) == 0;
}

void compound_clear(struct compound *compound)
{
    free(compound->next);
    free(compound->small_next);
    free(compound->small_sectors);
    free(compound->entries);
    free(compound->is_in_root);
    *compound = (struct compound){.fd = -1};
}

/* A sector into `bytes`; what lies past the end of the file is zero. */
static int read_sector(const struct compound *c, uint32_t sector, char bytes[4096],
                       struct tq_error *err)
{
    uint64_t at = ((uint64_t)sector + 1) * c->sector_bytes;
    size_t got = 0;
    int r = TQ_OK;

    memset(bytes, 0, c->sector_bytes);
    if (at < c->size_bytes)
        r = file_read_at(c->fd, at, bytes, c->sector_bytes, &got, err);
    return r;
}

static bool is_sector(const struct compound *c, uint32_t sector)
{
    return sector < SECTOR_MAX && ((uint64_t)sector + 1) * c->sector_bytes < c->size_bytes;
}

/* Add the links that one sector of the table holds. */
static int add_links(const struct compound *c, uint32_t sector, uint32_t **links, size_t *count,
                     size_t *capacity, struct tq_error *err)
{
    char bytes[4096];
    uint32_t in_sector = c->sector_bytes / 4;
    int r = read_sector(c, sector, bytes, err);

    if (r < 0)
        return r;
    r = alloc_reserve(links, capacity, *count + in_sector, sizeof(**links), err);
    for (uint32_t i = 0; i < in_sector && r == TQ_OK; i++)
        (*links)[(*count)++] = u32_at(bytes + 4 * (size_t)i);
    return r;
}

/* The table of links: its sectors are listed in the header, and then in a chain of their own. */
static int read_links(struct compound *c, const char *header, struct tq_error *err)
{
    uint64_t sectors_max = c->size_bytes / c->sector_bytes + 1;
    uint32_t list = u32_at(header + 68), per_list = c->sector_bytes / 4 - 1;
    char bytes[4096];
    int r = TQ_OK;

    for (uint32_t i = 0; i < DIFAT_IN_HEADER && r == TQ_OK; i++) {
        uint32_t sector = u32_at(header + 76 + 4 * (size_t)i);

        if (is_sector(c, sector))
            r = add_links(c, sector, &c->next, &c->sector_count, &c->next_capacity, err);
    }
    for (uint64_t steps = 0; r == TQ_OK && is_sector(c, list) && steps < sectors_max; steps++) {
        r = read_sector(c, list, bytes, err);
        for (uint32_t i = 0; i < per_list && r == TQ_OK && c->sector_count < sectors_max; i++) {
            uint32_t sector = u32_at(bytes + 4 * (size_t)i);

            if (is_sector(c, sector))
                r = add_links(c, sector, &c->next, &c->sector_count, &c->next_capacity, err);
        }
        list = u32_at(bytes + 4 * (size_t)per_list);
    }
    return r;
}

static uint32_t next_of(const uint32_t *links, size_t count, uint32_t sector)
{
    return sector < count ? links[sector] : UINT32_MAX;
}

static int read_small_links(struct compound *c, uint32_t sector, struct tq_error *err)
{
    uint64_t sectors_max = c->size_bytes / c->sector_bytes + 1;
    int r = TQ_OK;

    for (uint64_t steps = 0; r == TQ_OK && is_sector(c, sector) && steps < sectors_max; steps++) {
        r = add_links(c, sector, &c->small_next, &c->small_count, &c->small_capacity, err);
        sector = next_of(c->next, c->sector_count, sector);
    }
    return r;
}

/* Where the root's stream lies, from its first sector on. */
static int read_small_sectors(struct compound *c, uint32_t sector, struct tq_error *err)
{
    uint64_t sectors_max = c->size_bytes / c->sector_bytes + 1;
    int r = TQ_OK;

    while (r == TQ_OK && is_sector(c, sector) && c->small_sector_count < sectors_max) {
        r = alloc_reserve(&c->small_sectors, &c->small_sector_capacity, c->small_sector_count + 1,
                          sizeof(*c->small_sectors), err);
        if (r == TQ_OK)
            c->small_sectors[c->small_sector_count++] = sector;
        sector = next_of(c->next, c->sector_count, sector);
    }
    return r;
}

/* ---- the directory ---- */

static const char *entry_at(const struct compound *c, size_t number)
{
    return c->entries + number * ENTRY_BYTES;
}

static int read_directory(struct compound *c, uint32_t sector, struct tq_error *err)
{
    uint32_t in_sector = c->sector_bytes / ENTRY_BYTES;
    char bytes[4096];

    while (is_sector(c, sector) && c->entry_count < ENTRIES_MAX
           && (uint64_t)c->entry_count * ENTRY_BYTES < c->size_bytes) {
        int r = read_sector(c, sector, bytes, err);

        if (r == TQ_OK)
            r = alloc_reserve(&c->entries, &c->entries_capacity, c->entry_count + in_sector,
                              ENTRY_BYTES, err);
        if (r < 0)
            return r;
        memcpy(c->entries + c->entry_count * ENTRY_BYTES, bytes, c->sector_bytes);
        c->entry_count += in_sector;
        sector = next_of(c->next, c->sector_count, sector);
    }
    return TQ_OK;
}

/* Mark what is reached from entry `first` by left and right neighbours. False if some lead to no
 * entry, or to one that was reached before. */
static bool mark_neighbours(struct compound *c, uint32_t first, uint32_t *stack)
{
    bool sound = true;
    size_t depth = 0;

    stack[depth++] = first;
    while (depth > 0) {
        uint32_t number = stack[--depth];

        if (number == COMPOUND_NONE)
            continue;
        if (number >= c->entry_count || c->is_in_root[number]) {
            sound = false;
            continue;
        }
        c->is_in_root[number] = 1;
        stack[depth++] = u32_at(entry_at(c, number) + 68);
        stack[depth++] = u32_at(entry_at(c, number) + 72);
    }
    return sound;
}

/* Mark what lies in the storage of entry `storage`; false if there is nothing, or damage. */
static int mark_storage(struct compound *c, size_t storage, bool *out_sound, struct tq_error *err)
{
    uint32_t first = u32_at(entry_at(c, storage) + 76);
    uint32_t *stack = alloc_zeroed(c->entry_count + 2, sizeof(*stack));

    if (!stack)
        return tq_no_memory(err);
    memset(c->is_in_root, 0, c->entry_count);
    *out_sound = first != COMPOUND_NONE && mark_neighbours(c, first, stack);
    free(stack);
    return TQ_OK;
}

static int mark_root(struct compound *c, struct tq_error *err)
{
    bool sound;
    int r;

    c->is_in_root = alloc_zeroed(c->entry_count, 1);
    if (!c->is_in_root)
        return tq_no_memory(err);
    r = mark_storage(c, 0, &sound, err);
    if (r == TQ_OK && !sound)
        memset(c->is_in_root, 1, c->entry_count);
    return r;
}

static uint32_t upper(uint32_t unit)
{
    return unit >= 'a' && unit <= 'z' ? unit - 32 : unit;
}

/* Whether an entry has that name: UTF-16, with its end counted; the case makes no difference. */
static bool is_named(const char *entry, const char *name)
{
    size_t length = strlen(name);

    if (u16_at(entry + 64) != 2 * (length + 1) || length >= NAME_UNITS_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (upper(u16_at(entry + 2 * i)) != upper((unsigned char)name[i]))
            return false;
    }
    return true;
}

/* The number of the entry of that name; entry_count if there is none. */
static size_t find_entry(const struct compound *c, const char *name)
{
    size_t i = 0;

    while (i < c->entry_count && (!c->is_in_root[i] || !is_named(entry_at(c, i), name)))
        i++;
    return i;
}

bool compound_find(const struct compound *c, const char *name, struct compound_stream *out_stream)
{
    size_t found = find_entry(c, name);

    if (found == c->entry_count)
        return false;
    *out_stream = (struct compound_stream){u32_at(entry_at(c, found) + 116),
                                           u32_at(entry_at(c, found) + 120)};
    return true;
}

uint32_t compound_number(const struct compound *c, const char *name)
{
    size_t found = find_entry(c, name);

    return found < c->entry_count ? (uint32_t)found : COMPOUND_NONE;
}

struct compound_entry compound_entry_at(const struct compound *c, uint32_t number)
{
    const char *bytes = entry_at(c, number);
    struct compound_entry entry = {
        .bytes = bytes,
        .left = u32_at(bytes + 68),
        .right = u32_at(bytes + 72),
        .child = u32_at(bytes + 76),
        .kind = (unsigned char)bytes[66],
        .stream = {u32_at(bytes + 116), u32_at(bytes + 120)},
    };
    size_t length = u16_at(bytes + 64) / 2;

    for (size_t i = 0; i + 1 < length && i + 1 < COMPOUND_NAME_BYTES; i++) {
        uint32_t unit = u16_at(bytes + 2 * i);

        entry.name[i] = (char)(unit >= 0x20 && unit < 0x7F ? unit : '_');
    }
    return entry;
}

int compound_enter(struct compound *c, const char *name, struct tq_error *err)
{
    size_t found = find_entry(c, name);
    bool ignored;

    return found < c->entry_count ? mark_storage(c, found, &ignored, err) : TQ_OK;
}

bool compound_has_room(struct slice head, uint64_t size_bytes)
{
    unsigned shift = head.length < HEADER_BYTES ? 0 : u16_at(head.data + 30);
    uint64_t sectors;

    if ((shift != 9 && shift != 12) || u16_at(head.data + 32) != 6)
        return false;
    sectors = (size_bytes >> shift) + 1;
    return u32_at(head.data + 44) <= sectors && u32_at(head.data + 64) <= sectors
           && u32_at(head.data + 72) <= sectors;
}

int compound_open(struct compound *c, int fd, uint64_t size_bytes, bool *out_sound,
                  struct tq_error *err)
{
    char header[HEADER_BYTES];
    unsigned shift;
    size_t got;
    int r = file_read_at(fd, 0, header, sizeof(header), &got, err);

    *c = (struct compound){.fd = fd, .size_bytes = size_bytes};
    *out_sound = false;
    if (r < 0)
        return r;
    shift = u16_at(header + 30);
    if (!compound_is(slice_make(header, got)) || (shift != 9 && shift != 12))
        return TQ_OK;
    c->sector_bytes = 1u << shift;
    c->small_limit = u32_at(header + 56) < SMALL_LIMIT ? u32_at(header + 56) : SMALL_LIMIT;
    r = read_links(c, header, err);
    if (r == TQ_OK)
        r = read_small_links(c, u32_at(header + 60), err);
    if (r == TQ_OK)
        r = read_directory(c, u32_at(header + 48), err);
    if (r < 0 || c->entry_count == 0 || entry_at(c, 0)[66] != COMPOUND_ROOT)
        return r;
    *out_sound = true;
    r = read_small_sectors(c, u32_at(entry_at(c, 0) + 116), err);
    return r < 0 ? r : mark_root(c, err);
}

/* A small sector lies in the stream of the root. */
static int read_small(const struct compound *c, uint32_t small, char bytes[4096],
                      struct tq_error *err)
{
    uint32_t per_sector = c->sector_bytes / SMALL_BYTES;
    int r;

    if (small / per_sector >= c->small_sector_count) {
        memset(bytes, 0, SMALL_BYTES);
        return TQ_OK;
    }
    r = read_sector(c, c->small_sectors[small / per_sector], bytes, err);
    memmove(bytes, bytes + (size_t)(small % per_sector) * SMALL_BYTES, SMALL_BYTES);
    return r;
}

int compound_next(const struct compound *c, const struct compound_stream *stream,
                  struct compound_cursor *cursor, struct slice *out_piece, struct tq_error *err)
{
    bool is_small = stream->size_bytes < c->small_limit;
    uint64_t left = stream->size_bytes - cursor->done;
    uint32_t piece = is_small ? SMALL_BYTES : c->sector_bytes;
    bool is_there;
    int r;

    if (!cursor->started)
        cursor->sector = stream->start;
    cursor->started = true;
    is_there = is_small ? cursor->sector < c->small_count : is_sector(c, cursor->sector);
    *out_piece = (struct slice){0};
    if (left == 0 || !is_there || cursor->steps++ > c->size_bytes / SMALL_BYTES)
        return TQ_OK;
    r = is_small ? read_small(c, cursor->sector, cursor->bytes, err)
                 : read_sector(c, cursor->sector, cursor->bytes, err);
    if (r < 0)
        return r;
    *out_piece = slice_make(cursor->bytes, left < piece ? (size_t)left : piece);
    cursor->done += out_piece->length;
    cursor->sector = is_small ? next_of(c->small_next, c->small_count, cursor->sector)
                              : next_of(c->next, c->sector_count, cursor->sector);
    return TQ_OK;
}

int compound_load(const struct compound *c, const char *name, size_t bytes_max, bool *out_found,
                  struct buf *out, struct tq_error *err)
{
    struct compound_cursor cursor = {0};
    struct compound_stream stream;
    struct slice piece;
    int r;

    *out_found = compound_find(c, name, &stream);
    if (!*out_found)
        return TQ_OK;
    if (stream.size_bytes > bytes_max)
        *out_found = false;
    do {
        r = compound_next(c, &stream, &cursor, &piece, err);
        if (r == TQ_OK && *out_found)
            buf_add_slice(out, piece);
    } while (r == TQ_OK && *out_found && piece.length > 0 && !out->failed);
    return r < 0 ? r : buf_check(out, err);
}

int compound_has(struct slice head, int fd, uint64_t size_bytes, const char *name, bool *out_has,
                 struct tq_error *err)
{
    struct compound compound;
    struct compound_stream stream;
    bool sound;
    int r;

    *out_has = false;
    if (!compound_is(head))
        return TQ_OK;
    r = compound_open(&compound, fd, size_bytes, &sound, err);
    if (r == TQ_OK && sound)
        *out_has = compound_find(&compound, name, &stream);
    compound_clear(&compound);
    return r;
}
