/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef READING_FREE_TEXT_H
#define READING_FREE_TEXT_H

#include "model/finding.h"
#include "model/page.h"
#include "register/register.h"

/*
 * Free text to subjects (algorithms.md 2.1 step 11): identifiers of sparse fields are looked up
 * for every word and joined run of two and three words; each subject found is a record, in the
 * order of first mention; the subject's other values are then searched in the text near it, which
 * gives agreements only. Records are appended to `findings` with record numbers from 1. Cells have
 * column = number of the field in the register's order. Nobody found: one unverifiable record.
 */
int free_text_search(const struct reg *reg, const struct page *pages, size_t page_count,
                     uint32_t exhibit, uint8_t *out_kind, struct finding_batch *findings,
                     struct tq_error *err) MUST_CHECK;

#endif
