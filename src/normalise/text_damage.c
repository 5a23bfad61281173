/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Encoding damage: bytes that are no UTF-8, and UTF-8 that was encoded twice. */
#include "base/utf8.h"
#include "normalise/text.h"

#define NO_BYTE (-1)

/* The windows-1252 characters of the bytes 0x80 to 0x9F (0: the C1 control of that number). */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

/* The windows-1256 characters of the bytes 0x80 to 0xFF. */
static const uint16_t windows_1256[128] = {
    0x20AC, 0x067E, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0679, 0x2039,
    0x0152, 0x0686, 0x0698, 0x0688, 0x06AF, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x06A9, 0x2122, 0x0691, 0x203A, 0x0153, 0x200C, 0x200D, 0x06BA, 0x00A0, 0x060C, 0x00A2, 0x00A3,
    0x00A4, 0x00A5, 0x00A6, 0x00A7, 0x00A8, 0x00A9, 0x06BE, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x00AF,
    0x00B0, 0x00B1, 0x00B2, 0x00B3, 0x00B4, 0x00B5, 0x00B6, 0x00B7, 0x00B8, 0x00B9, 0x061B, 0x00BB,
    0x00BC, 0x00BD, 0x00BE, 0x061F, 0x06C1, 0x0621, 0x0622, 0x0623, 0x0624, 0x0625, 0x0626, 0x0627,
    0x0628, 0x0629, 0x062A, 0x062B, 0x062C, 0x062D, 0x062E, 0x062F, 0x0630, 0x0631, 0x0632, 0x0633,
    0x0634, 0x0635, 0x0636, 0x00D7, 0x0637, 0x0638, 0x0639, 0x063A, 0x0640, 0x0641, 0x0642, 0x0643,
    0x00E0, 0x0644, 0x00E2, 0x0645, 0x0646, 0x0647, 0x0648, 0x00E7, 0x00E8, 0x00E9, 0x00EA, 0x00EB,
    0x0649, 0x064A, 0x00EE, 0x00EF, 0x064B, 0x064C, 0x064D, 0x064E, 0x00F4, 0x064F, 0x0650, 0x00F7,
    0x0651, 0x00F9, 0x0652, 0x00FB, 0x00FC, 0x200E, 0x200F, 0x06D2,
};

static int byte_in_1252(uint32_t code_point)
{
    if (code_point < 0x100)
        return (int)code_point; /* C1 controls stand for themselves: Latin-1 */
    for (int i = 0; i < 32; i++) {
        if (windows_1252[i] == code_point)
            return 0x80 + i;
    }
    return NO_BYTE;
}

static int byte_in_1256(uint32_t code_point)
{
    if (code_point < 0x80)
        return (int)code_point;
    for (int i = 0; i < 128; i++) {
        if (windows_1256[i] == code_point)
            return 0x80 + i;
    }
    return NO_BYTE;
}

/* Take the next character of text back to the byte it once was. */
static int next_byte(struct slice *text, int (*byte_in)(uint32_t))
{
    uint32_t code_point = utf8_next(text);

    return code_point == UTF8_INVALID ? NO_BYTE : byte_in(code_point);
}

static bool undo(struct slice text, int (*byte_in)(uint32_t), struct buf *out)
{
    size_t start = out->length;
    bool changed = false;

    while (text.length > 0) {
        int byte = next_byte(&text, byte_in);

        if (byte == NO_BYTE)
            break;
        changed |= byte >= 0x80;
        buf_add_byte(out, (char)byte);
    }
    if (out->failed)
        return false;
    if (text.length == 0 && changed
        && utf8_is_valid(slice_make(out->data + start, out->length - start)))
        return true;
    out->length = start;
    return false;
}

bool text_undo_double_encoding(struct slice text, struct buf *out)
{
    bool plain = true;

    for (size_t i = 0; i < text.length && plain; i++)
        plain = (unsigned char)text.data[i] < 0x80;
    if (plain)
        return false;
    return undo(text, byte_in_1252, out) || undo(text, byte_in_1256, out);
}

/* The two to four characters that one doubly encoded character became. */
static bool starts_double_encoded(struct slice text, int (*byte_in)(uint32_t))
{
    char bytes[UTF8_BYTES_MAX];
    struct slice whole;
    size_t length = 0, wanted;
    int byte = next_byte(&text, byte_in);

    if (byte < 0xC2 || byte > 0xF4)
        return false;
    wanted = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    bytes[length++] = (char)byte;
    while (length < wanted && text.length > 0) {
        byte = next_byte(&text, byte_in);
        if (byte == NO_BYTE)
            return false;
        bytes[length++] = (char)byte;
    }
    whole = slice_make(bytes, length);
    return length == wanted && utf8_next(&whole) != UTF8_INVALID;
}

bool text_is_damaged(struct slice text)
{
    while (text.length > 0) {
        uint32_t code_point;

        if ((unsigned char)text.data[0] < 0x80) {
            text = slice_skip(text, 1);
            continue;
        }
        if (starts_double_encoded(text, byte_in_1252))
            return true;
        code_point = utf8_next(&text);
        if (code_point == UTF8_INVALID || code_point == UTF8_REPLACEMENT)
            return true;
    }
    return false;
}
