/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_NAME_WORDS_H
#define READING_NAME_WORDS_H

#include "reading/sample.h"

/*
 * How many columns of the sample are made of this kind's personal names: four fifths of their
 * words are in its name fields, and there are more than 20 different ones (algorithms.md 1.2,
 * vetoes a and c).
 */
int name_words_columns(const struct sample *sample, uint8_t kind, uint32_t *out_count,
                       struct tq_error *err) MUST_CHECK;

#endif
