/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_ASIDE_H
#define EXTRACT_ASIDE_H

#include "extract/page_builder.h"
#include "extract/row_writer.h"

#define ASIDE_WORDS_MAX ((uint64_t)1 << 20) /* of an exhibit; its records are what counts */

/*
 * What stands beside the records of tables: titles, remarks, totals, comments. It is no record, but
 * it may name somebody; so it goes to the sink as pages of rows (model/page.h), which are searched
 * as the text of a document is. Start with aside_init().
 */
struct aside {
    const struct sink *sink;
    struct page_builder builder;
    uint32_t sheet;               /* 0: the rows are lines of a file */
    uint64_t row_first, row_last; /* of the open page */
    uint32_t widest;              /* characters, on the open page */
    uint64_t words;               /* in all */
    bool stopped;                 /* there were more */
};

void aside_init(struct aside *aside, const struct sink *sink);
void aside_clear(struct aside *aside);

/* What follows stands in sheet `number`, from 1. */
int aside_sheet(struct aside *aside, uint32_t number, struct tq_error *err) MUST_CHECK;

/* The cells of a row, or a line of text. */
int aside_row(struct aside *aside, uint64_t row, const struct row_cell *cells, size_t count,
              struct tq_error *err) MUST_CHECK;
int aside_line(struct aside *aside, uint64_t row, struct slice line,
               struct tq_error *err) MUST_CHECK;

/* The last page. */
int aside_finish(struct aside *aside, struct tq_error *err) MUST_CHECK;

#endif
