/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Old workbooks: BIFF8 and BIFF5 in a compound file ([MS-XLS]). Records are read one after another
 * in the order of the file, which is that of the sheets; each has at most 8 KiB. No library of
 * Debian reads them, so this is a small reader of ours.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "extract/biff_value.h"
#include "extract/compound.h"
#include "extract/embedded.h"
#include "extract/format.h"
#include "extract/grid.h"
#include "extract/legacy_lock.h"
#include "extract/xls_text.h"
#include "extract/xor_lock.h"

#define SHEETS_MAX   4096u
#define CIPHER_BYTES 1024u /* of the stream under one key */

enum biff {
    BIFF_FORMULA = 0x006,
    BIFF_EOF = 0x00A,
    BIFF_DATE_1904 = 0x022,
    BIFF_FILEPASS = 0x02F,
    BIFF_CONTINUE = 0x03C,
    BIFF_CODEPAGE = 0x042,
    BIFF_BOUNDSHEET = 0x085,
    BIFF_INTERFACE = 0x0E1,
    BIFF_CHANGES_INFO = 0x138,
    BIFF_CHANGES = 0x196,
    BIFF_USERS = 0x194,
    BIFF_FILE_LOCK = 0x195,
    BIFF_MULRK = 0x0BD,
    BIFF_RSTRING = 0x0D6,
    BIFF_XF = 0x0E0,
    BIFF_SST = 0x0FC,
    BIFF_LABELSST = 0x0FD,
    BIFF_NUMBER = 0x203,
    BIFF_LABEL = 0x204,
    BIFF_BOOLERR = 0x205,
    BIFF_STRING = 0x207,
    BIFF_ROW = 0x208,
    BIFF_RK = 0x27E,
    BIFF_FORMAT = 0x41E,
    BIFF_BOF = 0x809,
};

struct xls_sheet {
    uint32_t offset; /* of its BOF, in the stream */
    struct slice name;
};

struct xls_format {
    uint32_t id;
    struct number_style style;
};

struct xls_reader {
    const struct extract_input *input;
    const struct sink *sink;
    struct compound compound;
    struct compound_stream stream;
    struct compound_cursor cursor;
    struct slice piece; /* of the stream, not yet used */
    uint64_t offset;    /* of the next byte in the stream */

    struct buf record;
    uint32_t type;
    struct buf shared; /* the table of texts, gathered */
    size_t *shared_ends;
    size_t shared_count, shared_capacity;

    struct xlsx_book book;
    struct xls_format *formats;
    size_t format_count, format_capacity;
    struct arena arena;
    struct xls_sheet *sheets;
    size_t sheet_count, sheet_capacity;
    const struct codepage *page;
    bool is_old; /* BIFF5: texts are bytes */
    bool in_sheet;
    bool is_shut;             /* encrypted, and not opened */
    struct legacy_lock lock;  /* of what follows, if it is encrypted */
    struct legacy_cipher key; /* .lock: it was opened */
    uint32_t hidden_sheets;
    uint64_t hidden_rows;

    struct grid grid;
    uint32_t row; /* of the cells that came last; from 0 */
    bool has_row;
    uint32_t string_row, string_column; /* where the result of a formula goes that is a text */
    struct buf shown;
};

static void xls_clear(struct xls_reader *x)
{
    compound_clear(&x->compound);
    legacy_cipher_clear(&x->key);
    grid_clear(&x->grid);
    xlsx_book_clear(&x->book);
    arena_clear(&x->arena);
    buf_clear(&x->record);
    buf_clear(&x->shared);
    buf_clear(&x->shown);
    free(x->shared_ends);
    free(x->formats);
    free(x->sheets);
}

static uint32_t number_at(const struct xls_reader *x, size_t at, unsigned bytes)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < bytes && at + i < x->record.length; i++)
        value |= (uint32_t)(unsigned char)x->record.data[at + i] << (8 * i);
    return value;
}

/* ---- records ---- */

