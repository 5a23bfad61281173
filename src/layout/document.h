/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_DOCUMENT_H
#define LAYOUT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "model/page.h"

/*
 * A feature is what a word contributes to the likeness of documents: its folded text with its
 * place from the left edge of the text (of right-to-left scripts from the right one, if it is as
 * straight), in steps of 4 points; or two words that follow one another. 48 bits hash, 15 bits
 * place, and a bit that says that it stands more than once on some page. Neighbouring places differ
 * by FEATURE_STEP. Source: algorithms.md 2.1, steps 2 and 3.
 */
#define FEATURE_REPEATS 1u
#define FEATURE_STEP    2u
#define FEATURE_NONE    0u
#define FEATURE_PAIR    0x7FFFu /* the place of pairs, which no word has */

#define DOCUMENT_WORDS_MAX    2000000u /* of all pages: 20,000 pages of 100 */
#define DOCUMENT_FEATURES_MAX 2048u    /* of each sort: labels stand on the first pages */

/* Of a feature without its repeat bit. */
static inline bool feature_is_pair(uint64_t feature)
{
    return (feature & FEATURE_PAIR) == FEATURE_PAIR;
}

struct word {
    float x0, y0, x1, y1;
    uint32_t page;        /* number, from 1 */
    uint32_t order;       /* among the words as they came */
    uint32_t style;       /* word_style.h; NONE of a piece of a word */
    struct slice text;    /* borrowed from the pages */
    uint64_t hash;        /* of the folded text; 0 if it has no letters or names a month */
    uint64_t place, pair; /* features; `pair` with the word before */
    bool is_mark;         /* neither letters nor digits */
    bool is_rtl;
    bool is_label;  /* set by labels_mark() */
    bool is_phrase; /* a label as part of a phrase: set by labels_mark() */
};

struct line {
    uint32_t page;
    uint32_t number;                 /* on its page, from 1 */
    uint32_t first_word, word_count; /* from left to right */
    float y, height;                 /* of its first word */
};

/* The words of a document in lines. Start with {0}; reused from document to document. */
struct document {
    struct word *words;
    size_t word_count, word_capacity;
    struct line *lines;
    size_t line_count, line_capacity;
};

int document_build(struct document *document, const struct page *pages, uint32_t page_count,
                   struct tq_error *err) MUST_CHECK;
void document_clear(struct document *document);

/* Distinct features of a document, sorted. */
struct features {
    uint64_t *places; /* owned, one block with `pairs` behind */
    uint32_t place_count, pair_count;
};

static inline const uint64_t *features_pairs(const struct features *features)
{
    return features->places + features->place_count;
}

int document_features(const struct document *document, struct features *out_features,
                      struct tq_error *err) MUST_CHECK;

/* A 64-bit hash that is the same in every run. */
uint64_t layout_hash(struct slice text);

/* For qsort(). */
int feature_compare(const void *a, const void *b);

#endif
