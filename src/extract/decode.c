/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/decode.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/utf8.h"
#include "extract/emit.h"

#define RETURNS_MIN      8u  /* in a sample: fewer are damage, which the rows tell better */
#define ASCII_PAIRS      16u /* of UTF-16 that are two letters each: no Chinese has so many */
#define RAW_BYTES        ((size_t)256 << 10)
#define HELD_BYTES_MAX   ((size_t)64 << 10) /* longer lines are decoded in pieces */
#define HEAD_BYTES       ((size_t)64 << 10)
#define PROBE_BYTES      ((size_t)16 << 10) /* further samples, deeper in the exhibit */
#define PROBES           3
#define ODD_BYTES_MAX    ((size_t)16 << 10) /* enough to tell encodings apart */
#define GROWTH           3                  /* one byte becomes at most this many of UTF-8 */
#define REPLACEMENT_UTF8 "\xEF\xBF\xBD"

/* What one line, or one chunk, was made of. */
struct line_count {
    size_t sequences; /* valid UTF-8 sequences of two bytes or more */
    size_t invalid;   /* bytes in no valid sequence */
};

struct decoded {
    char *out;
    size_t length;
    uint64_t nul_bytes, undecodable, page_lines;
};

/* Length of the valid sequence at bytes[0] (a byte >= 0x80), 0 if there is none. */
static size_t sequence_length(const char *bytes, size_t left)
{
    struct slice text = {bytes, left};
    const unsigned char *b = (const unsigned char *)bytes;

    if (left >= 2 && b[0] >= 0xC2 && b[0] <= 0xDF)
        return (b[1] & 0xC0) == 0x80 ? 2 : 0;
    if (utf8_next(&text) == UTF8_INVALID)
        return 0;
    return left - text.length;
}

static uint64_t load_word(const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof(word));
    return word;
}

/* Length of the longest prefix that is valid UTF-8 without NUL. */
static size_t plain_length(const char *bytes, size_t length)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    size_t i = 0;

    while (i < length) {
        size_t step;

        if (length - i >= 8) {
            uint64_t word = load_word(bytes + i);

            if (((word | (word - ones)) & highs) == 0) {
                i += 8;
                continue;
            }
        }
        if ((unsigned char)bytes[i] < 0x80) {
            if (bytes[i] == '\0')
                return i;
            i++;
            continue;
        }
        step = sequence_length(bytes + i, length - i);
        if (step == 0)
            return i;
        i += step;
    }
    return i;
}

static struct line_count count_line(const char *line, size_t length)
{
    struct line_count count = {0};

    for (size_t i = 0; i < length;) {
        size_t step = (unsigned char)line[i] < 0x80 ? 1 : sequence_length(line + i, length - i);

        if ((unsigned char)line[i] >= 0x80) {
            count.sequences += step > 0;
            count.invalid += step == 0;
        }
        i += step ? step : 1;
    }
    return count;
}

/* Bytes of a sequence that was cut short: its lead byte and the continuation bytes there are. */
static size_t broken_length(const char *bytes, size_t left)
{
    const unsigned char *b = (const unsigned char *)bytes;
    size_t announced = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : 2, i = 1;

    while (i < left && i < announced && (b[i] & 0xC0) == 0x80)
        i++;
    return i;
}

/*
 * In a line that is UTF-8 otherwise: how many bytes at bytes[0] are the remains of a sequence. A
 * lead byte of three with nothing behind it is more often a letter of a single-byte encoding.
 */
static size_t remains_length(const char *bytes, size_t left)
{
    unsigned char lead = (unsigned char)bytes[0];
    size_t broken;

    if (lead < 0xC0)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    broken = broken_length(bytes, left);
    return lead >= 0xE0 && broken == 1 ? 0 : broken;
}

static void put_code_point(struct decoded *decoded, uint32_t code_point)
{
    decoded->length += utf8_put(decoded->out + decoded->length, code_point);
}