/* `count` bytes of the stream into `out`, or as many as there are. */
static int take_bytes(struct xls_reader *x, size_t count, struct buf *out, struct tq_error *err)
{
    while (count > 0) {
        size_t length = x->piece.length < count ? x->piece.length : count;

        buf_add_slice(out, slice_make(x->piece.data, length));
        x->piece = slice_skip(x->piece, length);
        x->offset += length;
        count -= length;
        if (x->piece.length == 0) {
            int r = compound_next(&x->compound, &x->stream, &x->cursor, &x->piece, err);

            if (r < 0)
                return r;
            if (x->piece.length == 0)
                break;
        }
    }
    return buf_check(out, err);
}

/* Decipher the record that came, whose body stands at `offset` of the stream. The keys go on under
 * what is left as it is: heads, a few kinds of records, and where a sheet begins. */
static int decipher_record(struct xls_reader *x, uint64_t offset, struct tq_error *err)
{
    size_t plain = x->type == BIFF_BOUNDSHEET ? 4 : 0;

    switch (x->type) {
    case BIFF_BOF:
    case BIFF_FILEPASS:
    case BIFF_INTERFACE:
    case BIFF_CHANGES_INFO:
    case BIFF_CHANGES:
    case BIFF_USERS:
    case BIFF_FILE_LOCK:
        return TQ_OK;
    default:
        if (!x->key.lock || x->record.length <= plain)
            return TQ_OK;
        if (x->lock.kind == LEGACY_LOCK_XOR) {
            xor_decipher(x->key.secret, offset, x->record.length, plain, x->record.data);
            return TQ_OK;
        }
        return legacy_decipher(&x->key, offset + plain, CIPHER_BYTES, x->record.data + plain,
                               x->record.length - plain, err);
    }
}

/* The next record; *out_more is false at the end of the stream. */
static int next_record(struct xls_reader *x, bool *out_more, struct tq_error *err)
{
    uint64_t offset;
    uint32_t length;
    int r;

    buf_empty(&x->record);
    r = take_bytes(x, 4, &x->record, err);
    *out_more = r == TQ_OK && x->record.length == 4;
    if (!*out_more)
        return r;
    x->type = number_at(x, 0, 2);
    length = number_at(x, 2, 2);
    buf_empty(&x->record);
    offset = x->offset;
    r = take_bytes(x, length, &x->record, err);
    return r < 0 ? r : decipher_record(x, offset, err);
}

/* ---- cells ---- */

static int end_row(struct xls_reader *x, struct tq_error *err)
{
    if (!x->has_row)
        return TQ_OK;
    x->has_row = false;
    return grid_row(&x->grid, x->row + (uint64_t)1, err);
}

/* What is in x->shown goes to that cell. */
static int put(struct xls_reader *x, uint32_t row, uint32_t column, struct tq_error *err)
{
    int r = buf_check(&x->shown, err);

    if (r < 0 || !x->in_sheet || x->shown.length == 0)
        return r;
    if (!x->has_row || row != x->row) {
        uint32_t expected = x->has_row || x->row > 0 ? x->row + 1 : 0;

        r = end_row(x, err);
        if (r == TQ_OK && row > expected)
            r = grid_blank_rows(&x->grid, row - expected, err);
        x->row = row;
        x->has_row = true;
    }
    return r < 0 ? r : grid_cell(&x->grid, column, buf_slice(&x->shown), err);
}

static int put_number(struct xls_reader *x, uint32_t row, uint32_t column, uint32_t style,
                      double value, struct tq_error *err)
{
    static const struct number_style general = {.kind = NUMBER_GENERAL};
    char text[64];

    (void)snprintf(text, sizeof(text), "%.17g", value);
    buf_empty(&x->shown);
    number_show(&x->shown, slice_of(text),
                style < x->book.style_count ? &x->book.styles[style] : &general, x->book.is_1904);
    return put(x, row, column, err);
}

static double double_at(const struct xls_reader *x, size_t at)
{
    return biff_double(number_at(x, at, 4) | (uint64_t)number_at(x, at + 4, 4) << 32);
}

static void show_flag_or_error(struct xls_reader *x, uint32_t value, bool is_error)
{
    buf_empty(&x->shown);
    if (!is_error) {
        buf_add_text(&x->shown, value ? "TRUE" : "FALSE");
        return;
    }
    buf_add_text(&x->shown, biff_error(value));
}

