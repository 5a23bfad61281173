/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Documents of Word 97 to 2003 ([MS-DOC]), and texts of Word 6 and 95: the characters as the table
 * of pieces has them, paragraphs as lines, cells by the properties of their paragraphs. Formats,
 * pictures and styles are not looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "extract/codepage.h"
#include "extract/compound.h"
#include "extract/document_text.h"
#include "extract/embedded.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/legacy_lock.h"
#include "extract/little_endian.h"
#include "extract/locked.h"
#include "extract/word_table.h"

#define STREAM_BYTES_MAX ((size_t)256 << 20)
#define FIRST_UNICODE    0x00C1u /* the version of Word 97 */
#define GUESS_BYTES      ((size_t)64 << 10)
#define PIECE_BYTES      8u
#define RUN_BYTES        4096u
#define FIELDS_DEEP      64u
#define PLAIN_BYTES      68u  /* of the header, which are never encrypted */
#define CIPHER_BYTES     512u /* of a stream under one key */

/* Offsets in the header. */
enum {
    AT_VERSION = 0x02,
    AT_FLAGS = 0x0A,
    AT_LOCK_BYTES = 0x0E, /* that stand before the tables and say how it is encrypted */
    AT_TEXT_START = 0x18, /* of Word 6 and 95 */
    AT_TEXT_END = 0x1C,
    AT_PARAGRAPHS = 0x102,
    AT_PIECES = 0x1A2,
    HEADER_BYTES = 0x1AA,
    HEADER_BYTES_OLD = 0x20,
};

enum {
    FLAG_COMPLEX = 0x0004,
    FLAG_ENCRYPTED = 0x0100,
    FLAG_SECOND_TABLE = 0x0200,
    FLAG_OBFUSCATED = 0x8000, /* by XOR */
};

/* Characters that mean something ([MS-DOC] 2.4.1 and 2.9.172). */
enum {
    CHAR_CELL = 0x07,
    CHAR_TAB = 0x09,
    CHAR_LINE = 0x0B,
    CHAR_PAGE = 0x0C,
    CHAR_PARAGRAPH = 0x0D,
    CHAR_FIELD = 0x13,
    CHAR_FIELD_RESULT = 0x14,
    CHAR_FIELD_END = 0x15,
    CHAR_HYPHEN = 0x1E,
    CHAR_SOFT_HYPHEN = 0x1F,
};

struct doc {
    const struct extract_input *input;
    const struct sink *sink;
    struct compound compound;
    struct buf document, tables; /* two streams */
    struct word_table paragraphs;
    struct document_text text;
    struct buf run;
    const struct codepage *page;
    const struct word_paragraph *paragraph; /* the open one, NULL: in no table */
    bool in_paragraph, in_table;
    uint32_t high;   /* the first half of a pair of UTF-16, 0: none */
    unsigned fields; /* open, inside each other */
    uint64_t hidden; /* bit i: of field i it is the instruction that comes */
    bool cut;        /* a piece lies outside of the stream */
    bool is_shut;    /* encrypted, and not opened */
};

static void doc_clear(struct doc *doc)
{
    compound_clear(&doc->compound);
    buf_clear(&doc->document);
    buf_clear(&doc->tables);
    word_table_clear(&doc->paragraphs);
    document_text_clear(&doc->text);
    buf_clear(&doc->run);
}

/* ---- characters ---- */

static int begin_paragraph(struct doc *doc, uint32_t offset, struct tq_error *err)
{
    bool was_in_table = doc->in_table;

    doc->in_paragraph = true;
    doc->paragraph = word_table_at(&doc->paragraphs, offset);
    doc->in_table = doc->paragraph != NULL;
    if (doc->in_table && !was_in_table)
        return document_text_table(&doc->text, err);
    return !doc->in_table && was_in_table ? document_text_table_end(&doc->text, err) : TQ_OK;
}