static void put_replacement(struct decoded *decoded)
{
    memcpy(decoded->out + decoded->length, REPLACEMENT_UTF8, sizeof(REPLACEMENT_UTF8) - 1);
    decoded->length += sizeof(REPLACEMENT_UTF8) - 1;
    decoded->undecodable++;
}

static void put_page_byte(const struct encoding *encoding, struct decoded *decoded,
                          unsigned char byte)
{
    uint32_t code_point = encoding->page->upper[byte - 0x80];

    if (code_point)
        put_code_point(decoded, code_point);
    else
        put_replacement(decoded);
}

static bool only_cut_leads(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)line[i];

        if (byte >= 0x80 && !(byte >= 0xC2 && byte <= 0xDF))
            return false;
    }
    return true;
}

static void decode_line(const struct encoding *encoding, const char *line, size_t length,
                        struct decoded *decoded)
{
    struct line_count count = count_line(line, length);
    bool as_utf8 = count.sequences > 0 && 2 * count.sequences >= count.invalid;

    if (count.sequences == 0 && count.invalid == 1 && encoding->cut_sequences)
        as_utf8 = only_cut_leads(line, length);
    if (count.invalid == 0)
        as_utf8 = true;
    decoded->page_lines += !as_utf8;

    for (size_t i = 0; i < length;) {
        unsigned char byte = (unsigned char)line[i];
        size_t step = 1;

        if (byte == '\0') {
            decoded->nul_bytes++;
        } else if (byte < 0x80) {
            decoded->out[decoded->length++] = (char)byte;
        } else if (!as_utf8) {
            put_page_byte(encoding, decoded, byte);
        } else if ((step = sequence_length(line + i, length - i)) > 0) {
            memcpy(decoded->out + decoded->length, line + i, step);
            decoded->length += step;
        } else if ((step = remains_length(line + i, length - i)) > 0) {
            put_replacement(decoded);
        } else {
            step = 1;
            put_page_byte(encoding, decoded, byte);
        }
        i += step;
    }
}

/* Decode whole lines (or, at the end of a piece, what there is). */
static void decode_bytes(const struct encoding *encoding, const char *raw, size_t length,
                         struct decoded *decoded)
{
    while (length > 0) {
        size_t plain = plain_length(raw, length), line_start, line_end;
        const char *mark;

        if (plain == length) {
            memcpy(decoded->out + decoded->length, raw, length);
            decoded->length += length;
            return;
        }
        mark = plain ? memrchr(raw, '\n', plain) : NULL;
        line_start = mark ? (size_t)(mark - raw) + 1 : 0;
        mark = memchr(raw + plain, '\n', length - plain);
        line_end = mark ? (size_t)(mark - raw) + 1 : length;

        memcpy(decoded->out + decoded->length, raw, line_start);
        decoded->length += line_start;
        decode_line(encoding, raw + line_start, line_end - line_start, decoded);
        raw += line_end;
        length -= line_end;
    }
}

static uint32_t utf16_unit(const struct encoding *encoding, const char *raw)
{
    const unsigned char *b = (const unsigned char *)raw;

    return encoding->form == ENCODING_UTF16LE ? (uint32_t)(b[0] | b[1] << 8)
                                              : (uint32_t)(b[0] << 8 | b[1]);
}

/* Decode pairs of bytes; returns how many bytes were used. */
static size_t decode_utf16(const struct encoding *encoding, const char *raw, size_t length,
                           bool final, struct decoded *decoded)
{
    size_t i = 0;

    while (i + 2 <= length) {
        uint32_t unit = utf16_unit(encoding, raw + i), low;

        i += 2;
        if (unit == 0) {
            decoded->nul_bytes += 2;
        } else if (unit < 0xD800 || unit > 0xDFFF) {
            put_code_point(decoded, unit);
        } else if (unit <= 0xDBFF && i + 2 > length && !final) {
            return i - 2;
        } else {
            low = i + 2 <= length ? utf16_unit(encoding, raw + i) : 0;
            if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
                put_replacement(decoded);
                continue;
            }
            put_code_point(decoded, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
            i += 2;
        }
    }
    return final ? length : i;
}

