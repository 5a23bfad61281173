/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "compound_sample.h"

#include <assert.h>
#include <string.h>

#define SECTOR 512u
#define SMALL  64u
#define LIMIT  4096u
#define END    0xFFFFFFFEu

struct sample {
    struct buf directory, links, small_links, small, large;
    uint32_t sector; /* the next one */
};

static void add_u16(struct buf *out, uint32_t value)
{
    buf_add_byte(out, (char)(value & 0xFF));
    buf_add_byte(out, (char)(value >> 8 & 0xFF));
}

static void add_u32(struct buf *out, uint32_t value)
{
    add_u16(out, value & 0xFFFF);
    add_u16(out, value >> 16);
}

static void pad(struct buf *out, size_t unit, char byte)
{
    while (out->length % unit != 0)
        buf_add_byte(out, byte);
}

static void add_chain(struct buf *links, size_t length)
{
    uint32_t number = (uint32_t)(links->length / 4);

    for (size_t i = 0; i < length; i++)
        add_u32(links, i + 1 < length ? ++number : END);
}

static uint32_t next_in(const struct sample_entry *entries, size_t count, size_t from,
                        uint32_t parent)
{
    for (size_t i = from; i < count; i++) {
        if (entries[i].parent == parent)
            return (uint32_t)i;
    }
    return COMPOUND_NONE;
}

/* Where a stream begins; its bytes and its chain are added. */
static uint32_t add_content(struct sample *s, struct slice content)
{
    struct buf *bytes = content.length < LIMIT ? &s->small : &s->large;
    struct buf *links = content.length < LIMIT ? &s->small_links : &s->links;
    size_t unit = content.length < LIMIT ? SMALL : SECTOR;
    uint32_t start = (uint32_t)(links->length / 4);

    if (content.length == 0)
        return END;
    buf_add_slice(bytes, content);
    pad(bytes, unit, '\0');
    add_chain(links, (content.length + unit - 1) / unit);
    return start;
}

static void add_entry(struct sample *s, const struct sample_entry *entries, size_t count, size_t i)
{
    const struct sample_entry *entry = &entries[i];
    size_t start = s->directory.length, length = strlen(entry->name);

    for (size_t at = 0; at < length; at++)
        add_u16(&s->directory, (unsigned char)entry->name[at]);
    while (s->directory.length < start + 64)
        buf_add_byte(&s->directory, '\0');
    add_u16(&s->directory, (uint32_t)(2 * (length + 1)));
    buf_add_byte(&s->directory, (char)entry->kind);
    buf_add_byte(&s->directory, 1);
    add_u32(&s->directory, COMPOUND_NONE);
    add_u32(&s->directory, i == 0 ? COMPOUND_NONE : next_in(entries, count, i + 1, entry->parent));
    add_u32(&s->directory, entry->kind == COMPOUND_STREAM
                               ? COMPOUND_NONE
                               : next_in(entries, count, i == 0 ? 1 : i + 1, (uint32_t)i));
    while (s->directory.length < start + 116)
        buf_add_byte(&s->directory, '\0');
    add_u32(&s->directory, add_content(s, entry->content));
    add_u32(&s->directory, (uint32_t)entry->content.length);
    add_u32(&s->directory, 0);
}

static void add_header(struct buf *out, uint32_t table, uint32_t directory, uint32_t small_links)
{
    buf_add(out, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    while (out->length < 24)
        buf_add_byte(out, '\0');
    add_u16(out, 0x3E);
    add_u16(out, 3);
    add_u16(out, 0xFFFE);
    add_u16(out, 9);
    add_u16(out, 6);
    while (out->length < 44)
        buf_add_byte(out, '\0');
    add_u32(out, 1);
    add_u32(out, directory);
    add_u32(out, 0);
    add_u32(out, LIMIT);
    add_u32(out, small_links);
    add_u32(out, 1);
    add_u32(out, END);
    add_u32(out, 0);
    add_u32(out, table);
    while (out->length < SECTOR)
        add_u32(out, 0xFFFFFFFFu);
}

/* The chain of one part, whose sectors come next. */
static uint32_t place(struct sample *s, const struct buf *part)
{
    uint32_t start = (uint32_t)(s->links.length / 4);

    add_chain(&s->links, part->length / SECTOR);
    return part->length > 0 ? start : END;
}

static void put_root(struct sample *s, uint32_t start, uint32_t length)
{
    struct buf numbers = {0};

    add_u32(&numbers, start);
    add_u32(&numbers, length);
    memcpy(s->directory.data + 116, numbers.data, 8);
    buf_clear(&numbers);
}

void compound_sample(const struct sample_entry *entries, size_t count, struct buf *out)
{
    struct sample s = {0};
    uint32_t small, small_links, directory, table;

    for (size_t i = 0; i < count; i++)
        add_entry(&s, entries, count, i);
    pad(&s.directory, SECTOR, '\0');
    pad(&s.small, SECTOR, '\0');
    pad(&s.small_links, SECTOR, '\xFF');
    small = place(&s, &s.small);
    put_root(&s, small, (uint32_t)s.small.length);
    small_links = place(&s, &s.small_links);
    directory = place(&s, &s.directory);
    table = (uint32_t)(s.links.length / 4);
    add_u32(&s.links, 0xFFFFFFFDu);
    pad(&s.links, SECTOR, '\xFF');
    assert(s.links.length == SECTOR);
    add_header(out, table, directory, small_links);
    buf_add_slice(out, buf_slice(&s.large));
    buf_add_slice(out, buf_slice(&s.small));
    buf_add_slice(out, buf_slice(&s.small_links));
    buf_add_slice(out, buf_slice(&s.directory));
    buf_add_slice(out, buf_slice(&s.links));
    buf_clear(&s.directory);
    buf_clear(&s.links);
    buf_clear(&s.small_links);
    buf_clear(&s.small);
    buf_clear(&s.large);
}
