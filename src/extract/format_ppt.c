/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * Presentations of PowerPoint 97 to 2003 ([MS-PPT]): the texts of all slides and notes in the order
 * of the stream. What only shows where text would go (masters) is left out. A file that was saved
 * over and over holds older texts as well; they are read, they may be what a leak is about.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "extract/compound.h"
#include "extract/document_text.h"
#include "extract/embedded.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/inflate.h"
#include "extract/little_endian.h"
#include "extract/ppt_lock.h"

#define STREAM_NAME       "PowerPoint Document"
#define STREAM_BYTES_MAX  ((size_t)256 << 20)
#define RECORD_BYTES      8u
#define CURRENT_BYTES_MAX ((size_t)64 << 10)
#define TOKEN_ENCRYPTED   0xF3D1C4DFu /* in the stream "Current User" */
#define PIECE_BYTES       ((size_t)8 << 10)
#define PACKED_HEAD_BYTES 6u   /* the length, and two bytes that every deflated text has */
#define CONTAINER         0xFu /* in the lower four bits of a record's version */

enum record_type {
    RECORD_SLIDE = 1006,
    RECORD_NOTES = 1008,
    RECORD_SLIDE_TEXTS = 1011, /* the texts of the next slide follow */
    RECORD_MASTER = 1016,
    RECORD_TEXT_WIDE = 4000,
    RECORD_TEXT_BYTES = 4008,
    RECORD_HANDOUT = 4041,
    RECORD_OBJECT = 4113, /* embedded: a compound file, packed if the instance is 1 */
};

struct ppt {
    const struct sink *sink;
    struct compound compound;
    struct buf stream, line;
    struct document_text text;
    struct mail_members members;
};

static void ppt_clear(struct ppt *ppt)
{
    compound_clear(&ppt->compound);
    buf_clear(&ppt->stream);
    buf_clear(&ppt->line);
    document_text_clear(&ppt->text);
    mail_members_clear(&ppt->members);
}

static int end_line(struct ppt *ppt, struct tq_error *err)
{
    int r = buf_check(&ppt->line, err);

    if (r == TQ_OK)
        r = document_text_add(&ppt->text, buf_slice(&ppt->line), err);
    buf_empty(&ppt->line);
    return r < 0 ? r : document_text_end_line(&ppt->text, err);
}

static int take_unit(struct ppt *ppt, uint32_t unit, struct tq_error *err)
{
    if (unit == '\r' || unit == '\v')
        return end_line(ppt, err);
    if (unit >= 0x20)
        buf_add_code_point(&ppt->line, unit);
    return TQ_OK;
}

