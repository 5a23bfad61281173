/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_RECOGNISER_H
#define EXTRACT_RECOGNISER_H

#include "extract/emit.h"
#include "extract/page_builder.h"

/*
 * Reading text off pictures (OCR), as formats see it. What stands behind it is src/ocr, which only
 * tahqiq-ocr links; the usual reader has none, and then pages that are pictures are counted.
 */
enum recognition {
    RECOGNISED,
    RECOGNITION_UNREADABLE, /* no picture can be made of the bytes */
    RECOGNITION_LATE,       /* it took longer than a page may */
};

struct recognised {
    enum recognition outcome;
    uint32_t confidence;     /* mean over the words, 0 to 100 */
    uint32_t words_left_out; /* too uncertain to be taken for words */
    float width, height;     /* of the page, in points */
};

/* A page as grey pixels, a byte each, rows from the top. */
struct raster {
    const unsigned char *pixels;
    uint32_t width, height;
    size_t stride_bytes;
    float dots_per_point;
};

/* Both add words to `builder`, with boxes in points. An image's header was found harmless. */
struct recogniser {
    void *state;
    int (*image)(void *state, struct slice bytes, uint32_t page, struct page_builder *builder,
                 struct recognised *out, struct tq_error *err);
    int (*raster)(void *state, const struct raster *raster, struct page_builder *builder,
                  struct recognised *out, struct tq_error *err);
};

/*
 * The pages of one exhibit that are pictures. Start with recognition_start(); each page that wants
 * to be read goes through recognition_next(), each that was through recognition_count(), and
 * recognition_finish() says it all: the fact FACT_PICTURES, and notes.
 */
struct recognition_tally {
    const struct recogniser *recogniser;
    uint32_t pages_max; /* that may be read */
    uint32_t wanted, taken, read, words_left_out;
    uint32_t confidence_sum;
    struct note_kind unreadable, late, uncertain;
};

/* How many pages of the exhibit are pictures, in digits. */
#define FACT_PICTURES "ocr.pages"

struct recognition_tally recognition_start(const struct recogniser *recogniser, uint32_t pages_max);

/* A page wants to be read. True if it may be, now. */
bool recognition_next(struct recognition_tally *tally);

int recognition_count(struct recognition_tally *tally, const struct recognised *result,
                      uint32_t page_number, const struct sink *sink,
                      struct tq_error *err) MUST_CHECK;
int recognition_finish(const struct recognition_tally *tally, const struct sink *sink,
                       struct tq_error *err) MUST_CHECK;

#endif
