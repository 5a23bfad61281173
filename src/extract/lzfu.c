/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/lzfu.h"

#include <string.h>

#include "extract/little_endian.h"

#define HEADER_BYTES 16u
#define WINDOW_BYTES 4096u
#define COMPRESSED   0x75465A4Cu /* "LZFu" */
#define PLAIN        0x414C454Du /* "MELA" */

/* What the window holds before anything was read: [MS-OXRTFCP] 2.1.2.1. */
static const char first_words[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct lzfu {
    char window[WINDOW_BYTES];
    size_t at; /* of the next byte, in the window */
    struct buf *out;
    size_t left; /* bytes that may still come */
};

static void give_byte(struct lzfu *lzfu, char byte)
{
    lzfu->window[lzfu->at] = byte;
    lzfu->at = (lzfu->at + 1) % WINDOW_BYTES;
    buf_add_byte(lzfu->out, byte);
    lzfu->left--;
}

/* Bytes of the window again; false at the end, which is told by a place that is not written yet. */
static bool repeat(struct lzfu *lzfu, const char *reference)
{
    unsigned number = (unsigned)(unsigned char)reference[0] << 8 | (unsigned char)reference[1];
    size_t from = number >> 4, length = (number & 15) + 2;

    if (from == lzfu->at)
        return false;
    for (size_t i = 0; i < length && lzfu->left > 0; i++)
        give_byte(lzfu, lzfu->window[(from + i) % WINDOW_BYTES]);
    return true;
}

/* Whether its end was met. */
static bool unpack(struct lzfu *lzfu, struct slice packed)
{
    while (packed.length > 0) {
        unsigned flags = (unsigned char)packed.data[0];

        packed = slice_skip(packed, 1);
        for (unsigned bit = 0; bit < 8 && packed.length > 0; bit++) {
            bool is_reference = flags >> bit & 1;

            if (lzfu->left == 0 || lzfu->out->failed || packed.length < 1u + is_reference)
                return false;
            if (!is_reference)
                give_byte(lzfu, packed.data[0]);
            else if (!repeat(lzfu, packed.data))
                return true;
            packed = slice_skip(packed, 1 + is_reference);
        }
    }
    return false;
}

int lzfu_decode(struct slice packed, size_t bytes_max, struct buf *out, bool *out_whole,
                struct tq_error *err)
{
    struct lzfu lzfu = {.at = sizeof(first_words) - 1, .out = out, .left = bytes_max};
    uint32_t size, kind;

    *out_whole = false;
    if (packed.length < HEADER_BYTES)
        return TQ_OK;
    size = u32_of(packed.data + 4);
    kind = u32_of(packed.data + 8);
    packed = slice_skip(packed, HEADER_BYTES);
    if (kind == COMPRESSED) {
        memcpy(lzfu.window, first_words, sizeof(first_words) - 1);
        *out_whole = unpack(&lzfu, packed);
    } else if (kind == PLAIN) {
        *out_whole = size <= packed.length && size <= bytes_max;
        buf_add_slice(out, *out_whole ? slice_make(packed.data, size) : (struct slice){0});
    }
    return buf_check(out, err);
}