/* What was gathered of the open line. */
static int give_run(struct doc *doc, struct tq_error *err)
{
    int r = buf_check(&doc->run, err);

    if (r == TQ_OK && doc->run.length > 0)
        r = document_text_add(&doc->text, buf_slice(&doc->run), err);
    buf_empty(&doc->run);
    return r;
}

static int end_cell(struct doc *doc, struct tq_error *err)
{
    doc->in_paragraph = false;
    if (!doc->in_table) /* a text of Word 95: it does not say where its tables are */
        return document_text_tab(&doc->text, err);
    return doc->paragraph->ends_row ? document_text_end_row(&doc->text, err)
                                    : document_text_end_cell(&doc->text, 1, err);
}

/* The instruction of a field ("HYPERLINK ...") is no text, its result is. */
static void take_field(struct doc *doc, uint32_t mark)
{
    if (mark == CHAR_FIELD) {
        if (doc->fields < FIELDS_DEEP)
            doc->hidden |= (uint64_t)1 << doc->fields;
        doc->fields += doc->fields < UINT32_MAX;
    } else if (doc->fields > 0) {
        if (doc->fields <= FIELDS_DEEP)
            doc->hidden &= ~((uint64_t)1 << (doc->fields - 1));
        doc->fields -= mark == CHAR_FIELD_END;
    }
}

static int take_control(struct doc *doc, uint32_t mark, struct tq_error *err)
{
    if (give_run(doc, err) < 0)
        return err->status;
    switch (mark) {
    case CHAR_CELL:
        return end_cell(doc, err);
    case CHAR_PARAGRAPH:
        doc->in_paragraph = false;
        doc->fields = 0; /* a field without an end hides no more than its paragraph */
        doc->hidden = 0;
        return document_text_end_line(&doc->text, err);
    case CHAR_LINE:
        return document_text_end_line(&doc->text, err);
    case CHAR_PAGE:
        return document_text_end_page(&doc->text, err);
    case CHAR_TAB:
        return document_text_tab(&doc->text, err);
    case CHAR_HYPHEN:
        return document_text_add(&doc->text, SLICE_LITERAL("-"), err);
    case CHAR_FIELD:
    case CHAR_FIELD_RESULT:
    case CHAR_FIELD_END:
        take_field(doc, mark);
        return TQ_OK;
    default:
        return TQ_OK; /* places of pictures, notes and the like */
    }
}

static int take_character(struct doc *doc, uint32_t code_point, uint32_t offset,
                          struct tq_error *err)
{
    if (!doc->in_paragraph && begin_paragraph(doc, offset, err) < 0)
        return err->status;
    if (code_point < 0x20)
        return take_control(doc, code_point, err);
    if (!doc->hidden)
        buf_add_code_point(&doc->run, code_point);
    return doc->run.length >= RUN_BYTES || doc->run.failed ? give_run(doc, err) : TQ_OK;
}

/* A unit of UTF-16; halves that have no other are replaced. */
static int take_unit(struct doc *doc, uint32_t unit, uint32_t offset, struct tq_error *err)
{
    uint32_t high = doc->high;

    doc->high = 0;
    if (high && unit >= 0xDC00 && unit <= 0xDFFF)
        return take_character(doc, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), offset,
                              err);
    if (high && take_character(doc, UTF8_REPLACEMENT, offset, err) < 0)
        return err->status;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        doc->high = unit;
        return TQ_OK;
    }
    return take_character(doc, unit >= 0xDC00 && unit <= 0xDFFF ? UTF8_REPLACEMENT : unit, offset,
                          err);
}

static int take_byte(struct doc *doc, unsigned char byte, uint32_t offset, struct tq_error *err)
{
    uint32_t code_point = byte;

    if (byte >= 0x80) {
        code_point = doc->page->upper[byte - 0x80];
        if (code_point == 0)
            code_point = UTF8_REPLACEMENT;
    }
    return take_character(doc, code_point, offset, err);
}

/* ---- pieces ---- */

