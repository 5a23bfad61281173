/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Accents, capitals and encodings. */
#include "institution/plain_text.h"

#include "drill/text.h"

#define CHARACTERS_MAX 256u

/* U+00C0 to U+00FF without accents. */
static const char bare_letters[] =
    "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

size_t plain_decode(struct slice text, uint32_t *out, size_t max)
{
    size_t count = 0, i = 0;

    while (i < text.length && count < max) {
        unsigned char byte = (unsigned char)text.data[i];
        unsigned more = byte < 0x80 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        uint32_t character = more == 0 ? byte : byte & (0x3fu >> more);

        for (unsigned k = 1; k <= more && i + k < text.length; k++)
            character = character << 6 | ((unsigned char)text.data[i + k] & 0x3fu);
        out[count++] = character;
        i += more + 1;
    }
    return count;
}

void plain_add_bare(struct buf *out, struct slice text)
{
    uint32_t characters[CHARACTERS_MAX];
    size_t count = plain_decode(text, characters, CHARACTERS_MAX);

    for (size_t i = 0; i < count; i++) {
        uint32_t c = characters[i];

        buf_add_code_point(out, c >= 0xc0 && c <= 0xff ? (uint32_t)bare_letters[c - 0xc0] : c);
        if (c == 0xdf)
            buf_add_byte(out, 's');
    }
}

void plain_add_upper(struct buf *out, struct slice text)
{
    uint32_t characters[CHARACTERS_MAX];
    size_t count = plain_decode(text, characters, CHARACTERS_MAX);

    for (size_t i = 0; i < count; i++) {
        uint32_t c = characters[i];
        bool small = (c >= 'a' && c <= 'z') || (c >= 0xe0 && c <= 0xfe && c != 0xf7);

        buf_add_code_point(out, small ? c - 0x20 : c);
    }
}

void plain_add_ascii(struct buf *out, struct slice text)
{
    TEXT_SCRATCH(bare);

    plain_add_bare(&bare, text);
    for (size_t i = 0; i < bare.length; i++) {
        char c = bare.data[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || c == '.' || c == '_')
            buf_add_byte(out, c);
    }
    if (bare.failed)
        out->failed = bare.failed;
}

void plain_add_encoded(struct buf *out, struct slice text, enum encoding encoding)
{
    uint32_t characters[CHARACTERS_MAX];

    if (encoding == ENCODING_UTF8) {
        buf_add_slice(out, text);
        return;
    }
    while (text.length > 0) {
        size_t taken = text.length < CHARACTERS_MAX ? text.length : CHARACTERS_MAX;

        while (taken < text.length && ((unsigned char)text.data[taken] & 0xc0) == 0x80)
            taken--; /* between two characters */
        size_t count = plain_decode(slice_make(text.data, taken), characters, CHARACTERS_MAX);

        for (size_t i = 0; i < count; i++) {
            if (encoding == ENCODING_UTF16)
                buf_add_u16(out, (uint16_t)characters[i]);
            else
                buf_add_byte(out, (char)(characters[i] <= 0xff ? characters[i] : '?'));
        }
        text = slice_skip(text, taken);
    }
}