/* A text at `at` of the record. */
static void show_text(struct xls_reader *x, size_t at, bool is_short, struct buf *out)
{
    struct xls_bytes bytes = {.data = x->record.data, .length = x->record.length, .at = at};
    size_t length, start = at + (is_short ? 1 : 2);

    buf_empty(out);
    if (!x->is_old) {
        (void)xls_text_read(&bytes, is_short, out);
        return;
    }
    length = number_at(x, at, is_short ? 1 : 2);
    if (start > x->record.length)
        return;
    if (length > x->record.length - start)
        length = x->record.length - start;
    xls_text_decode(slice_make(x->record.data + start, length), x->page, out);
}

static int take_formula(struct xls_reader *x, uint32_t row, uint32_t column, struct tq_error *err)
{
    uint32_t kind = number_at(x, 6, 1);

    if (x->record.length < 14)
        return TQ_OK;
    if (number_at(x, 12, 2) != 0xFFFF)
        return put_number(x, row, column, number_at(x, 4, 2), double_at(x, 6), err);
    if (kind == 0) { /* the text follows in a record of its own */
        x->string_row = row;
        x->string_column = column;
        return TQ_OK;
    }
    if (kind != 1 && kind != 2)
        return TQ_OK;
    show_flag_or_error(x, number_at(x, 8, 1), kind == 2);
    return put(x, row, column, err);
}

static int take_row_of_numbers(struct xls_reader *x, uint32_t row, uint32_t column,
                               struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t at = 4; at + 8 <= x->record.length && r == TQ_OK; at += 6)
        r = put_number(x, row, column++, number_at(x, at, 2), biff_rk(number_at(x, at + 2, 4)),
                       err);
    return r;
}

static int take_cell(struct xls_reader *x, struct tq_error *err)
{
    uint32_t row = number_at(x, 0, 2), column = number_at(x, 2, 2), style = number_at(x, 4, 2);
    struct slice text = {0};

    switch (x->type) {
    case BIFF_LABELSST:
        buf_empty(&x->shown);
        if (xlsx_text(&x->book, number_at(x, 6, 4), &text))
            buf_add_slice(&x->shown, text);
        return put(x, row, column, err);
    case BIFF_LABEL:
    case BIFF_RSTRING:
        show_text(x, 6, false, &x->shown);
        return put(x, row, column, err);
    case BIFF_NUMBER:
        return put_number(x, row, column, style, double_at(x, 6), err);
    case BIFF_RK:
        return put_number(x, row, column, style, biff_rk(number_at(x, 6, 4)), err);
    case BIFF_MULRK:
        return take_row_of_numbers(x, row, column, err);
    case BIFF_BOOLERR:
        show_flag_or_error(x, number_at(x, 6, 1), number_at(x, 7, 1) != 0);
        return put(x, row, column, err);
    case BIFF_FORMULA:
        return take_formula(x, row, column, err);
    case BIFF_STRING:
        show_text(x, 0, false, &x->shown);
        return put(x, x->string_row, x->string_column, err);
    case BIFF_ROW:
        x->hidden_rows += (number_at(x, 12, 2) & 0x20) != 0;
        return TQ_OK;
    default:
        return TQ_OK;
    }
}

/* ---- what the sheets share ---- */

static int add_sheet(struct xls_reader *x, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    char *copy;
    int r;

    x->hidden_sheets += (number_at(x, 4, 1) & 3) != 0;
    show_text(x, 6, true, &name);
    r = buf_check(&name, err);
    if (r < 0 || x->sheet_count >= SHEETS_MAX)
        return r;
    r = alloc_reserve(&x->sheets, &x->sheet_capacity, x->sheet_count + 1, sizeof(*x->sheets), err);
    if (r < 0)
        return r;
    copy = arena_text(&x->arena, buf_slice(&name));
    if (!copy)
        return tq_no_memory(err);
    x->sheets[x->sheet_count++] =
        (struct xls_sheet){number_at(x, 0, 4), slice_make(copy, name.length)};
    return TQ_OK;
}