static int take_piece(struct doc *doc, uint64_t start, uint64_t characters, bool is_wide,
                      struct tq_error *err)
{
    uint64_t width = is_wide ? 2 : 1, size = doc->document.length;
    int r = TQ_OK;

    if (start > size || characters > (size - start) / width) {
        doc->cut = true;
        if (start > size)
            return TQ_OK;
        characters = (size - start) / width;
    }
    for (uint64_t i = 0; i < characters && r == TQ_OK && !doc->text.pages.stopped; i++) {
        const char *at = doc->document.data + start + i * width;
        uint32_t offset = (uint32_t)(start + i * width);

        r = is_wide ? take_unit(doc, u16_of(at), offset, err)
                    : take_byte(doc, (unsigned char)*at, offset, err);
    }
    return r;
}

/* The table of pieces, behind changes that were saved fast; empty if there is none. */
static struct slice find_pieces(struct slice list)
{
    while (list.length >= 3 && list.data[0] == 1)
        list = slice_skip(list, 3 + (size_t)u16_of(list.data + 1));
    if (list.length < 5 || list.data[0] != 2)
        return (struct slice){0};
    return slice_skip(list, 5);
}

/* Together they have no more characters than the stream has bytes, unless one is shown twice. */
static int take_pieces(struct doc *doc, struct slice pieces, struct tq_error *err)
{
    size_t count = pieces.length >= 4 ? (pieces.length - 4) / (4 + PIECE_BYTES) : 0;
    uint64_t left = doc->document.length;
    int r = TQ_OK;

    for (size_t i = 0; i < count && r == TQ_OK && left > 0; i++) {
        uint32_t from = u32_of(pieces.data + 4 * i), to = u32_of(pieces.data + 4 * (i + 1));
        uint32_t where = u32_of(pieces.data + 4 * (count + 1) + PIECE_BYTES * i + 2);
        uint64_t characters = to > from ? to - from : 0;
        bool is_wide = !(where & 0x40000000u);

        doc->cut |= characters > left;
        if (characters > left)
            characters = left;
        left -= characters;
        where &= 0x3FFFFFFFu;
        r = take_piece(doc, is_wide ? where : where / 2, characters, is_wide, err);
    }
    return r;
}

/* ---- the document ---- */

/* The bytes of the stream of tables that a pair of numbers in the header names. */
static struct slice part_of(const struct doc *doc, size_t at)
{
    size_t start = u32_of(doc->document.data + at), length = u32_of(doc->document.data + at + 4);

    if (start >= doc->tables.length) /* nothing, if there is no such stream */
        return (struct slice){0};
    if (length > doc->tables.length - start)
        length = doc->tables.length - start;
    return slice_make(doc->tables.data + start, length);
}

/* Decipher both streams; *out_open is false, with a note, if no password does. */
static int unlock(struct doc *doc, unsigned flags, bool *out_open, struct tq_error *err)
{
    CLEANUP(legacy_cipher_clear) struct legacy_cipher cipher = {0};
    struct slice info = buf_slice(&doc->tables);
    struct legacy_lock lock = {0};
    size_t said = u32_of(doc->document.data + AT_LOCK_BYTES);
    int r;

    if (said < info.length)
        info.length = said;
    if (!(flags & FLAG_OBFUSCATED))
        lock = legacy_lock_read(info);
    r = legacy_lock_find(&lock, doc->input, doc->sink, out_open, cipher.secret, err);
    if (r < 0 || !*out_open)
        return r;
    cipher.lock = &lock;
    r = legacy_decipher(&cipher, PLAIN_BYTES, CIPHER_BYTES, doc->document.data + PLAIN_BYTES,
                        doc->document.length - PLAIN_BYTES, err);
    return r < 0
               ? r
               : legacy_decipher(&cipher, info.length, CIPHER_BYTES, doc->tables.data + info.length,
                                 doc->tables.length - info.length, err);
}

