/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TESTS_ACCESS_SAMPLE_H
#define TESTS_ACCESS_SAMPLE_H

/* No tool of Debian writes databases of Access: the smallest one of Jet 4 is made here, page by
 * page. make_database() gives it, to be freed with buf_clear(). */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

#define PAGE  4096u
#define PAGES 7u

enum {
    HEAD,
    MAPS,         /* which pages the tables have, a row each; the last row is empty */
    OBJECTS,      /* the table of tables, always here */
    OBJECTS_ROWS, /* and its rows */
    PEOPLE,
    PEOPLE_ROWS,
    MEMO,
};

enum {
    TYPE_BOOL = 1,
    TYPE_INT = 3,
    TYPE_LONG = 4,
    TYPE_MONEY = 5,
    TYPE_DOUBLE = 7,
    TYPE_MOMENT = 8,
    TYPE_TEXT = 10,
    TYPE_OLE = 11,
    TYPE_MEMO = 12,
};

struct column {
    const char *name; /* Latin-1 */
    uint8_t type;
    bool is_fixed;
    uint8_t at; /* a fixed one: its offset; else which of the others it is */
    uint8_t size;
};

static const struct column object_columns[] = {
    {"Id", TYPE_LONG, true, 0, 4},     {"Type", TYPE_INT, true, 4, 2},
    {"Flags", TYPE_LONG, true, 6, 4},  {"Name", TYPE_TEXT, false, 0, 0},
    {"LvProp", TYPE_OLE, false, 1, 0},
};

static const struct column people_columns[] = {
    {"id", TYPE_LONG, true, 0, 4},       {"salaire", TYPE_MONEY, true, 4, 8},
    {"n\xE9", TYPE_MOMENT, true, 12, 8}, {"taux", TYPE_DOUBLE, true, 20, 8},
    {"actif", TYPE_BOOL, true, 28, 0},   {"nom", TYPE_TEXT, false, 0, 0},
    {"notes", TYPE_MEMO, false, 1, 0},   {"photo", TYPE_OLE, false, 2, 0},
};

static void put(char *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (char)(value >> (8 * i));
}

/* Latin-1 as UTF-16. */
static size_t put_wide(char *at, const char *text)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++)
        put(at + 2 * i, (unsigned char)text[i], 2);
    return 2 * length;
}

/* Add a row to a page of rows: they grow from its end. */
static void add_row(char *page, const char *row, size_t length)
{
    unsigned count = (unsigned char)page[12];
    size_t end = PAGE;

    if (count > 0)
        end = (size_t)((unsigned char)page[12 + 2 * count]
                       | (unsigned char)page[13 + 2 * count] << 8);
    memcpy(page + end - length, row, length);
    put(page + 14 + 2 * count, end - length, 2);
    put(page + 12, count + 1, 2);
}

/* Where a row is, as others point to it. */
static uint64_t place(unsigned page, unsigned row)
{
    return page << 8 | row;
}

static void make_table(char *page, const struct column *columns, unsigned count, unsigned rows,
                       unsigned map)
{
    unsigned others = 0;
    char *at = page + 63;

    for (unsigned i = 0; i < count; i++, at += 25) {
        at[0] = (char)columns[i].type;
        put(at + 5, i, 2);
        put(at + 9, i, 2);
        put(at + (columns[i].is_fixed ? 21 : 7), columns[i].at, 2);
        at[15] = columns[i].is_fixed;
        put(at + 23, columns[i].size, 2);
        others += !columns[i].is_fixed;
    }
    for (unsigned i = 0; i < count; i++) {
        size_t length = put_wide(at + 2, columns[i].name);

        put(at, length, 2);
        at += 2 + length;
    }
    page[0] = 2;
    put(page + 16, rows, 4);
    put(page + 43, others, 2);
    put(page + 45, count, 2);
    put(page + 55, place(MAPS, map), 4);
    put(page + 59, place(MAPS, 2), 4);
}

/* A row on its way: values with a fixed place, the others one by one, which of them there are. */
struct row {
    char bytes[512];
    size_t length, others;
    size_t ends[8];
};

static void row_start(struct row *row, unsigned columns, size_t fixed_bytes)
{
    *row = (struct row){.length = 2 + fixed_bytes};
    put(row->bytes, columns, 2);
}