static int add_format(struct xls_reader *x, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf code = {0};
    int r;

    show_text(x, 2, x->is_old, &code);
    r = buf_check(&code, err);
    if (r < 0 || x->format_count >= XLSX_CODES_MAX)
        return r;
    r = alloc_reserve(&x->formats, &x->format_capacity, x->format_count + 1, sizeof(*x->formats),
                      err);
    if (r == TQ_OK)
        x->formats[x->format_count++] =
            (struct xls_format){number_at(x, 0, 2), number_style_of_code(buf_slice(&code))};
    return r;
}

static int add_style(struct xls_reader *x, struct tq_error *err)
{
    uint32_t id = number_at(x, 2, 2);
    struct number_style style = number_style_of_id(id);
    int r = alloc_reserve(&x->book.styles, &x->book.style_capacity, x->book.style_count + 1,
                          sizeof(*x->book.styles), err);

    if (r < 0 || x->book.style_count >= XLSX_STYLES_MAX)
        return r;
    for (size_t i = 0; i < x->format_count; i++) {
        if (x->formats[i].id == id)
            style = x->formats[i].style;
    }
    x->book.styles[x->book.style_count++] = style;
    return TQ_OK;
}

static void choose_page(struct xls_reader *x)
{
    char label[16];
    const struct codepage *page;

    (void)snprintf(label, sizeof(label), "%u", (unsigned)number_at(x, 0, 2));
    page = codepage_find(slice_of(label));
    if (page)
        x->page = page;
}

/* The table of shared texts goes on in the records behind it. */
static int gather_shared(struct xls_reader *x, struct tq_error *err)
{
    int r = alloc_reserve(&x->shared_ends, &x->shared_capacity, x->shared_count + 1,
                          sizeof(*x->shared_ends), err);

    if (r < 0 || x->shared.length > XLSX_TEXT_BYTES_MAX)
        return r;
    buf_add_slice(&x->shared, buf_slice(&x->record));
    x->shared_ends[x->shared_count++] = x->shared.length;
    return buf_check(&x->shared, err);
}

static int end_shared(struct xls_reader *x, struct tq_error *err)
{
    struct xls_bytes bytes = {.data = x->shared.data,
                              .length = x->shared.length,
                              .ends = x->shared_ends,
                              .end_count = x->shared_count};
    int r = x->shared.length > 0 ? xls_texts_read(&bytes, &x->book, err) : TQ_OK;

    buf_clear(&x->shared);
    x->shared_count = 0;
    return r;
}

/* What follows is encrypted: by a password, or by one that everybody knows. */
static int unlock(struct xls_reader *x, struct tq_error *err)
{
    struct slice info = buf_slice(&x->record);
    bool opens;
    int r;

    if (x->key.lock) /* said twice */
        return TQ_OK;
    if (x->is_old)
        x->lock = legacy_lock_read_xor(info);
    else if (number_at(x, 0, 2) == 0)
        x->lock = legacy_lock_read_xor(slice_skip(info, 2));
    else if (number_at(x, 0, 2) == 1)
        x->lock = legacy_lock_read(slice_skip(info, 2));
    r = legacy_lock_find(&x->lock, x->input, x->sink, &opens, x->key.secret, err);
    x->is_shut = !opens;
    if (opens)
        x->key.lock = &x->lock;
    return r;
}

/* A stream within the stream begins: the workbook's, a sheet's, or another. */
static int begin_part(struct xls_reader *x, uint64_t offset, struct tq_error *err)
{
    uint32_t kind = number_at(x, 2, 2);
    struct slice name = {0};

    if (offset == 0) /* some programs write another version into the sheets */
        x->is_old = number_at(x, 0, 2) < 0x600;
    x->in_sheet = kind == 0x0010 || kind == 0x0040;
    if (!x->in_sheet)
        return TQ_OK;
    for (size_t i = 0; i < x->sheet_count; i++) {
        if (x->sheets[i].offset == offset)
            name = x->sheets[i].name;
    }
    x->row = 0;
    x->has_row = false;
    return grid_sheet(&x->grid, name, err);
}

