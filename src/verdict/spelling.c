/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/spelling.h"

#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "normalise/similarity.h"
#include "normalise/text.h"

#define WORDS_MAX          16u
#define NUMBER_BYTES_MAX   64u
#define SPREADSHEET_DIGITS 15u /* significant digits of a double that spreadsheets keep */

static bool equal_ascii_case(struct slice a, struct slice b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++) {
        unsigned char c = (unsigned char)a.data[i], d = (unsigned char)b.data[i];

        if (c == d)
            continue;
        if ((c ^ d) != 0x20 || (c | 0x20) < 'a' || (c | 0x20) > 'z')
            return false;
    }
    return true;
}

/* The words of folded text, sorted; more than WORDS_MAX are left out. */
static size_t sorted_words(struct slice folded, struct slice *words)
{
    struct slice word;
    size_t count = 0;

    while (count < WORDS_MAX && text_next_word(&folded, &word)) {
        size_t at = count++;

        while (at > 0 && slice_compare(word, words[at - 1]) < 0) {
            words[at] = words[at - 1];
            at--;
        }
        words[at] = word;
    }
    return count;
}

bool spelling_is_same(struct slice cell, struct slice value, struct buf *a, struct buf *b)
{
    struct slice left[WORDS_MAX], right[WORDS_MAX];
    size_t count;

    cell = slice_trim(cell);
    if (equal_ascii_case(cell, value))
        return true;
    buf_empty(a);
    buf_empty(b);
    text_fold(cell, a);
    text_fold(value, b);
    if (a->length != b->length)
        return false;
    if (slice_equal(buf_slice(a), buf_slice(b)))
        return true;
    count = sorted_words(buf_slice(a), left);
    if (count < 2 || count != sorted_words(buf_slice(b), right))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(left[i], right[i]))
            return false;
    }
    return true;
}

static size_t leading_zeros(struct slice text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];

        if (c == '0')
            count++;
        else if ((c >= '1' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
            break;
    }
    return count;
}

bool spelling_lost_zeros(struct slice cell, struct slice value)
{
    return !slice_equal(cell, value) && leading_zeros(value) > leading_zeros(cell);
}

/* Only the digits, up to `room` of them. */
static size_t digits_of(struct slice text, char *digits, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < text.length && count < room; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9')
            digits[count++] = text.data[i];
    }
    return count;
}

/* Digits after the decimal mark of the mantissa. */
static unsigned decimals_of(struct slice scientific)
{
    unsigned count = 0;
    bool after = false;

    for (size_t i = 0; i < scientific.length && (scientific.data[i] | 0x20) != 'e'; i++) {
        char c = scientific.data[i];

        count += after && c >= '0' && c <= '9';
        after |= c == '.' || c == ',';
    }
    return count;
}

static double number_of(struct slice text)
{
    char copy[NUMBER_BYTES_MAX] = {0};

    for (size_t i = 0; i < text.length && i + 1 < sizeof(copy); i++)
        copy[i] = text.data[i] == ',' ? '.' : text.data[i];
    return strtod(copy, NULL);
}

static bool is_rounded(struct slice cell, struct slice value)
{
    char digits[NUMBER_BYTES_MAX];
    size_t count = digits_of(value, digits, sizeof(digits) - 1);
    double whole = number_of(slice_make(digits, count)), shown = number_of(slice_trim(cell));
    double unit;

    if (count == 0 || shown <= 0)
        return false;
    unit = pow(10, floor(log10(shown)) - decimals_of(cell));
    return fabs(whole - shown) <= unit * 1.000001; /* rounded or cut off */
}

static bool lost_last_digits(struct slice cell, struct slice value)
{
    char left[NUMBER_BYTES_MAX], right[NUMBER_BYTES_MAX];
    size_t count = digits_of(cell, left, sizeof(left));
    struct slice a, b;

    if (count <= SPREADSHEET_DIGITS || count > digits_of(value, right, sizeof(right)))
        return false;
    a = slice_make(left, count);
    b = slice_make(right, digits_of(value, right, sizeof(right)));
    while (b.length > a.length && b.data[0] == '0')
        b = slice_skip(b, 1);
    if (a.length != b.length || memcmp(a.data, b.data, SPREADSHEET_DIGITS) != 0)
        return false;
    for (size_t i = SPREADSHEET_DIGITS; i < a.length; i++) {
        if (a.data[i] != '0')
            return false;
    }
    return true;
}

bool spelling_is_spreadsheet_damage(struct slice cell, struct slice value)
{
    if (similarity_is_scientific(cell))
        return is_rounded(cell, value);
    return lost_last_digits(cell, value);
}

bool spelling_is_spreadsheet_error(struct slice cell)
{
    cell = slice_trim(cell);
    return slice_starts(cell, SLICE_LITERAL("###")) || slice_is(cell, "#REF!")
           || slice_is(cell, "#VALUE!") || slice_is(cell, "#NAME?") || slice_is(cell, "#DIV/0!");
}

static bool is_undecodable(uint32_t code_point)
{
    return code_point == UTF8_INVALID || code_point == UTF8_REPLACEMENT || code_point == '?';
}

/* Take the longest piece without undecodable characters off the front, after those before it. */
static struct slice next_piece(struct slice *text)
{
    struct slice start, piece;
    size_t length = 0;

    for (;;) {
        start = *text;
        if (text->length == 0 || !is_undecodable(utf8_next(text)))
            break;
    }
    piece = start;
    while (start.length > 0 && !is_undecodable(utf8_next(&start)))
        length = piece.length - start.length;
    *text = slice_skip(piece, length);
    return slice_make(piece.data, length);
}

bool spelling_is_undecodable(struct slice cell, struct slice value, struct buf *a, struct buf *b)
{
    struct slice rest = cell, whole;
    bool damaged = false;

    for (struct slice text = cell; text.length > 0 && !damaged;)
        damaged = is_undecodable(utf8_next(&text));
    if (!damaged)
        return false;
    buf_empty(b);
    text_fold_joined(value, b);
    whole = buf_slice(b);
    while (rest.length > 0) {
        struct slice piece = next_piece(&rest);
        const char *found;

        buf_empty(a);
        text_fold_joined(piece, a);
        if (a->length == 0)
            continue;
        found = whole.length > 0 ? memmem(whole.data, whole.length, a->data, a->length) : NULL;
        if (!found)
            return false;
        whole = slice_skip(whole, (size_t)(found - whole.data) + a->length);
    }
    return true;
}
