/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef OCR_WORD_LIST_H
#define OCR_WORD_LIST_H

#include "base/buf.h"
#include "base/error.h"
#include "extract/page_builder.h"

/* A word that was recognised: its box in pixels, and how sure the recogniser is of it (0 to 100).
 */
struct found_word {
    int x0, y0, x1, y1;
    float confidence;
    size_t text_offset, text_length; /* in the list's text */
    bool is_arabic;                  /* it has an Arabic letter */
};

/* Words in reading order. Start with {0}. */
struct word_list {
    struct found_word *items; /* owned */
    size_t count, capacity;
    struct buf text;
    uint32_t left_out; /* too uncertain to be taken for words */
};

void word_list_clear(struct word_list *list);
void word_list_empty(struct word_list *list);

/* Add a word, without marks of direction; one that has no text, or too little confidence, is not.
 */
int word_list_add(struct word_list *list, const struct found_word *word, struct slice text,
                  struct tq_error *err) MUST_CHECK;

/* Mean confidence; 0 if there is no word. */
float word_list_confidence(const struct word_list *list);

/* Whether a word is so uncertain that it may be of another script. */
bool word_list_has_doubt(const struct word_list *list);

/*
 * Words of `latin`, but where `arabic` has a word of Arabic letters of which it is surer, that.
 * Digits and Latin letters are always those of `latin`: a model of Arabic reads them worse, and is
 * as sure. Boxes become points.
 */
int word_list_merge(const struct word_list *latin, const struct word_list *arabic,
                    float dots_per_point, struct page_builder *builder, float *out_confidence,
                    struct tq_error *err) MUST_CHECK;

#endif
