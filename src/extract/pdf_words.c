/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_words.h"

#include <math.h>

#define GAP_SHARE   0.25f /* of the font size: narrower gaps are kerning, wider ones spaces */
#define RISE_SHARE  0.5f  /* a baseline that jumps by more starts another word */
#define AGAIN_SHARE 0.1f  /* the same character within it is printed twice, to look bold */

enum direction {
    NEUTRAL,
    LEFT_TO_RIGHT,
    RIGHT_TO_LEFT
};

static enum direction direction_of(uint32_t c)
{
    if ((c >= 0x590 && c <= 0x65F) || (c >= 0x66A && c <= 0x6EF) || (c >= 0x6FA && c <= 0x8FF)
        || (c >= 0xFB1D && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC))
        return RIGHT_TO_LEFT;
    if (((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= 0xC0 && c <= 0x2AF && c != 0xD7 && c != 0xF7)
        || (c >= 0x370 && c <= 0x58F))
        return LEFT_TO_RIGHT;
    return NEUTRAL;
}

static bool is_space(uint32_t c)
{
    return c <= ' ' || c == 0x7F || c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F
           || c == 0x205F || c == 0x3000 || c == 0xFEFF;
}

/* Marks that steer the direction of text and have no shape of their own. */
static bool is_steering(uint32_t c)
{
    return c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E)
           || (c >= 0x2066 && c <= 0x2069);
}

static bool is_digit(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 0x660 && c <= 0x669) || (c >= 0x6F0 && c <= 0x6F9);
}

/* Digits, or a mark between two digits: runs of these read left to right everywhere. */
static bool is_numeral(const struct glyph *glyphs, size_t i, size_t count)
{
    uint32_t c = glyphs[i].code_point;

    if (is_digit(c))
        return true;
    if (c != '.' && c != ',' && c != '/' && c != '-' && c != ':')
        return false;
    return i > 0 && i + 1 < count && is_digit(glyphs[i - 1].code_point)
           && is_digit(glyphs[i + 1].code_point);
}

static bool breaks_between(const struct glyph *a, const struct glyph *b, enum direction strong)
{
    float size = a->size > b->size ? a->size : b->size;
    float right = b->x0 - a->x1, left = a->x0 - b->x1, gap = right > left ? right : left;
    float rise = fabsf(a->y0 + a->y1 - b->y0 - b->y1) / 2;
    enum direction next = direction_of(b->code_point);

    if (gap > GAP_SHARE * size || rise > RISE_SHARE * size)
        return true;
    return strong != NEUTRAL && next != NEUTRAL && next != strong;
}

static void reverse(struct glyph *glyphs, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct glyph kept = glyphs[i];

        glyphs[i] = glyphs[count - 1 - i];
        glyphs[count - 1 - i] = kept;
    }
}

/* A right-to-left word whose characters run to the right was written in visual order. */
static void make_logical(struct glyph *glyphs, size_t count)
{
    size_t rising = 0, falling = 0, start = 0;

    for (size_t i = 1; i < count; i++) {
        rising += glyphs[i].x1 > glyphs[i - 1].x1;
        falling += glyphs[i].x1 < glyphs[i - 1].x1;
    }
    if (rising <= falling)
        return;
    reverse(glyphs, count);
    for (size_t i = 0; i <= count; i++) {
        if (i < count && is_numeral(glyphs, i, count))
            continue;
        reverse(glyphs + start, i - start);
        start = i + 1;
    }
}

static bool is_ascii_letter(uint32_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* That of its digits, if it has any; a raised digit is a note, and does not count. */
static uint32_t style_of(const struct glyph *glyphs, size_t count)
{
    uint32_t of_letters = WORD_STYLE_NONE, of_digits = WORD_STYLE_NONE;

    for (size_t i = 0; i < count; i++) {
        uint32_t style = glyphs[i].style;

        if (is_ascii_letter(glyphs[i].code_point) && of_letters == WORD_STYLE_NONE)
            of_letters = style;
        if (!is_digit(glyphs[i].code_point) || style == WORD_STYLE_NONE)
            continue;
        if (of_digits == WORD_STYLE_NONE)
            of_digits = style;
        else if (style != of_digits && word_style_same_size(style, of_digits))
            return WORD_STYLE_MIXED;
    }
    return of_digits == WORD_STYLE_NONE ? of_letters : of_digits;
}

static int add_word(struct page_builder *builder, struct glyph *glyphs, size_t count,
                    enum direction strong, struct tq_error *err)
{
    struct glyph box = glyphs[0];
    size_t start = builder->text.length;

    builder->style = style_of(glyphs, count);
    if (strong == RIGHT_TO_LEFT)
        make_logical(glyphs, count);
    for (size_t i = 0; i < count; i++) {
        buf_add_code_point(&builder->text, glyphs[i].code_point);
        box.x0 = fminf(box.x0, glyphs[i].x0);
        box.y0 = fminf(box.y0, glyphs[i].y0);
        box.x1 = fmaxf(box.x1, glyphs[i].x1);
        box.y1 = fmaxf(box.y1, glyphs[i].y1);
    }
    return page_builder_word(builder, start, box.x0, box.y0, box.x1, box.y1, err);
}

/* Whether a character is printed again, a little aside, that it look bold. */
static bool is_again(const struct glyph *glyphs, size_t kept, const struct glyph *next)
{
    const struct glyph *before = &glyphs[kept - 1];
    float slack = AGAIN_SHARE * next->size;

    return before->code_point == next->code_point && fabsf(before->x0 - next->x0) < slack
           && fabsf(before->y0 - next->y0) < slack && next->x1 - next->x0 > slack;
}

int pdf_words_add(struct page_builder *builder, struct glyph *glyphs, size_t count,
                  struct tq_error *err)
{
    size_t start = 0, kept = 0;
    enum direction strong = NEUTRAL;

    for (size_t i = 0; i < count; i++) {
        if (!is_steering(glyphs[i].code_point)
            && (kept == 0 || !is_again(glyphs, kept, &glyphs[i])))
            glyphs[kept++] = glyphs[i];
    }
    for (size_t i = 0; i <= kept; i++) {
        bool space = i == kept || is_space(glyphs[i].code_point);
        enum direction direction;

        if (i > start && (space || breaks_between(&glyphs[i - 1], &glyphs[i], strong))) {
            int r = add_word(builder, glyphs + start, i - start, strong, err);

            if (r < 0)
                return r;
            start = i;
            strong = NEUTRAL;
        }
        if (i == kept)
            break;
        if (space)
            start = i + 1;
        direction = direction_of(glyphs[i].code_point);
        if (direction != NEUTRAL)
            strong = direction;
    }
    return TQ_OK;
}
