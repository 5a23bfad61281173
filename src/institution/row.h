/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef INSTITUTION_ROW_H
#define INSTITUTION_ROW_H

#include "drill/truth.h"
#include "institution/member.h"
#include "institution/writing.h"

#define PART_BYTES_MAX  128u
#define SHOWN_BYTES_MAX 320u

/* A cell of the leak with the truth about it. */
struct cell {
    const struct column *column;
    struct attribute_meaning meaning;
    enum cell_verdict verdict;
    uint32_t holder;                       /* of another's value, or NOBODY */
    int failed;                            /* TQ_OK, or TQ_E_NOMEM */
    char parts[PARTS_MAX][PART_BYTES_MAX]; /* as the register writes them */
    bool reversed;                         /* its parts are shown the other way round */
    char shown[SHOWN_BYTES_MAX];           /* as the leak shows it */
};

/* A record being made: whom it is about and what it says. */
struct row {
    const struct institution *institution;
    struct hand hand;
    struct member member;
    int32_t snapshot; /* at which it is judged */
    uint32_t cell_count;
    struct cell cells[COLUMNS_MAX];
};

/* Take the columns of a leaked table. */
void row_init(struct row *row, const struct institution *institution, unsigned leak);

/* Fill the cells with what the register held for the row's member at a moment, and judge them at
 * the row's snapshot. */
void row_fill(struct row *row, int32_t moment);

/* Does the register hold the cell's parts for the member at a moment? */
bool row_holds(const struct row *row, const struct cell *cell, int32_t moment);

/* What DESIGN section 6 says of the cell's parts at the row's snapshot: agrees, agrees-earlier,
 * agrees-later or contradicts. */
enum cell_verdict row_judge_cell(const struct row *row, const struct cell *cell);

const struct trait *row_trait(const struct row *row, const struct cell *cell, unsigned part);

/* Write what the cell shows from its parts. */
void row_show(const struct row *row, struct cell *cell);

/* First that applies, of a row whose member is known. */
enum record_verdict row_judge(const struct row *row);

/* For the truth. */
struct truth_cell row_truth_cell(const void *cells, size_t number);

#endif