static int take_record(struct xls_reader *x, uint64_t offset, struct tq_error *err)
{
    switch (x->type) {
    case BIFF_BOF:
        return begin_part(x, offset, err);
    case BIFF_EOF:
        x->in_sheet = false;
        return end_row(x, err);
    case BIFF_FILEPASS:
        return unlock(x, err);
    case BIFF_DATE_1904:
        x->book.is_1904 = number_at(x, 0, 2) != 0;
        return TQ_OK;
    case BIFF_CODEPAGE:
        choose_page(x);
        return TQ_OK;
    case BIFF_BOUNDSHEET:
        return add_sheet(x, err);
    case BIFF_FORMAT:
        return add_format(x, err);
    case BIFF_XF:
        return add_style(x, err);
    case BIFF_SST:
        return gather_shared(x, err);
    default:
        return x->in_sheet ? take_cell(x, err) : TQ_OK;
    }
}

static int read_records(struct xls_reader *x, struct tq_error *err)
{
    bool more = true, in_shared = false;
    int r = compound_next(&x->compound, &x->stream, &x->cursor, &x->piece, err);

    while (r == TQ_OK && more && !x->is_shut) {
        uint64_t offset = x->offset;

        r = next_record(x, &more, err);
        if (r < 0 || !more)
            break;
        if (in_shared && x->type == BIFF_CONTINUE) {
            r = gather_shared(x, err);
            continue;
        }
        if (in_shared)
            r = end_shared(x, err);
        in_shared = x->type == BIFF_SST;
        if (r == TQ_OK)
            r = take_record(x, offset, err);
    }
    return r < 0 ? r : end_row(x, err);
}

static int report(struct xls_reader *x, struct tq_error *err)
{
    int r = TQ_OK;

    if (x->is_shut)
        return TQ_OK;
    if (x->hidden_sheets > 0)
        r = emit_note(x->sink, 0, err, "%u hidden sheets: they were read as the others",
                      (unsigned)x->hidden_sheets);
    if (r == TQ_OK && x->hidden_rows > 0)
        r = emit_note(x->sink, 0, err, "%" PRIu64 " hidden rows: they were read as the others",
                      x->hidden_rows);
    if (r == TQ_OK && x->cursor.done < x->stream.size_bytes)
        r = emit_note(x->sink, 0, err, "the workbook is damaged: its end is missing");
    if (r == TQ_OK && x->grid.writer.record == 0)
        r = emit_note(x->sink, 0, err, "no records were found");
    return r;
}

/* The stream of the workbook; false: there is none. */
static bool find_stream(const struct compound *compound, struct compound_stream *out_stream)
{
    return compound_find(compound, "Workbook", out_stream)
           || compound_find(compound, "Book", out_stream);
}

static int read_all(struct xls_reader *x, const struct extract_input *input, struct tq_error *err)
{
    bool sound, found = false;
    int r = compound_open(&x->compound, input->fd, input->size_bytes, &sound, err);

    if (r == TQ_OK && sound)
        found = find_stream(&x->compound, &x->stream);
    if (r == TQ_OK)
        r = emit_type(x->sink, "xls", err);
    if (r < 0)
        return r;
    if (!found)
        return emit_note(x->sink, 0, err, "the workbook is damaged: not read");
    r = read_records(x, err);
    if (r == TQ_OK)
        r = grid_finish(&x->grid, err);
    return r < 0 ? r : report(x, err);
}

static int xls_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    CLEANUP(free_cleanup) struct xls_reader *x = alloc_zeroed(1, sizeof(*x));
    int r;

    if (!x)
        return tq_no_memory(err);
    x->input = input;
    x->sink = sink;
    x->page = codepage_find(SLICE_LITERAL("windows-1252"));
    grid_init(&x->grid, sink);
    r = read_all(x, input, err);
    if (r == TQ_OK && x->compound.entry_count > 0)
        r = embedded_read(&x->compound, NULL, "MBD", sink, limits, err);
    xls_clear(x);
    return r;
}

static enum claim xls_claim(struct slice head, const struct extract_input *input)
{
    struct compound compound;
    struct compound_stream stream;
    struct tq_error ignored;
    bool sound, found = false;
    int r;

    if (!compound_is(head))
        return CLAIM_NONE;
    r = compound_open(&compound, input->fd, input->size_bytes, &sound, &ignored);
    if (r == TQ_OK && sound)
        found = find_stream(&compound, &stream);
    compound_clear(&compound);
    if (r == TQ_E_NOMEM)
        return CLAIM_FAILED;
    return found ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_xls = {"xls", xls_claim, xls_read};
