/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/word_table.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "extract/little_endian.h"

#define PAGE_BYTES       512u
#define RUNS_MAX         29u /* of a page */
#define RUN_BYTES        13u
#define PAGE_NUMBER_MASK 0x3FFFFFu

/* Properties of paragraphs that we look for, and one whose length is told otherwise. */
enum {
    IN_TABLE = 0x2416,
    ENDS_ROW = 0x2417,
    TABLE_DEFINITION = 0xD608,
};

void word_table_clear(struct word_table *table)
{
    free(table->items);
    *table = (struct word_table){0};
}

/* The bytes of a property's value, by the upper bits of its number. */
static size_t operand_length(uint16_t property, struct slice rest)
{
    static const uint8_t lengths[] = {1, 1, 2, 4, 2, 2, 0, 3};
    size_t length = lengths[property >> 13];

    if (length > 0)
        return length;
    if (property == TABLE_DEFINITION)
        return rest.length >= 2 ? (size_t)u16_of(rest.data) + 1 : rest.length;
    return rest.length >= 1 ? (size_t)(unsigned char)rest.data[0] + 1 : 0;
}

static void look_at_properties(struct slice properties, bool *out_in_table, bool *out_ends_row)
{
    while (properties.length > 2) {
        uint16_t property = u16_of(properties.data);
        struct slice value = slice_skip(properties, 2);
        bool set = value.data[0] != 0;

        if (property == IN_TABLE)
            *out_in_table = set;
        else if (property == ENDS_ROW)
            *out_ends_row = set;
        properties = slice_skip(value, operand_length(property, value));
    }
}

/* The properties of a run of a page: behind a count of pairs of bytes and the number of a style. */
static struct slice properties_of(struct slice page, size_t run_at)
{
    size_t at = 2 * (size_t)(unsigned char)page.data[run_at], length;

    if (at == 0 || at + 2 >= PAGE_BYTES)
        return (struct slice){0};
    length = 2 * (size_t)(unsigned char)page.data[at];
    if (length > 0)
        length--;
    else
        length = 2 * (size_t)(unsigned char)page.data[++at];
    at++;
    if (at + length > PAGE_BYTES - 1)
        length = PAGE_BYTES - 1 - at;
    return slice_skip(slice_make(page.data + at, length), 2);
}

static int add_page(struct word_table *table, struct slice page, struct tq_error *err)
{
    unsigned runs = (unsigned char)page.data[PAGE_BYTES - 1];

    if (runs > RUNS_MAX)
        return TQ_OK;
    for (unsigned i = 0; i < runs; i++) {
        struct word_paragraph paragraph = {.start = u32_of(page.data + 4 * (size_t)i),
                                           .end = u32_of(page.data + 4 * ((size_t)i + 1))};
        bool in_table = false;
        int r;

        look_at_properties(properties_of(page, 4 * ((size_t)runs + 1) + RUN_BYTES * (size_t)i),
                           &in_table, &paragraph.ends_row);
        if (!in_table || paragraph.end <= paragraph.start)
            continue;
        r = alloc_reserve(&table->items, &table->capacity, table->count + 1, sizeof(*table->items),
                          err);
        if (r < 0)
            return r;
        table->items[table->count++] = paragraph;
    }
    return TQ_OK;
}

static int by_start(const void *a, const void *b)
{
    const struct word_paragraph *left = a, *right = b;

    return (left->start > right->start) - (left->start < right->start);
}

int word_table_find(struct slice document, struct slice list, struct word_table *out,
                    struct tq_error *err)
{
    size_t pages = list.length >= 12 ? (list.length - 4) / 8 : 0;

    if (pages > document.length / PAGE_BYTES) /* a page is listed once */
        pages = document.length / PAGE_BYTES;
    for (size_t i = 0; i < pages; i++) {
        size_t number = u32_of(list.data + 4 * (pages + 1 + i)) & PAGE_NUMBER_MASK;
        int r;

        if ((number + 1) * PAGE_BYTES > document.length)
            continue;
        r = add_page(out, slice_make(document.data + number * PAGE_BYTES, PAGE_BYTES), err);
        if (r < 0)
            return r;
    }
    if (out->count > 1)
        qsort(out->items, out->count, sizeof(*out->items), by_start);
    return TQ_OK;
}

const struct word_paragraph *word_table_at(const struct word_table *table, uint32_t offset)
{
    size_t low = 0, high = table->count;

    while (low < high) { /* the first that starts behind it */
        size_t middle = low + (high - low) / 2;

        if (table->items[middle].start <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || table->items[low - 1].end <= offset)
        return NULL;
    return &table->items[low - 1];
}
