/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_EXTRACTION_H
#define LAYOUT_EXTRACTION_H

#include "layout/block.h"
#include "layout/label.h"

#define SLOT_FREE 0u /* a value without a label */

/* What was decided for a whole cluster: sorted keys, owned. */
struct decisions {
    uint64_t *tables;    /* keys of blocks that are tables of lines */
    uint64_t *rightward; /* neighbour_key() of labels of which the right one owns what is between */
    size_t table_count, rightward_count;
};

void decisions_clear(struct decisions *decisions);

/* A value, or a part of one; parts of one value follow one another. */
struct piece {
    uint64_t slot;     /* of a slot: slot_key(); SLOT_FREE */
    uint32_t segment;  /* of the value */
    uint32_t label;    /* segment of the label; UINT32_MAX if none */
    uint32_t column;   /* of a row's cell */
    size_t at, length; /* in the text */
};

struct row {
    uint64_t block; /* its key */
    size_t line;
    size_t first_piece, piece_count;
};

/* Everything read out of one document. Start with {0}; reused. */
struct extraction {
    struct document document;
    struct segments segments;
    struct blocks blocks;
    struct piece *slots;
    size_t slot_count, slot_capacity;
    struct piece *cells; /* of all rows */
    size_t cell_count, cell_capacity;
    struct row *rows;
    size_t row_count, row_capacity;
    uint32_t *owner; /* per segment: the label that owns it, or UINT32_MAX */
    bool *in_table;  /* per line */
    size_t owner_capacity, table_capacity;
    struct buf text;
};

/* Words, labels, segments and blocks of a document. */
int extraction_survey(struct extraction *extraction, const struct labels *labels,
                      const struct page *pages, uint32_t page_count,
                      struct tq_error *err) MUST_CHECK;

/* Then its slots and rows. */
int extraction_read(struct extraction *extraction, const struct decisions *decisions,
                    struct tq_error *err) MUST_CHECK;

void extraction_clear(struct extraction *extraction);

/* The key of a value between two labels, and of a slot. */
uint64_t neighbour_key(const struct segment *left, const struct segment *right);
uint64_t slot_key(const struct segment *label);

/* Whether the label on the left (side -1) or right (side 1) is near enough to own this value. */
bool extraction_is_neighbour(const struct segment *value, const struct segment *label, int side);

#endif
