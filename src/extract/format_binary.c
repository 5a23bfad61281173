/* SPDX-License-Identifier: AGPL-3.0-or-later */
/*
 * What no format claims: runs of text between other bytes, to be searched for subjects. Memory
 * images, files of unknown programs, damaged files that lost their head.
 */
#include <inttypes.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/utf8.h"
#include "extract/codepage.h"
#include "extract/emit.h"
#include "extract/format.h"
#include "extract/text_pages.h"

#define BLOCK_BYTES   ((size_t)256 << 10)
#define RUN_MIN       8u    /* bytes: of random ones three runs in 10,000 are as long */
#define DECODED_MIN   12u   /* bytes that are no UTF-8: less looks like words by chance */
#define WIDE_RUN_MIN  6u    /* characters of two bytes: hardly any in random ones */
#define RUN_BYTES_MAX 4096u /* longer runs are taken in pieces */
#define ASCII_END     0x80
#define LATIN_SHARE   4u /* one byte in so many is beyond ASCII, in Latin scripts */

/* Text that is read as it comes; the runs that are open at the byte at hand. */
struct run_finder {
    struct text_pages pages;
    struct buf bytes;   /* of single bytes, in whatever encoding */
    struct buf wide[2]; /* of UTF-16LE, by where units begin: even or odd. What is UTF-16BE at even
                           places is UTF-16LE at odd ones, but for its ends */
    uint32_t wide_count[2];
    struct buf text; /* scratch */
    unsigned char before;
    uint64_t offset, runs;
};

static void finder_clear(struct run_finder *finder)
{
    text_pages_clear(&finder->pages);
    buf_clear(&finder->bytes);
    buf_clear(&finder->wide[0]);
    buf_clear(&finder->wide[1]);
    buf_clear(&finder->text);
}

static int add_run(struct run_finder *finder, struct slice run, struct tq_error *err)
{
    finder->runs++;
    return text_pages_line(&finder->pages, run, err);
}

/* ---- single bytes ---- */

static bool is_text_byte(unsigned char c)
{
    return (c >= ' ' && c != 0x7F) || c == '\t';
}

static bool is_high(char c)
{
    return (unsigned char)c >= ASCII_END;
}

static bool is_ascii_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters and digits of Latin, Greek, Cyrillic, Hebrew and Arabic scripts, and spaces. */
static bool is_of_word(uint32_t point)
{
    return (point < ASCII_END
            && (is_ascii_letter((char)point) || point == ' ' || (point >= '0' && point <= '9')))
           || (point >= 0xC0 && point < 0x250) || (point >= 0x370 && point < 0x700);
}

/*
 * Words of a single-byte encoding. Latin ones have few letters beyond ASCII; Arabic ones, and those
 * of other scripts, hardly ever stand right beside an ASCII letter. Random bytes are neither.
 */
static bool is_single_byte_text(struct slice run)
{
    size_t high = 0, mixed = 0;

    for (size_t i = 0; i < run.length; i++) {
        char c = run.data[i], before = i > 0 ? run.data[i - 1] : ' ';

        high += is_high(c);
        mixed += (is_high(c) && is_ascii_letter(before)) || (is_ascii_letter(c) && is_high(before));
    }
    return high * LATIN_SHARE <= run.length || (high * 2 >= run.length && mixed * 20 <= run.length);
}

/* The bytes as the single-byte encoding has them under which they read best, if four in five are of
 * words. */
static int add_decoded(struct run_finder *finder, struct slice run, struct tq_error *err)
{
    const struct codepage *page = codepage_guess(run);
    char utf8[UTF8_BYTES_MAX];
    size_t of_words = 0;
    int r;

    buf_empty(&finder->text);
    for (size_t i = 0; i < run.length; i++) {
        unsigned char c = (unsigned char)run.data[i];
        uint32_t point = c < ASCII_END ? c : page->upper[c - ASCII_END];

        of_words += is_of_word(point);
        buf_add(&finder->text, utf8, utf8_put(utf8, point ? point : ' '));
    }
    r = buf_check(&finder->text, err);
    if (r < 0 || of_words * 5 < run.length * 4)
        return r;
    return add_run(finder, buf_slice(&finder->text), err);
}

/* The ASCII in it by itself as well: bytes that are no text may stand right before a number. */
static int add_ascii_parts(struct run_finder *finder, struct slice run, struct tq_error *err)
{
    size_t begin = 0;

    for (size_t i = 0; i <= run.length; i++) {
        int r = TQ_OK;

        if (i < run.length && !is_high(run.data[i]))
            continue;
        if (i - begin >= RUN_MIN && i - begin < run.length)
            r = add_run(finder, slice_make(run.data + begin, i - begin), err);
        if (r < 0)
            return r;
        begin = i + 1;
    }
    return TQ_OK;
}

