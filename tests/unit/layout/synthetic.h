/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef TEST_SYNTHETIC_H
#define TEST_SYNTHETIC_H

#include <stdint.h>

#include "layout/layout.h"

/* Documents made in memory from templates, with what stands in them, for the tests of layout. */

#define FACTS_MAX 12
#define LINES_MAX 64
#define CELLS_MAX 5
#define PAGES_MAX 8
#define TEXT_MAX  48

/* What a document says: values by their labels, and rows of its table. */
struct truth {
    int kind; /* enum kind */
    unsigned fact_count, line_count, cell_count;
    char label[FACTS_MAX][TEXT_MAX];
    char value[FACTS_MAX][2 * TEXT_MAX];
    const char *header[CELLS_MAX];
    char cell[LINES_MAX][CELLS_MAX][TEXT_MAX];
};

enum kind {
    KIND_LABELS_LEFT,  /* labels on the left, and a table of months */
    KIND_LABELS_ABOVE, /* labels above, in two columns */
    KIND_BILINGUAL,    /* the label left in French, right in Arabic */
    KIND_LIST,         /* a list of persons over pages */
    KIND_LETTER,       /* free text, each its own */
    KIND_ARABIC,       /* labels right of their values, in two columns */
    KIND_SENTENCE,     /* values within sentences */
    KIND_STATEMENT,    /* labels above in two scripts, wrapped values, lines and their totals */
    KIND_COUNT
};

struct synthetic {
    struct truth truth;
    struct page pages[PAGES_MAX];
    uint32_t page_count;
    struct page_word *words[PAGES_MAX]; /* owned */
    char *text[PAGES_MAX];              /* owned */
    float shift;                        /* of the left margin */
};

/* `number` seeds everything that differs from document to document. */
void synthetic_make(struct synthetic *document, enum kind kind, unsigned number);
void synthetic_clear(struct synthetic *document);

#endif
