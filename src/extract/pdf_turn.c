/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/pdf_turn.h"

#include <math.h>
#include <stdbool.h>

#define STRAIGHT 0.999f /* MuPDF takes directions that differ by less for one line */

static fz_rect empty_box(void)
{
    return (fz_rect){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

static fz_rect include(fz_rect box, float x, float y)
{
    return (fz_rect){fminf(box.x0, x), fminf(box.y0, y), fmaxf(box.x1, x), fmaxf(box.y1, y)};
}

struct pdf_turn pdf_turn_of(fz_point direction)
{
    if (!(direction.x < STRAIGHT))
        return (struct pdf_turn){1, 0};
    return (struct pdf_turn){direction.x, direction.y};
}

static bool is_straight(struct pdf_turn turn)
{
    return turn.cosine >= 1;
}

fz_rect pdf_turn_box(struct pdf_turn turn, fz_quad quad, fz_point origin)
{
    const fz_point corners[] = {quad.ul, quad.ur, quad.ll, quad.lr};
    fz_rect box;

    if (is_straight(turn)) {
        box = fz_rect_from_quad(quad);
        return (fz_rect){box.x0 - origin.x, box.y0 - origin.y, box.x1 - origin.x,
                         box.y1 - origin.y};
    }
    box = empty_box();
    for (unsigned i = 0; i < 4; i++) {
        float x = corners[i].x - origin.x, y = corners[i].y - origin.y;

        box = include(box, turn.cosine * x + turn.sine * y, turn.cosine * y - turn.sine * x);
    }
    return box;
}

static void put_back(struct pdf_turn turn, struct page_word *word)
{
    const float along[] = {word->x0, word->x1}, across[] = {word->y0, word->y1};
    fz_rect box = empty_box();

    for (unsigned i = 0; i < 4; i++) {
        float u = along[i % 2], v = across[i / 2];

        box = include(box, turn.cosine * u - turn.sine * v, turn.sine * u + turn.cosine * v);
    }
    word->x0 = box.x0;
    word->y0 = box.y0;
    word->x1 = box.x1;
    word->y1 = box.y1;
}

void pdf_turn_back(struct pdf_turn turn, struct page_word *words, size_t count)
{
    if (is_straight(turn))
        return;
    for (size_t i = 0; i < count; i++)
        put_back(turn, &words[i]);
}

/* ---- pages ---- */

static unsigned quarters_of(fz_point direction)
{
    if (fabsf(direction.x) >= fabsf(direction.y))
        return direction.x < 0 ? 2 : 0;
    return direction.y > 0 ? 1 : 3;
}

unsigned pdf_turn_quarters(const fz_stext_page *page)
{
    size_t glyphs[4] = {0}, all = 0;

    for (const fz_stext_block *block = page->first_block; block; block = block->next) {
        if (block->type != FZ_STEXT_BLOCK_TEXT)
            continue;
        for (const fz_stext_line *line = block->u.t.first_line; line; line = line->next) {
            unsigned quarters = quarters_of(line->dir);

            for (const fz_stext_char *c = line->first_char; c; c = c->next) {
                glyphs[quarters]++;
                all++;
            }
        }
    }
    for (unsigned i = 1; i < 4; i++) {
        if (2 * glyphs[i] > all)
            return i;
    }
    return 0;
}

void pdf_turn_words(unsigned quarters, float width, float height, struct page_word *words,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct page_word *word = &words[i];
        const float x0 = word->x0, y0 = word->y0, x1 = word->x1, y1 = word->y1;

        if (quarters == 1) { /* what runs down: the right edge becomes the top */
            word->x0 = y0, word->x1 = y1;
            word->y0 = width - x1, word->y1 = width - x0;
        } else if (quarters == 2) {
            word->x0 = width - x1, word->x1 = width - x0;
            word->y0 = height - y1, word->y1 = height - y0;
        } else if (quarters == 3) { /* what runs up: the left edge becomes the top */
            word->x0 = height - y1, word->x1 = height - y0;
            word->y0 = x0, word->y1 = x1;
        }
    }
}