/* How much of raw[0..length) to decode now: whole lines, else whole sequences. */
static size_t decodable_length(const char *raw, size_t length)
{
    const char *mark = length ? memrchr(raw, '\n', length) : NULL;
    size_t back = 0;

    if (mark && length - (size_t)(mark - raw) <= HELD_BYTES_MAX)
        return (size_t)(mark - raw) + 1;
    while (back < 3 && back < length && ((unsigned char)raw[length - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back < length && (unsigned char)raw[length - 1 - back] >= 0xC2
        && sequence_length(raw + length - 1 - back, back + 1) == 0)
        return length - 1 - back;
    return length;
}

/* Make feeds of carriage returns that end lines: all, or those that stand alone. */
static void settle_returns(char *text, size_t length, bool all)
{
    for (size_t i = 0; i < length; i++) {
        bool paired = (i > 0 && (text[i - 1] == '\n' || text[i - 1] == '\r')) || i + 1 == length
                      || text[i + 1] == '\n' || text[i + 1] == '\r';

        if (text[i] == '\r' && (all || !paired))
            text[i] = '\n';
    }
}

/* The next byte order mark; looked for by its first byte, which is rare and quickly found. */
static const char *next_mark(const char *text, size_t length)
{
    const char *end = text + length, *at = length > 0 ? memchr(text, '\xEF', length) : NULL;

    while (at && (end - at < 3 || at[1] != '\xBB' || at[2] != '\xBF'))
        at = at + 1 < end ? memchr(at + 1, '\xEF', (size_t)(end - at) - 1) : NULL;
    return at;
}

/* Where files were put one behind the other, byte order marks stand at the starts of lines: they
 * are no text. Returns the length without them. */
static size_t drop_marks(char *text, size_t length)
{
    const char *at = next_mark(text, length);
    size_t from = 0, kept = 0; /* what is before `from` was moved to its place */

    while (at) {
        size_t found = (size_t)(at - text), end = found + 3;

        if (found == 0 || text[found - 1] == '\n') {
            memmove(text + kept, text + from, found - from);
            kept += found - from;
            from = end;
        }
        at = next_mark(text + end, length - end);
    }
    if (from > 0)
        memmove(text + kept, text + from, length - from);
    return kept + length - from;
}

/* Decode what can be decoded of `raw` now; returns how many bytes were used. */
static size_t decode_some(const struct encoding *encoding, const char *raw, size_t length,
                          bool final, struct decoded *decoded)
{
    size_t used, start = decoded->length;

    if (encoding->form == ENCODING_BYTES) {
        used = final ? length : decodable_length(raw, length);
        decode_bytes(encoding, raw, used, decoded);
    } else {
        used = decode_utf16(encoding, raw, length, final, decoded);
    }
    if (encoding->carriage_returns || encoding->some_returns)
        settle_returns(decoded->out + start, decoded->length - start, encoding->carriage_returns);
    decoded->length = start + drop_marks(decoded->out + start, decoded->length - start);
    return used;
}

static bool is_ascii_text(char c)
{
    return (c >= ' ' && c <= '~') || (c >= '\t' && c <= '\r');
}

/*
 * UTF-16 without a mark: every second byte is zero in Latin text, and in other scripts the line
 * ends, spaces and digits still have a zero high byte, while the low bytes hardly ever are zero.
 * A run of ASCII without zeros is another file before or behind: its text can be read in the same
 * way once the zeros of UTF-16 are left out, but not the other way round.
 */
static bool looks_like_utf16(struct slice sample, size_t high, struct encoding *encoding)
{
    size_t zero_high = 0, zero_low = 0, pairs = sample.length / 2, breaks = 0, ascii = 0;

    for (size_t i = 0; i < pairs; i++) {
        char h = sample.data[2 * i + high], l = sample.data[2 * i + 1 - high];

        zero_high += h == 0;
        zero_low += l == 0;
        breaks += h == 0 && (l == '\n' || l == '\r' || l == ' ');
        ascii = is_ascii_text(h) && is_ascii_text(l) ? ascii + 1 : 0;
        if (ascii >= ASCII_PAIRS)
            return false;
    }
    if (pairs < 4 || zero_low * 50 > pairs || zero_high * 10 < pairs)
        return false;
    if (zero_high * 10 < pairs * 7 && breaks * 100 < pairs)
        return false;
    encoding->form = high ? ENCODING_UTF16LE : ENCODING_UTF16BE;
    return true;
}

static bool find_mark(struct slice sample, struct encoding *encoding)
{
    if (slice_starts(sample, SLICE_LITERAL("\xEF\xBB\xBF"))) {
        encoding->mark_bytes = 3;
        encoding->has_utf8 = true;
        return true;
    }
    if (slice_starts(sample, SLICE_LITERAL("\xFF\xFE")))
        encoding->form = ENCODING_UTF16LE;
    else if (slice_starts(sample, SLICE_LITERAL("\xFE\xFF")))
        encoding->form = ENCODING_UTF16BE;
    else
        return false;
    encoding->mark_bytes = 2;
    return true;
}

/* Old Macintosh line ends: CR, and no LF at all. */
static bool has_only_carriage_returns(const struct encoding *encoding, struct slice sample)
{
    size_t width = encoding->form == ENCODING_BYTES ? 1 : 2;
    bool found = false;

    for (size_t i = 0; i + width <= sample.length; i += width) {
        uint32_t unit =
            width == 1 ? (unsigned char)sample.data[i] : utf16_unit(encoding, sample.data + i);

        if (unit == '\n')
            return false;
        found |= unit == '\r' && i + width < sample.length;
    }
    return found;
}

/* Whether a good part of the lines end in CR alone, and others in LF. */
static bool has_some_returns(const struct encoding *encoding, struct slice sample)
{
    size_t width = encoding->form == ENCODING_BYTES ? 1 : 2, feeds = 0, returns = 0;
    uint32_t before = 0;

    for (size_t i = 0; i + 2 * width <= sample.length; i += width) {
        const char *at = sample.data + i;
        uint32_t unit = width == 1 ? (unsigned char)*at : utf16_unit(encoding, at);
        uint32_t next = width == 1 ? (unsigned char)at[1] : utf16_unit(encoding, at + 2);

        feeds += unit == '\n';
        returns += unit == '\r' && next != '\n' && next != '\r' && before != '\n' && before != '\r';
        before = unit;
    }
    return returns >= RETURNS_MIN && returns * 3 >= feeds;
}

/* Sort the lines of the sample into UTF-8 and others; gather the others. */
static void sort_lines(struct slice sample, struct encoding *encoding, struct buf *odd)
{
    size_t utf8_lines = 0, page_lines = 0;

    while (sample.length > 0) {
        const char *mark = memchr(sample.data, '\n', sample.length);
        size_t length = mark ? (size_t)(mark - sample.data) + 1 : sample.length;
        struct line_count count;

        if (!mark && length > 4 && length == sample.length)
            length = decodable_length(sample.data, length);
        count = count_line(sample.data, length);
        if (count.invalid > 2 * count.sequences) {
            page_lines++;
            if (odd->length < ODD_BYTES_MAX)
                buf_add(odd, sample.data, length < ODD_BYTES_MAX ? length : ODD_BYTES_MAX);
        } else if (count.sequences > 0) {
            utf8_lines++;
        }
        if (!mark)
            break;
        sample = slice_skip(sample, length);
    }
    encoding->has_utf8 |= utf8_lines > 0;
    encoding->has_page = page_lines > 0;
    encoding->cut_sequences = utf8_lines >= page_lines;
}

int encoding_guess(struct slice sample, struct encoding *out_encoding, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf odd = {0};
    struct encoding encoding = {.form = ENCODING_BYTES};

    if (!find_mark(sample, &encoding) && !looks_like_utf16(sample, 1, &encoding))
        (void)looks_like_utf16(sample, 0, &encoding);
    if (encoding.form == ENCODING_BYTES)
        sort_lines(sample, &encoding, &odd);
    encoding.carriage_returns =
        has_only_carriage_returns(&encoding, slice_skip(sample, encoding.mark_bytes));
    encoding.some_returns = !encoding.carriage_returns
                            && has_some_returns(&encoding, slice_skip(sample, encoding.mark_bytes));
    if (odd.failed)
        return buf_check(&odd, err);
    encoding.page = codepage_guess(buf_slice(&odd));
    *out_encoding = encoding;
    return TQ_OK;
}

void encoding_describe(const struct encoding *encoding, struct buf *out)
{
    if (encoding->form != ENCODING_BYTES)
        buf_add_text(out, encoding->form == ENCODING_UTF16LE ? "UTF-16LE" : "UTF-16BE");
    else if (!encoding->has_page)
        buf_add_text(out, "UTF-8");
    else if (encoding->has_utf8)
        buf_format(out, "UTF-8 and %s", encoding->page->name);
    else
        buf_add_text(out, encoding->page->name);
}

int decode_sample(struct slice sample, struct buf *out, struct tq_error *err)
{
    struct encoding encoding;
    struct decoded decoded = {0};
    int r;

    r = encoding_guess(sample, &encoding, err);
    if (r < 0)
        return r;
    sample = slice_skip(sample, encoding.mark_bytes);
    decoded.out = buf_extend(out, sample.length * GROWTH + UTF8_BYTES_MAX);
    if (!decoded.out)
        return buf_check(out, err);
    (void)decode_some(&encoding, sample.data, sample.length, true, &decoded);
    out->length -= sample.length * GROWTH + UTF8_BYTES_MAX - decoded.length;
    out->data[out->length] = '\0';
    return TQ_OK;
}

bool decode_is_text(struct slice text)
{
    size_t controls = 0;

    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];

        controls += (c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1B && c != 0x1E && c != 0x1F
                     && c != 0x01 && c != 0x1A)
                    || c == 0x7F;
    }
    return controls * 50 <= text.length;
}

