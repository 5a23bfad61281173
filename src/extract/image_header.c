/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* PNG (W3C), JPEG (ITU T.81 annex B), TIFF 6.0, BMP, GIF89a, WebP (RFC 9649): headers only. */
#include "extract/image_header.h"

#include <string.h>

#define TIFF_WIDTH       256u
#define TIFF_HEIGHT      257u
#define TIFF_SHORT       3u
#define TIFF_LONG        4u
#define TIFF_ENTRY_BYTES 12u

static bool has(struct slice bytes, size_t at, size_t length)
{
    return at <= bytes.length && length <= bytes.length - at;
}

static bool has_text(struct slice bytes, size_t at, const char *text, size_t length)
{
    return has(bytes, at, length) && memcmp(bytes.data + at, text, length) == 0;
}

/* A number of 1 to 4 bytes at a place that is there. */
static uint32_t number(struct slice bytes, size_t at, unsigned count, bool big_endian)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned from = big_endian ? i : count - 1 - i;

        value = value << 8 | (unsigned char)bytes.data[at + from];
    }
    return value;
}

enum image_kind image_kind_of(struct slice bytes)
{
    if (has_text(bytes, 0, "\x89PNG\r\n\x1a\n", 8))
        return IMAGE_PNG;
    if (has_text(bytes, 0, "\xff\xd8\xff", 3))
        return IMAGE_JPEG;
    if (has_text(bytes, 0, "II*\0", 4) || has_text(bytes, 0, "MM\0*", 4))
        return IMAGE_TIFF;
    if (has_text(bytes, 0, "GIF87a", 6) || has_text(bytes, 0, "GIF89a", 6))
        return IMAGE_GIF;
    if (has_text(bytes, 0, "RIFF", 4) && has_text(bytes, 8, "WEBP", 4))
        return IMAGE_WEBP;
    /* Two letters are no signature: the reserved words and the size of the header must fit too. */
    if (has_text(bytes, 0, "BM", 2) && has_text(bytes, 6, "\0\0\0\0", 4) && has(bytes, 14, 4)
        && number(bytes, 14, 4, false) >= 12 && number(bytes, 14, 4, false) <= 124)
        return IMAGE_BMP;
    return IMAGE_NONE;
}

const char *image_kind_name(enum image_kind kind)
{
    static const char *const names[] = {
        [IMAGE_NONE] = "unknown", [IMAGE_PNG] = "png", [IMAGE_JPEG] = "jpeg", [IMAGE_TIFF] = "tiff",
        [IMAGE_BMP] = "bmp",      [IMAGE_GIF] = "gif", [IMAGE_WEBP] = "webp",
    };

    return names[kind];
}

/* ---- TIFF: directories that point to one another ---- */

static bool tiff_is_big_endian(struct slice bytes)
{
    return bytes.data[0] == 'M';
}

/* The directory behind the one at `at`; 0: there is none. Offsets that do not grow are taken for
 * the end: a writer appends, and so no ring of directories is gone round. */
static uint32_t tiff_next(struct slice bytes, uint32_t at)
{
    bool big = tiff_is_big_endian(bytes);
    size_t end;
    uint32_t next;

    if (!has(bytes, at, 2))
        return 0;
    end = at + 2 + (size_t)number(bytes, at, 2, big) * TIFF_ENTRY_BYTES;
    if (!has(bytes, end, 4))
        return 0;
    next = number(bytes, end, 4, big);
    return next > at && has(bytes, next, 2) ? next : 0;
}

static uint32_t tiff_first(struct slice bytes)
{
    uint32_t first = has(bytes, 4, 4) ? number(bytes, 4, 4, tiff_is_big_endian(bytes)) : 0;

    return first >= 8 && has(bytes, first, 2) ? first : 0;
}

static uint32_t tiff_count(struct slice bytes, uint32_t pages_max)
{
    uint32_t count = 0;

    for (uint32_t at = tiff_first(bytes); at != 0 && count < pages_max; at = tiff_next(bytes, at))
        count++;
    return count;
}

static bool tiff_size(struct slice bytes, uint32_t page, uint32_t *out_width, uint32_t *out_height)
{
    bool big = tiff_is_big_endian(bytes);
    uint32_t at = tiff_first(bytes);
    uint32_t entries, size[2] = {0, 0};

    while (page-- > 0 && at != 0)
        at = tiff_next(bytes, at);
    if (at == 0)
        return false;
    entries = number(bytes, at, 2, big);
    for (uint32_t i = 0; i < entries; i++) {
        size_t entry = at + 2 + (size_t)i * TIFF_ENTRY_BYTES;
        uint32_t tag, type;

        if (!has(bytes, entry, TIFF_ENTRY_BYTES))
            return false;
        tag = number(bytes, entry, 2, big);
        type = number(bytes, entry + 2, 2, big);
        if (tag == TIFF_WIDTH || tag == TIFF_HEIGHT)
            size[tag - TIFF_WIDTH] = type == TIFF_SHORT  ? number(bytes, entry + 8, 2, big)
                                     : type == TIFF_LONG ? number(bytes, entry + 8, 4, big)
                                                         : 0;
    }
    *out_width = size[0];
    *out_height = size[1];
    return true;
}

