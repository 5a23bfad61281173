/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_WORD_TABLE_H
#define EXTRACT_WORD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * Which paragraphs of an old Word document stand in a table: [MS-DOC] 2.8.6 (PlcBtePapx) and 2.9.33
 * (PapxFkp). Start with {0}.
 */
struct word_paragraph {
    uint32_t start, end; /* offsets in the stream of the document */
    bool ends_row;
};

struct word_table {
    struct word_paragraph *items; /* count: those in a table, by start */
    size_t count, capacity;
};

/* `document`: the stream "WordDocument"; `list`: the bytes that its header calls PlcBtePapx. */
int word_table_find(struct slice document, struct slice list, struct word_table *out,
                    struct tq_error *err) MUST_CHECK;

/* The paragraph that holds a character, NULL if it stands in no table. */
const struct word_paragraph *word_table_at(const struct word_table *table, uint32_t offset);

void word_table_clear(struct word_table *table);

#endif