/* A sample from the head and from deeper parts, so that a late change of encoding is seen. */
static int take_sample(int fd, uint64_t size_bytes, struct buf *sample, struct tq_error *err)
{
    size_t got, want = size_bytes < HEAD_BYTES ? (size_t)size_bytes : HEAD_BYTES;
    char *room = buf_extend(sample, want);
    int r;

    if (!room)
        return buf_check(sample, err);
    r = file_read_at(fd, 0, room, want, &got, err);
    if (r < 0)
        return r;
    sample->length -= want - got;
    if (size_bytes < HEAD_BYTES * (PROBES + 1) || (got >= 2 && memchr(sample->data, '\0', got)))
        return TQ_OK; /* UTF-16 must be sampled in one piece */

    for (unsigned i = 1; i <= PROBES; i++) {
        const char *mark;

        room = buf_extend(sample, PROBE_BYTES);
        if (!room)
            return buf_check(sample, err);
        r = file_read_at(fd, size_bytes / (PROBES + 1) * i, room, PROBE_BYTES, &got, err);
        if (r < 0)
            return r;
        sample->length -= PROBE_BYTES - got;
        mark = got ? memrchr(room, '\n', got) : NULL;
        if (mark) /* end at a line's end, so that the next probe does not continue it */
            sample->length = (size_t)(mark - sample->data) + 1;
    }
    return TQ_OK;
}