/* ---- the others ---- */

static bool is_frame_header(unsigned char marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* From segment to segment as far as the frame header. */
static bool jpeg_size(struct slice bytes, uint32_t *out_width, uint32_t *out_height)
{
    size_t at = 2;

    while (has(bytes, at, 4) && (unsigned char)bytes.data[at] == 0xFF) {
        unsigned char marker = (unsigned char)bytes.data[at + 1];

        if (marker == 0xFF) { /* fill bytes may stand before a marker */
            at++;
            continue;
        }
        if (marker == 0xDA || marker == 0xD9)
            return false;
        if (is_frame_header(marker) && has(bytes, at, 9)) {
            *out_height = number(bytes, at + 5, 2, true);
            *out_width = number(bytes, at + 7, 2, true);
            return true;
        }
        at += 2 + (size_t)number(bytes, at + 2, 2, true);
    }
    return false;
}

static uint32_t magnitude(uint32_t value)
{
    return value >> 31 ? 0u - value : value; /* a BMP from the top down has a negative height */
}

static bool bmp_size(struct slice bytes, uint32_t *out_width, uint32_t *out_height)
{
    bool old = number(bytes, 14, 4, false) == 12;
    unsigned width = old ? 2 : 4;

    if (!has(bytes, 18, 2 * (size_t)width))
        return false;
    *out_width = magnitude(number(bytes, 18, width, false));
    *out_height = magnitude(number(bytes, 18 + width, width, false));
    return true;
}

static bool webp_size(struct slice bytes, uint32_t *out_width, uint32_t *out_height)
{
    uint32_t packed;

    if (!has(bytes, 20, 10))
        return false;
    if (has_text(bytes, 12, "VP8X", 4)) {
        *out_width = 1 + number(bytes, 24, 3, false);
        *out_height = 1 + number(bytes, 27, 3, false);
        return true;
    }
    if (has_text(bytes, 12, "VP8L", 4)) {
        packed = number(bytes, 21, 4, false);
        *out_width = 1 + (packed & 0x3FFF);
        *out_height = 1 + (packed >> 14 & 0x3FFF);
        return true;
    }
    *out_width = number(bytes, 26, 2, false) & 0x3FFF;
    *out_height = number(bytes, 28, 2, false) & 0x3FFF;
    return has_text(bytes, 12, "VP8 ", 4);
}

static bool fixed_size(struct slice bytes, size_t at, unsigned width, bool big_endian,
                       uint32_t *out_width, uint32_t *out_height)
{
    if (!has(bytes, at, 2 * (size_t)width))
        return false;
    *out_width = number(bytes, at, width, big_endian);
    *out_height = number(bytes, at + width, width, big_endian);
    return true;
}

uint32_t image_page_count(enum image_kind kind, struct slice bytes, uint32_t pages_max)
{
    return kind == IMAGE_TIFF ? tiff_count(bytes, pages_max) : 1;
}

bool image_page_size(enum image_kind kind, struct slice bytes, uint32_t page, uint32_t *out_width,
                     uint32_t *out_height)
{
    switch (kind) {
    case IMAGE_PNG:
        return fixed_size(bytes, 16, 4, true, out_width, out_height);
    case IMAGE_GIF:
        return fixed_size(bytes, 6, 2, false, out_width, out_height);
    case IMAGE_JPEG:
        return jpeg_size(bytes, out_width, out_height);
    case IMAGE_TIFF:
        return tiff_size(bytes, page, out_width, out_height);
    case IMAGE_BMP:
        return bmp_size(bytes, out_width, out_height);
    case IMAGE_WEBP:
        return webp_size(bytes, out_width, out_height);
    case IMAGE_NONE:
        break;
    }
    return false;
}

/* ---- GIF: blocks ---- */

/* Behind a chain of sub-blocks at `at`; SIZE_MAX: it is cut. */
static size_t gif_skip_blocks(struct slice bytes, size_t at)
{
    while (has(bytes, at, 1)) {
        size_t length = (unsigned char)bytes.data[at];

        at += 1 + length;
        if (length == 0)
            return at <= bytes.length ? at : SIZE_MAX;
    }
    return SIZE_MAX;
}

static size_t gif_colours(struct slice bytes, size_t flags_at)
{
    unsigned char flags = (unsigned char)bytes.data[flags_at];

    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* Behind the frame that begins at or after `at`; SIZE_MAX: there is none. */
static size_t gif_skip_frame(struct slice bytes, size_t at)
{
    while (has(bytes, at, 2)) {
        char block = bytes.data[at];

        if (block == ',' && has(bytes, at, 10))
            return gif_skip_blocks(bytes, at + 11 + gif_colours(bytes, at + 9));
        if (block != '!')
            return SIZE_MAX;
        at = gif_skip_blocks(bytes, at + 2);
        if (at == SIZE_MAX)
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

size_t image_first_frame(struct slice gif, bool *out_more)
{
    size_t end;

    *out_more = false;
    if (!has(gif, 0, 13))
        return 0;
    end = gif_skip_frame(gif, 13 + gif_colours(gif, 10));
    if (end == SIZE_MAX)
        return 0;
    *out_more = gif_skip_frame(gif, end) != SIZE_MAX;
    return end;
}
