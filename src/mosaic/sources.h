/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MOSAIC_SOURCES_H
#define MOSAIC_SOURCES_H

#include "base/buf.h"
#include "model/reading.h"
#include "register/register.h"

/*
 * The smallest set of register tables whose join explains a published table: a set cover
 * (docs/mosaic.md). A column that was read fully needs the tables of the fields that it shows:
 * one field, the names that a full name is made of, or a reference and a field behind it. A field
 * that several tables hold is explained by any one of them; a subject's number by each table that
 * is keyed by it.
 */
#define MOSAIC_SOURCES_MAX 64u

struct mosaic_need {
    uint16_t field;  /* that some table must hold */
    uint16_t column; /* number of the reading */
};

struct mosaic_sources {
    const struct reg *reg; /* borrowed */
    uint8_t kind;
    struct mosaic_need *needs; /* owned */
    size_t need_count, need_capacity;
    uint16_t tables[MOSAIC_SOURCES_MAX]; /* of the register, rising; the first joins the others */
    unsigned count;
    unsigned alternatives; /* sets of this size that explain as much, this one included */
};

/* Start with {0}; the content is replaced. Nothing is found of a register without tables. */
int mosaic_sources_find(const struct reg *reg, const struct reading *reading,
                        struct mosaic_sources *out, struct tq_error *err) MUST_CHECK;
void mosaic_sources_clear(struct mosaic_sources *sources);

/* Whether a table of the register holds a field, or is keyed by it. */
bool mosaic_table_holds(const struct reg_table *table, const struct reg *reg, uint16_t field);

/* Whether source `number` explains something of reading `column`. */
bool mosaic_source_explains(const struct mosaic_sources *sources, unsigned number, uint16_t column);

/* Whether all that reading `column` needs is in some source. */
bool mosaic_is_explained(const struct mosaic_sources *sources, uint16_t column);

/* "insured.immat = contact.immat", "employment.employer = employers.affil"; of the table that joins
 * the others its key. */
void mosaic_join_format(const struct mosaic_sources *sources, unsigned number,
                        const struct reading *reading, struct buf *out);

#endif