int text_source_open(struct text_source *source, int fd, uint64_t size_bytes, struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf sample = {0};
    int r;

    *source = (struct text_source){.fd = fd};
    r = take_sample(fd, size_bytes, &sample, err);
    if (r < 0)
        return r;
    r = encoding_guess(buf_slice(&sample), &source->encoding, err);
    if (r < 0)
        return r;
    source->raw = alloc_zeroed(RAW_BYTES + HELD_BYTES_MAX, 1);
    if (!source->raw)
        return tq_no_memory(err);
    text_source_rewind(source);
    return TQ_OK;
}

/* The next bytes of the exhibit; fewer than `length` only at its end, or where it is not read on.
 */
static int read_raw(struct text_source *source, char *room, size_t length, size_t *out_got,
                    struct tq_error *err)
{
    int r;

    if (!source->is_stream)
        return file_read_at(source->fd, source->offset, room, length, out_got, err);
    if (length > source->bytes_left)
        length = (size_t)source->bytes_left;
    r = file_read(source->fd, room, length, out_got, err);
    if (r == TQ_OK)
        source->bytes_left -= *out_got;
    return r;
}

int text_source_open_stream(struct text_source *source, int fd, uint64_t bytes_max,
                            struct tq_error *err)
{
    size_t got;
    int r;