static void row_other(struct row *row, const char *bytes, size_t length)
{
    memcpy(row->bytes + row->length, bytes, length);
    row->length += length;
    row->ends[row->others++] = row->length;
}

static void row_finish(struct row *row, size_t fixed_bytes, unsigned present, char *page)
{
    put(row->bytes + row->length, row->ends[row->others - 1], 2);
    row->length += 2;
    for (size_t i = row->others; i > 0; i--, row->length += 2)
        put(row->bytes + row->length, i == 1 ? 2 + fixed_bytes : row->ends[i - 2], 2);
    put(row->bytes + row->length, row->others, 2);
    row->bytes[row->length + 2] = (char)present;
    add_row(page, row->bytes, row->length + 3);
}

static void add_object(char *page, unsigned id, unsigned type, uint64_t flags, const char *name)
{
    char wide[64];
    struct row row;

    row_start(&row, 5, 10);
    put(row.bytes + 2, id, 4);
    put(row.bytes + 6, type, 2);
    put(row.bytes + 8, flags, 4);
    row_other(&row, wide, put_wide(wide, name));
    row_other(&row, "", 0);
    row_finish(&row, 10, 0x0F, page);
}

static void put_double(char *at, double value)
{
    memcpy(at, &value, sizeof(value));
}

static void add_person(char *page, unsigned id, double born, const char *name, size_t name_length,
                       const char *memo, bool is_active)
{
    struct row row;

    row_start(&row, 8, 28);
    put(row.bytes + 2, id, 4);
    put(row.bytes + 6, (uint64_t)(id * 12345600), 8);
    put_double(row.bytes + 14, born);
    put_double(row.bytes + 22, 0.15);
    row_other(&row, name, name_length);
    row_other(&row, memo, 12);
    row_other(&row, "\4\0\0\x80\0\0\0\0\0\0\0\0JPEG", 16);
    row_finish(&row, 28, is_active ? 0xFF : 0xEF, page);
}

static void make_maps(char *page)
{
    page[0] = 1;
    add_row(page, "\0\0\0\0\0\x08\0\0\0", 9); /* the objects have page 3 */
    add_row(page, "\0\0\0\0\0\x20\0\0\0", 9); /* the people page 5 */
    add_row(page, "\0\0\0\0\0\0\0\0\0", 9);
}

static struct buf make_database(void)
{
    static const char compressed[] = "\xFF\xFE"
                                     "BENNANI",
                      wide[] = "\xFF\xFE\0\x27\x06\x44\x06";
    static const char no_memo[12] = {0}, memo[] = "\x10\0\0\x40\0\6\0\0\0\0\0";
    struct buf file = {0};
    char *page = buf_extend(&file, (size_t)PAGE * PAGES);

    assert(page);
    memset(page, 0, (size_t)PAGE * PAGES);
    memcpy(page, "\0\1\0\0Standard Jet DB\0\1", 21);
    memcpy(page + 0x3E, "\xFB\x8A\xBC\x4E", 4); /* no key: zeros under the cipher of the head */
    make_maps(page + PAGE * MAPS);
    make_table(page + PAGE * OBJECTS, object_columns, 5, 3, 0);
    page[PAGE * OBJECTS_ROWS] = 1;
    put(page + PAGE * OBJECTS_ROWS + 4, OBJECTS, 4);
    add_object(page + PAGE * OBJECTS_ROWS, OBJECTS, 1, 0x80000000, "MSysObjects");
    add_object(page + PAGE * OBJECTS_ROWS, PEOPLE, 1, 0, "Assur\xE9s");
    add_object(page + PAGE * OBJECTS_ROWS, 9, 6, 0, "Ailleurs");
    make_table(page + PAGE * PEOPLE, people_columns, 8, 2, 1);
    page[PAGE * PEOPLE_ROWS] = 1;
    put(page + PAGE * PEOPLE_ROWS + 4, PEOPLE, 4);
    add_person(page + PAGE * PEOPLE_ROWS, 1, 29352, compressed, 9, memo, true);
    add_person(page + PAGE * PEOPLE_ROWS, 2, -1.25, wide, 7, no_memo, false);
    page[PAGE * MEMO] = 1;
    memcpy(page + PAGE * MEMO + 4, "LVAL", 4);
    add_row(page + PAGE * MEMO,
            "\xFF\xFE"
            "une longue note",
            17);
    return file;
}

#endif
