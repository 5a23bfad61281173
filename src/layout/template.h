/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_TEMPLATE_H
#define LAYOUT_TEMPLATE_H

#include "layout/extraction.h"
#include "layout/placement.h"
#include "model/table.h"

#define COLUMN_NONE UINT32_MAX

/* The column of a slot, or the first of a table's columns. */
struct placing {
    uint64_t key;
    uint32_t column;
    uint32_t count; /* of a table: its columns */
};

/* What documents of one cluster share. Start with {0}. */
struct template
{
    struct labels labels;
    struct decisions decisions;
    struct place_habits habits; /* where values stand */
    struct placing *slots;      /* sorted by key */
    struct placing *tables;
    size_t slot_place_count, table_place_count;
    uint32_t slot_count;  /* columns, with that of free text */
    uint32_t free_column; /* COLUMN_NONE if there is none */
    uint32_t column_count;
    char **headers;   /* column_count, owned */
    uint16_t *blocks; /* column_count, as in struct table; owned */
};

/* Loads the pages of a document; borrowed until the next load. */
struct page_loader {
    void *state;
    int (*load)(void *state, uint32_t document, const struct page **out_pages,
                uint32_t *out_page_count, struct tq_error *err);
};

/*
 * Learn slots and tables of lines from a fixed stride of the members (their `labels` are known
 * already): a slot becomes a column if 2 % of the documents looked at have it.
 */
int template_learn(struct template *template, const struct page_loader *loader,
                   const uint32_t *members, uint32_t member_count, struct tq_error *err) MUST_CHECK;
void template_clear(struct template *template);

/* The column of a slot; the one of free text, or COLUMN_NONE, if it has none. */
uint32_t template_slot(const struct template *template, uint64_t slot);

/* The first column of a table's cells, COLUMN_NONE if it has none. */
uint32_t template_table(const struct template *template, uint64_t block, uint32_t *out_count);

#endif
