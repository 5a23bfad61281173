/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/row_sketch.h"

#include <string.h>

/* A mixing of 64 bits that can be undone (SplitMix64; Steele, Lea and Flood, 2014). */
static uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

static void add(struct row_sketch *sketch, uint64_t hash)
{
    uint32_t at = sketch->count;

    if (at == ROW_SKETCH_SIZE && hash >= sketch->least[at - 1])
        return;
    while (at > 0 && sketch->least[at - 1] > hash)
        at--;
    if (at > 0 && sketch->least[at - 1] == hash)
        return;
    if (sketch->count < ROW_SKETCH_SIZE)
        sketch->count++;
    memmove(sketch->least + at + 1, sketch->least + at,
            (sketch->count - at - 1) * sizeof(*sketch->least));
    sketch->least[at] = hash;
}

void row_sketch_add(struct row_sketch *sketch, const struct dated_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add(sketch, mix((uint64_t)(uint32_t)rows[i].from << 32 | (uint32_t)rows[i].to));
}

/* How many distinct intervals there are. */
static double size_of(const struct row_sketch *sketch)
{
    if (sketch->count < ROW_SKETCH_SIZE)
        return sketch->count;
    return (ROW_SKETCH_SIZE - 1) * 0x1p64 / (double)sketch->least[ROW_SKETCH_SIZE - 1];
}

double row_sketch_overlap(const struct row_sketch *a, const struct row_sketch *b)
{
    uint32_t i = 0, k = 0, seen = 0, both = 0;
    double size_a = size_of(a), size_b = size_of(b), jaccard, share;

    while (seen < ROW_SKETCH_SIZE && (i < a->count || k < b->count)) {
        bool from_a = k == b->count || (i < a->count && a->least[i] <= b->least[k]);
        bool from_b = i == a->count || (k < b->count && b->least[k] <= a->least[i]);

        seen++;
        both += from_a && from_b;
        i += from_a;
        k += from_b;
    }
    if (a->count == 0 || b->count == 0)
        return 0;
    jaccard = (double)both / seen;
    share = jaccard * (size_a + size_b) / (1 + jaccard) / (size_a < size_b ? size_a : size_b);
    return share < 1 ? share : 1;
}
