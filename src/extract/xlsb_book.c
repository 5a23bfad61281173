/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/xlsb_book.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "extract/xlsb_records.h"

/* Records, [MS-XLSB] 2.3.2. */
enum {
    RECORD_TEXT = 19,
    RECORD_FORMAT = 44,
    RECORD_CELL_FORMAT = 47,
    RECORD_BOOK_PROPERTIES = 153,
    RECORD_SHEET = 156,
    RECORD_CELL_FORMATS = 617,
    RECORD_CELL_FORMATS_END = 618,
};

/* ---- the workbook ---- */

struct book_reader {
    struct xlsx_book *book;
    xlsb_each_sheet *each;
    void *state;
};

static int take_sheet(const struct book_reader *reader, struct slice body, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf id = {0}, name = {0};
    size_t at = xlsb_text(body, 8, &id);
    int r;

    (void)xlsb_text(body, at, &name);
    r = buf_check(&id, err);
    if (r == TQ_OK)
        r = buf_check(&name, err);
    if (r < 0)
        return r;
    return reader->each(reader->state, buf_slice(&name), buf_slice(&id), xlsb_u32(body, 0) != 0,
                        err);
}

static int book_record(void *state, uint32_t type, struct slice body, struct tq_error *err)
{
    struct book_reader *reader = state;

    if (type == RECORD_BOOK_PROPERTIES)
        reader->book->is_1904 = (xlsb_u32(body, 0) & 1) != 0;
    return type == RECORD_SHEET ? take_sheet(reader, body, err) : TQ_OK;
}

int xlsb_book_read(struct package *package, size_t part, struct xlsx_book *book,
                   xlsb_each_sheet *each, void *state, struct tq_error *err)
{
    struct book_reader reader = {book, each, state};

    return xlsb_records_read(package, part, book_record, &reader, err);
}

/* ---- shared texts ---- */

struct text_reader {
    struct xlsx_book *book;
    struct buf text;
};

static int text_record(void *state, uint32_t type, struct slice body, struct tq_error *err)
{
    struct text_reader *reader = state;
    int r;

    if (type != RECORD_TEXT)
        return TQ_OK;
    buf_empty(&reader->text);
    (void)xlsb_text(body, 1, &reader->text);
    r = buf_check(&reader->text, err);
    return r < 0 ? r : xlsx_text_add(reader->book, buf_slice(&reader->text), err);
}

int xlsb_texts_read(struct package *package, size_t part, struct xlsx_book *book,
                    struct tq_error *err)
{
    struct text_reader reader = {.book = book};
    int r = xlsb_records_read(package, part, text_record, &reader, err);

    buf_clear(&reader.text);
    return r < 0 ? r : xlsx_texts_report(package, book, err);
}

/* ---- formats ---- */

struct code {
    uint32_t id;
    struct number_style style;
};

struct style_reader {
    struct xlsx_book *book;
    struct code *codes;
    size_t count, capacity;
    bool in_cell_formats;
};

static int add_code(struct style_reader *reader, struct slice body, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf code = {0};
    int r;

    (void)xlsb_text(body, 2, &code);
    r = buf_check(&code, err);
    if (r < 0 || reader->count >= XLSX_CODES_MAX)
        return r;
    r = alloc_reserve(&reader->codes, &reader->capacity, reader->count + 1, sizeof(*reader->codes),
                      err);
    if (r == TQ_OK)
        reader->codes[reader->count++] =
            (struct code){xlsb_u16(body, 0), number_style_of_code(buf_slice(&code))};
    return r;
}

static int add_style(struct style_reader *reader, uint32_t id, struct tq_error *err)
{
    struct xlsx_book *book = reader->book;
    struct number_style style = number_style_of_id(id);
    int r;

    if (book->style_count >= XLSX_STYLES_MAX)
        return TQ_OK;
    for (size_t i = 0; i < reader->count; i++) {
        if (reader->codes[i].id == id)
            style = reader->codes[i].style;
    }
    r = alloc_reserve(&book->styles, &book->style_capacity, book->style_count + 1,
                      sizeof(*book->styles), err);
    if (r == TQ_OK)
        book->styles[book->style_count++] = style;
    return r;
}

static int style_record(void *state, uint32_t type, struct slice body, struct tq_error *err)
{
    struct style_reader *reader = state;

    switch (type) {
    case RECORD_FORMAT:
        return add_code(reader, body, err);
    case RECORD_CELL_FORMATS:
    case RECORD_CELL_FORMATS_END:
        reader->in_cell_formats = type == RECORD_CELL_FORMATS;
        return TQ_OK;
    case RECORD_CELL_FORMAT:
        return reader->in_cell_formats ? add_style(reader, xlsb_u16(body, 2), err) : TQ_OK;
    default:
        return TQ_OK;
    }
}

int xlsb_styles_read(struct package *package, size_t part, struct xlsx_book *book,
                     struct tq_error *err)
{
    struct style_reader reader = {.book = book};
    int r = xlsb_records_read(package, part, style_record, &reader, err);

    free(reader.codes);
    return r;
}
