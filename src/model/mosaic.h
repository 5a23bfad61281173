/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef MODEL_MOSAIC_H
#define MODEL_MOSAIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * The mosaic (docs/mosaic.md): which tables of the register explain a published table, whom it
 * covers, and what its form says of the program that wrote it. All of it leads, nothing a proof.
 */
enum mosaic_part {          /* Stored; never renumber. */
    MOSAIC_TABLE = 0,       /* the table as a whole: name is what a row stands for */
    MOSAIC_SOURCE = 1,      /* a table of the register, and in `detail` how it is joined */
    MOSAIC_UNEXPLAINED = 2, /* a column that no table of the register explains */
    MOSAIC_FILTER = 3,      /* nearly all of the table has this, and most of the register has not */
    MOSAIC_COVERAGE = 4,    /* more or fewer have this than in the register */
    MOSAIC_FORMAT = 5,      /* how values are written */
    MOSAIC_PART_COUNT
};

const char *mosaic_part_name(enum mosaic_part part);

/* One statement about a table. Texts are borrowed. */
struct mosaic_row {
    uint32_t table;
    enum mosaic_part part;
    struct slice name;    /* a table, a header, "employer>city", "date" */
    struct slice detail;  /* a join, a status, a value or range, a form */
    struct slice columns; /* of the published table, from 1: "2;5" */
    bool personal;        /* `detail` is a value of natural persons: masked */
    uint64_t rows, of;    /* what `share` is the share of */
    double share;
    double held_share;     /* in the register; -1: there is none */
    double effect, chance; /* Cohen's h, and corrected for all of the case; -1: not tested */
    bool lead;
};

struct mosaic_item {
    struct mosaic_row row;
    char *texts;   /* that the row borrows; owned */
    size_t number; /* in the order they were added */
};

/* Start with {0}. */
struct mosaic_list {
    struct mosaic_item *items; /* owned */
    size_t count, capacity;
};

void mosaic_list_clear(struct mosaic_list *list);
/* Copies the texts of the row. */
int mosaic_list_add(struct mosaic_list *list, const struct mosaic_row *row,
                    struct tq_error *err) MUST_CHECK;

#endif