    *source = (struct text_source){.fd = fd, .is_stream = true, .bytes_left = bytes_max};
    source->raw = alloc_zeroed(RAW_BYTES + HELD_BYTES_MAX, 1);
    if (!source->raw)
        return tq_no_memory(err);
    r = read_raw(source, source->raw, HELD_BYTES_MAX, &got, err);
    if (r < 0)
        return r;
    r = encoding_guess(slice_make(source->raw, got), &source->encoding, err);
    if (r < 0)
        return r;
    source->offset = got;
    source->raw_length = got - source->encoding.mark_bytes;
    memmove(source->raw, source->raw + source->encoding.mark_bytes, source->raw_length);
    return TQ_OK;
}

void text_source_clear(struct text_source *source)
{
    free(source->text);
    free(source->raw);
    *source = (struct text_source){.fd = -1};
}

void text_source_rewind(struct text_source *source)
{
    assert(!source->is_stream);
    source->length = 0;
    source->raw_length = 0;
    source->final = false;
    source->offset = source->encoding.mark_bytes;
    source->nul_bytes = source->undecodable = source->page_lines = 0;
}

static int decode_into_view(struct text_source *source, bool final, struct tq_error *err)
{
    struct decoded decoded = {0};
    size_t used, room = source->raw_length * GROWTH + UTF8_BYTES_MAX + TEXT_PADDING;
    int r;

    r = alloc_reserve(&source->text, &source->text_capacity, source->length + room, 1, err);
    if (r < 0)
        return r;
    decoded.out = source->text + source->length;
    used = decode_some(&source->encoding, source->raw, source->raw_length, final, &decoded);

    source->raw_length -= used;
    memmove(source->raw, source->raw + used, source->raw_length);
    source->length += decoded.length;
    source->nul_bytes += decoded.nul_bytes;
    source->undecodable += decoded.undecodable;
    source->page_lines += decoded.page_lines;
    return TQ_OK;
}

int text_source_more(struct text_source *source, size_t used, struct tq_error *err)
{
    size_t before;

    source->length -= used;
    if (source->length > 0)
        memmove(source->text, source->text + used, source->length);
    before = source->length;

    while (!source->final && source->length == before) {
        size_t got;
        int r = read_raw(source, source->raw + source->raw_length, RAW_BYTES, &got, err);

        if (r < 0)
            return r;
        source->offset += got;
        source->raw_length += got;
        r = decode_into_view(source, got < RAW_BYTES, err);
        if (r < 0)
            return r;
        source->final = got < RAW_BYTES;
    }
    if (source->text)
        memset(source->text + source->length, 0, TEXT_PADDING);
    return TQ_OK;
}

int text_source_report(const struct text_source *source, const struct sink *sink,
                       struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf name = {0};
    struct encoding encoding = source->encoding;
    int r;

    encoding.has_page |= source->page_lines > 0;
    encoding_describe(&encoding, &name);
    r = buf_check(&name, err);
    if (r < 0)
        return r;
    r = emit_fact(sink, "encoding", buf_slice(&name), err);
    if (r < 0)
        return r;
    if (source->nul_bytes > 0) {
        r = emit_note(sink, 0, err, "%" PRIu64 " NUL bytes were left out", source->nul_bytes);
        if (r < 0)
            return r;
    }
    if (source->undecodable > 0)
        return emit_note(sink, 0, err, "%" PRIu64 " characters could not be decoded",
                         source->undecodable);
    return TQ_OK;
}