/* Texts whose characters all have numbers below 256 are written as bytes. */
static int take_text(struct ppt *ppt, struct slice bytes, bool is_wide, struct tq_error *err)
{
    int r = TQ_OK;

    for (size_t i = 0; i + is_wide < bytes.length && r == TQ_OK; i += 1 + is_wide) {
        uint32_t unit = is_wide ? u16_of(bytes.data + i) : (unsigned char)bytes.data[i];

        if (unit >= 0xD800 && unit <= 0xDBFF && i + 3 < bytes.length) {
            uint32_t low = u16_of(bytes.data + i + 2);

            if (low >= 0xDC00 && low <= 0xDFFF) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        r = take_unit(ppt, unit >= 0xD800 && unit <= 0xDFFF ? UTF8_REPLACEMENT : unit, err);
    }
    return r < 0 ? r : end_line(ppt, err);
}

static int give_piece(void *state, struct slice piece, bool *out_enough, struct tq_error *err)
{
    struct mail_members *members = state;
    int r = mail_members_bytes(members, piece, err);

    *out_enough = members->stopped;
    return r;
}

static int take_object(struct ppt *ppt, struct slice body, bool is_packed, struct tq_error *err)
{
    char piece[PIECE_BYTES];
    bool whole = true;
    int r = mail_members_begin(&ppt->members, (struct slice){0}, NULL, err);

    if (r < 0)
        return r;
    if (!is_packed)
        r = mail_members_bytes(&ppt->members, body, err);
    else if (body.length > PACKED_HEAD_BYTES)
        r = inflate_bytes(slice_skip(body, PACKED_HEAD_BYTES), piece, sizeof(piece), give_piece,
                          &ppt->members, &whole, err);
    else
        whole = false;
    return r < 0 ? r : mail_members_end(&ppt->members, !whole, err);
}

/* One record; *out_used bytes are done with: of a container only its head. */
static int take_record(struct ppt *ppt, struct slice rest, size_t *out_used, struct tq_error *err)
{
    bool is_container = ((unsigned char)rest.data[0] & 0xF) == CONTAINER;
    size_t length = u32_of(rest.data + 4);
    struct slice body = slice_skip(rest, RECORD_BYTES);

    if (length < body.length)
        body.length = length;
    *out_used = RECORD_BYTES + (is_container ? 0 : body.length);
    switch (u16_of(rest.data + 2)) {
    case RECORD_MASTER:
    case RECORD_HANDOUT:
        *out_used = RECORD_BYTES + body.length;
        return TQ_OK;
    case RECORD_SLIDE:
    case RECORD_NOTES:
    case RECORD_SLIDE_TEXTS:
        return document_text_end_page(&ppt->text, err);
    case RECORD_TEXT_WIDE:
        return take_text(ppt, body, true, err);
    case RECORD_TEXT_BYTES:
        return take_text(ppt, body, false, err);
    case RECORD_OBJECT:
        return take_object(ppt, body, u16_of(rest.data) >> 4 == 1, err);
    default:
        return TQ_OK;
    }
}

static int read_records(struct ppt *ppt, struct tq_error *err)
{
    struct slice rest = buf_slice(&ppt->stream);
    int r = TQ_OK;

    while (rest.length >= RECORD_BYTES && r == TQ_OK && !ppt->text.pages.stopped) {
        size_t used;

        r = take_record(ppt, rest, &used, err);
        rest = slice_skip(rest, used);
    }
    if (r == TQ_OK)
        r = document_text_finish(&ppt->text, err);
    if (r == TQ_OK && ppt->text.pages.page_count == 0)
        r = emit_note(ppt->sink, 0, err, "no text was found");
    return r;
}

/* The whole stream, deciphered if need be; *out_found: it is there, *out_open: it can be read. */
static int load(struct ppt *ppt, const struct extract_input *input, bool *out_found, bool *out_open,
                struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf current = {0};
    struct compound_stream ignored;
    bool sound, encrypted = false, has_user;
    int r = compound_open(&ppt->compound, input->fd, input->size_bytes, &sound, err);

    *out_found = false;
    *out_open = true;
    if (r < 0 || !sound)
        return r;
    encrypted = compound_find(&ppt->compound, "EncryptedSummary", &ignored);
    r = compound_enter(&ppt->compound, "PP97_DUALSTORAGE", err); /* beside what 95 reads */
    if (r == TQ_OK)
        r = compound_load(&ppt->compound, STREAM_NAME, STREAM_BYTES_MAX, out_found, &ppt->stream,
                          err);
    if (r == TQ_OK && *out_found)
        r = compound_load(&ppt->compound, "Current User", CURRENT_BYTES_MAX, &has_user, &current,
                          err);
    if (r < 0 || !*out_found)
        return r;
    encrypted |= current.length >= 16 && u32_of(current.data + 12) == TOKEN_ENCRYPTED;
    return encrypted
               ? ppt_unlock(&ppt->stream, buf_slice(&current), input, ppt->sink, out_open, err)
               : TQ_OK;
}

static int ppt_read(const struct extract_input *input, const struct extract_limits *limits,
                    const struct sink *sink, struct tq_error *err)
{
    CLEANUP(ppt_clear) struct ppt ppt = {.sink = sink};
    bool found, is_open;
    int r;

    document_text_init(&ppt.text, sink, limits);
    mail_members_init(&ppt.members, sink, limits);
    r = emit_type(sink, "ppt", err);
    if (r == TQ_OK)
        r = load(&ppt, input, &found, &is_open, err);
    if (r < 0)
        return r;
    if (!found)
        return emit_note(sink, 0, err, "the presentation is damaged, or too large: not read");
    return is_open ? read_records(&ppt, err) : TQ_OK;
}

static enum claim ppt_claim(struct slice head, const struct extract_input *input)
{
    struct tq_error ignored;
    bool has;

    if (compound_has(head, input->fd, input->size_bytes, STREAM_NAME, &has, &ignored) < 0)
        return CLAIM_FAILED;
    return has ? CLAIM_CERTAIN : CLAIM_NONE;
}

const struct format format_ppt = {"ppt", ppt_claim, ppt_read};