static int end_bytes(struct run_finder *finder, struct tq_error *err)
{
    struct slice run = buf_slice(&finder->bytes);
    int r = buf_check(&finder->bytes, err);

    if (r == TQ_OK && run.length >= RUN_MIN) {
        if (utf8_is_valid(run)) {
            r = add_run(finder, run, err);
        } else {
            r = run.length >= DECODED_MIN && is_single_byte_text(run)
                    ? add_decoded(finder, run, err)
                    : TQ_OK;
            if (r == TQ_OK)
                r = add_ascii_parts(finder, run, err);
        }
    }
    buf_empty(&finder->bytes);
    return r;
}

static int take_byte(struct run_finder *finder, unsigned char c, struct tq_error *err)
{
    if (is_text_byte(c)) {
        buf_add_byte(&finder->bytes, (char)c);
        if (finder->bytes.length < RUN_BYTES_MAX)
            return TQ_OK;
    }
    return finder->bytes.length > 0 ? end_bytes(finder, err) : TQ_OK;
}

/* ---- characters of two bytes ---- */

/* Letters of Latin and Arabic scripts, and what stands between them. */
static bool is_text_unit(uint32_t unit)
{
    return (unit >= ' ' && unit < 0x7F) || unit == '\t' || (unit >= 0xA0 && unit < 0x250)
           || (unit >= 0x600 && unit < 0x700) || (unit >= 0x2010 && unit < 0x2027)
           || (unit >= 0xFB50 && unit < 0xFEFD);
}

static int end_wide(struct run_finder *finder, unsigned parity, struct tq_error *err)
{
    struct buf *run = &finder->wide[parity];
    int r = buf_check(run, err);

    if (r == TQ_OK && finder->wide_count[parity] >= WIDE_RUN_MIN)
        r = add_run(finder, buf_slice(run), err);
    buf_empty(run);
    finder->wide_count[parity] = 0;
    return r;
}

static int take_unit(struct run_finder *finder, uint32_t unit, unsigned parity,
                     struct tq_error *err)
{
    char utf8[UTF8_BYTES_MAX];

    if (is_text_unit(unit)) {
        buf_add(&finder->wide[parity], utf8, utf8_put(utf8, unit));
        finder->wide_count[parity]++;
        if (finder->wide[parity].length < RUN_BYTES_MAX)
            return TQ_OK;
    }
    return finder->wide_count[parity] > 0 ? end_wide(finder, parity, err) : TQ_OK;
}

/* ---- the whole ---- */

static int take_block(struct run_finder *finder, struct slice block, struct tq_error *err)
{
    for (size_t i = 0; i < block.length && !finder->pages.stopped; i++) {
        unsigned char c = (unsigned char)block.data[i];
        uint32_t unit = (uint32_t)finder->before | (uint32_t)c << 8;
        int r = take_byte(finder, c, err);

        if (r == TQ_OK && finder->offset > 0)
            r = take_unit(finder, unit, (unsigned)(finder->offset & 1), err);
        if (r < 0)
            return r;
        finder->before = c;
        finder->offset++;
    }
    return TQ_OK;
}

static int take_all(struct run_finder *finder, const struct extract_input *input,
                    struct tq_error *err)
{
    CLEANUP(free_cleanup) char *block = NULL;
    size_t got = BLOCK_BYTES;

    if (input->bytes.length > 0)
        return take_block(finder, input->bytes, err);
    block = alloc_resize(NULL, BLOCK_BYTES, 1);
    if (!block)
        return tq_no_memory(err);
    while (got == BLOCK_BYTES && !finder->pages.stopped) {
        int r = file_read_at(input->fd, finder->offset, block, BLOCK_BYTES, &got, err);

        if (r == TQ_OK)
            r = take_block(finder, slice_make(block, got), err);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int binary_read(const struct extract_input *input, const struct extract_limits *limits,
                       const struct sink *sink, struct tq_error *err)
{
    CLEANUP(finder_clear)
    struct run_finder finder = {.pages = {.sink = sink, .pages_max = limits->pages_max}};
    int r = emit_type(sink, "unknown", err);

    if (r == TQ_OK)
        r = take_all(&finder, input, err);
    if (r == TQ_OK)
        r = end_bytes(&finder, err);
    for (unsigned parity = 0; parity < 2 && r == TQ_OK; parity++)
        r = end_wide(&finder, parity, err);
    if (r == TQ_OK)
        r = text_pages_finish(&finder.pages, err);
    if (r < 0)
        return r;
    if (finder.runs == 0)
        return emit_note(sink, 0, err, "not read: no format recognised, and no text in it");
    return emit_note(sink, 0, err, "no format recognised: %" PRIu64 " runs of text searched",
                     finder.runs);
}

static enum claim binary_claim(struct slice head, const struct extract_input *input)
{
    (void)head;
    (void)input;
    return CLAIM_NAME;
}

const struct format format_binary = {"unknown", binary_claim, binary_read};