static int read_new(struct doc *doc, unsigned flags, struct tq_error *err)
{
    bool found, is_open = true;
    int r = compound_load(&doc->compound, flags & FLAG_SECOND_TABLE ? "1Table" : "0Table",
                          STREAM_BYTES_MAX, &found, &doc->tables, err);

    if (r == TQ_OK && flags & FLAG_ENCRYPTED)
        r = unlock(doc, flags, &is_open, err);
    doc->is_shut = !is_open;
    if (r < 0 || doc->is_shut)
        return r;
    doc->page = codepage_find(SLICE_LITERAL("windows-1252"));
    r = word_table_find(buf_slice(&doc->document), part_of(doc, AT_PARAGRAPHS), &doc->paragraphs,
                        err);
    return r < 0 ? r : take_pieces(doc, find_pieces(part_of(doc, AT_PIECES)), err);
}

/* The text lies in one piece, in the encoding of a machine that nobody names. */
static int read_old(struct doc *doc, struct tq_error *err)
{
    uint32_t start = u32_of(doc->document.data + AT_TEXT_START);
    uint32_t end = u32_of(doc->document.data + AT_TEXT_END);
    size_t sample;

    if (start >= doc->document.length || end <= start) {
        doc->cut = true;
        return TQ_OK;
    }
    sample =
        doc->document.length - start < GUESS_BYTES ? doc->document.length - start : GUESS_BYTES;
    doc->page = codepage_guess(slice_make(doc->document.data + start, sample));
    return take_piece(doc, start, end - start, false, err);
}

static int read_text(struct doc *doc, struct tq_error *err)
{
    unsigned flags = u16_of(doc->document.data + AT_FLAGS);
    bool is_new = u16_of(doc->document.data + AT_VERSION) >= FIRST_UNICODE;
    int r;

    if (!is_new && flags & FLAG_ENCRYPTED)
        return unknown_lock_note(doc->sink, err);
    if (is_new && doc->document.length < HEADER_BYTES)
        return emit_note(doc->sink, 0, err, "the document is damaged: not read");
    if (!is_new && flags & FLAG_COMPLEX)
        r = emit_note(doc->sink, 0, err,
                      "the document was saved fast by Word 6 or 95: its text may be out of order");
    else
        r = TQ_OK;
    if (r == TQ_OK)
        r = is_new ? read_new(doc, flags, err) : read_old(doc, err);
    if (r < 0 || doc->is_shut)
        return r;
    r = give_run(doc, err);
    if (r == TQ_OK)
        r = document_text_finish(&doc->text, err);
    if (r == TQ_OK && doc->cut)
        r = emit_note(doc->sink, 0, err, "the document is damaged: a part of its text is missing");
    if (r == TQ_OK && doc->text.grid.writer.record == 0 && doc->text.pages.page_count == 0)
        r = emit_note(doc->sink, 0, err, "no records and no text were found");
    return r;
}

static int doc_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    CLEANUP(doc_clear) struct doc doc = {.input = input, .sink = sink};
    bool sound, found = false;
    int r;

    document_text_init(&doc.text, sink, limits);
    r = emit_type(sink, "doc", err);
    if (r == TQ_OK)
        r = compound_open(&doc.compound, input->fd, input->size_bytes, &sound, err);
    if (r == TQ_OK && sound)
        r = compound_load(&doc.compound, "WordDocument", STREAM_BYTES_MAX, &found, &doc.document,
                          err);
    if (r < 0)
        return r;
    if (!found || doc.document.length < HEADER_BYTES_OLD)
        return emit_note(sink, 0, err, "the document is damaged, or too large: not read");
    r = read_text(&doc, err);
    return r < 0 ? r : embedded_read(&doc.compound, "ObjectPool", "", sink, limits, err);
}

static enum claim doc_claim(struct slice head, const struct extract_input *input)
{
    struct tq_error ignored;
    bool has;

    if (compound_has(head, input->fd, input->size_bytes, "WordDocument", &has, &ignored) < 0)
        return CLAIM_FAILED;
    return has ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_doc = {"doc", doc_claim, doc_read};
