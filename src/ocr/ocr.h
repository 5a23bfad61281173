/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef OCR_OCR_H
#define OCR_OCR_H

#include "extract/recogniser.h"

/*
 * Reading text off pictures with Tesseract, in French, Arabic and English. Only tahqiq-ocr links
 * this: its libraries are many, and a reader that meets no picture shall not load them.
 */

/* How a page is read: what costs time, set by hand in tests. */
struct ocr_limits {
    int page_ms_max;
};
extern const struct ocr_limits ocr_limits_default;

struct ocr;

/* Loads the languages that are installed; before the jail, it opens files. TQ_E_IO: there is none.
 */
int ocr_new(const struct ocr_limits *limits, struct ocr **out_ocr, struct tq_error *err) MUST_CHECK;
struct ocr *ocr_free(struct ocr *ocr);

/* The ocr as formats see it; borrowed, and of one thread at a time. */
struct recogniser ocr_recogniser(struct ocr *ocr);

#endif
